/**
 * What a request of the machine door is: its name, what it takes, what it does as root. For door.ts and the requests, a
 * file each in this folder.
 *
 * What Postern sends is untrusted here: it listens on the network, and the door is there so that it need not be root. So a
 * request takes a closed, bounded schema, writes no text that it was given into a configuration as it stands, and runs
 * programs by `run` alone. It throws `UserError` for what its owner can mend.
 */
import { execFile } from "node:child_process";
import path from "node:path";
import type * as z from "zod";
import { asError, errorCode, UserError } from "../../errors.ts";
import type { Log } from "../../log.ts";
import { FIRMWARE } from "../../words/firmware.ts";
import { say } from "../../words/saying.ts";

/** How far something is that takes a while. */
export interface Progress {
	/** 0 to 100; null while it cannot be told. */
	readonly percent: number | null;
	/** Owner text of what is being done, or empty. */
	readonly text: string;
}

export interface DoorContext {
	/** `/`; tests give a folder. */
	readonly root: string;
	readonly log: Log;
	progress(progress: Progress): void;
	/** A path of the machine, `/data/system/…`, where the root folder has it. */
	path(absolute: string): string;
	/** Runs a program of the image to its end and gives what it printed. Throws `machine-failed`. */
	run(program: string, args: readonly string[], options?: RunOptions): Promise<string>;
}

interface RunOptions {
	readonly timeoutMs?: number;
	/** What it prints, as it comes. */
	readonly onLine?: (line: string) => void;
}

export interface MachineRequest<Do extends string, Fields extends z.ZodRawShape, Done> {
	readonly do: Do;
	/** Beside `do`. */
	readonly fields: Fields;
	readonly run: (input: z.output<z.ZodObject<Fields>>, context: DoorContext) => Promise<Done>;
}

export function machineRequest<const Do extends string, Fields extends z.ZodRawShape, Done>(
	request: MachineRequest<Do, Fields, Done>,
): MachineRequest<Do, Fields, Done> {
	return request;
}

const PROGRAM_TIMEOUT_MS = 60_000;
const LARGEST_OUTPUT_BYTES = 1024 * 1024;
const LONGEST_REASON = 300;

export function doorContext(root: string, log: Log, progress: (progress: Progress) => void): DoorContext {
	return {
		...{ root, log, progress },
		path: (absolute) => path.join(root, absolute),
		run: (program, args, options = {}) => runProgram(path.join(root, program), args, root, options),
	};
}

/** Never through a shell, and with none of the caller's environment. */
function runProgram(
	file: string,
	args: readonly string[],
	root: string,
	{ timeoutMs = PROGRAM_TIMEOUT_MS, onLine }: RunOptions,
): Promise<string> {
	return new Promise((resolve, reject) => {
		const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", LC_ALL: "C", POSTERN_ROOT: root };
		const options = { env, cwd: "/", timeout: timeoutMs, maxBuffer: LARGEST_OUTPUT_BYTES } as const;
		const { stdout: output } = execFile(
			file,
			args,
			{ ...options, killSignal: "SIGKILL" },
			(error, stdout, stderr) => {
				if (error === null) resolve(stdout);
				else reject(failure(path.basename(file), error, stderr));
			},
		);
		if (onLine === undefined || output === null) return;
		let rest = "";
		output.on("data", (chunk) => {
			const lines = (rest + String(chunk)).split("\n");
			rest = lines.pop() ?? "";
			for (const line of lines) onLine(line);
		});
	});
}

function failure(program: string, error: unknown, stderr: string): UserError {
	const lastWords = stderr.trim().split("\n").at(-1) ?? "";
	const reason = (lastWords || errorCode(error) || asError(error).message).slice(0, LONGEST_REASON);
	return new UserError(
		"machine-failed",
		say(FIRMWARE.programFailed, { program, why: reason }),
		FIRMWARE.programFailedDo,
		{ cause: error },
	);
}
