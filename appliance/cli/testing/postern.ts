/** The command line as an owner types it, against a real control socket before a scripted appliance. For tests. */
import { Readable } from "node:stream";
import { type ControlServer, startControlServer } from "../../../web/testing/control-server.ts";
import type { FakeState } from "../../../web/testing/fake-services.ts";
import type { ApplianceProgram } from "../command.ts";
import { run } from "../run.ts";
import { captureTerminal } from "./captured-terminal.ts";

let server: ControlServer | undefined;

/** One appliance at a time; `stop` ends it. */
export async function start(change: Partial<FakeState> = {}): Promise<ControlServer> {
	server = await startControlServer(change);
	return server;
}

export async function stop(): Promise<void> {
	await server?.close();
	server = undefined;
}

export interface Called {
	readonly exitCode: number;
	readonly stdout: string;
	readonly stderr: string;
}

export async function postern(
	args: readonly string[],
	{
		columns,
		interrupt,
		interruptAt,
		input = "",
		program,
	}: {
		columns?: number;
		interrupt?: AbortSignal;
		/** Ctrl-C once this has been printed. */
		interruptAt?: string;
		input?: string | Readable;
		/** The code of the appliance, for commands that are it. */
		program?: ApplianceProgram;
	} = {},
): Promise<Called> {
	const captured = captureTerminal(columns);
	const ctrlC = new AbortController();
	const watching = setInterval(() => {
		if (interruptAt !== undefined && captured.stdout().includes(interruptAt)) ctrlC.abort();
	}, 5);
	const exitCode = await run(args, {
		terminal: captured.terminal,
		environment: { POSTERN_CONTROL: server?.socketPath ?? "/nonexistent/control.sock" },
		appliance: async () => {
			if (program !== undefined) return program;
			throw new Error("this test starts no appliance");
		},
		input: () => (typeof input === "string" ? Readable.from([input]) : input),
		interrupted: () => interrupt ?? ctrlC.signal,
		machineDoor: () => Promise.reject(new Error("no test of the command line is root")),
	}).finally(() => clearInterval(watching));
	return { exitCode, stdout: captured.stdout(), stderr: captured.stderr() };
}
