/**
 * The simulated Microsoft 365 as a process of its own, for tests that kill or outlive it:
 * `node appliance/sandbox/serve.ts [--http-port N] [--smtp-port N] [--desk-port N] [--host ADDRESS]
 * [--ca-file FILE]`. Prints one line of JSON with its addresses once it serves; ends on SIGTERM or
 * SIGINT with 0. A bad option or a taken port ends it with a line on standard error and 2 or 1.
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { asError } from "../errors.ts";
import { openLog } from "../log.ts";
import { startSandbox } from "./sandbox.ts";

const OPTIONS = {
	host: { type: "string", default: "127.0.0.1" },
	"http-port": { type: "string", default: "0" },
	"smtp-port": { type: "string", default: "0" },
	"desk-port": { type: "string", default: "0" },
	"ca-file": { type: "string" },
} as const;

type Arguments = ReturnType<typeof readArguments>;

function readArguments() {
	const { values } = parseArgs({ options: OPTIONS });
	return {
		host: values.host,
		httpPort: portNumber("http-port", values["http-port"]),
		smtpPort: portNumber("smtp-port", values["smtp-port"]),
		deskPort: portNumber("desk-port", values["desk-port"]),
		caFile: values["ca-file"],
	};
}

function portNumber(option: string, text: string): number {
	const port = Number(text);
	if (/^\d+$/.test(text) && port <= 65_535) return port;
	throw new Error(`--${option} takes a port number, not ${JSON.stringify(text)}`);
}

async function serve({ caFile, ...options }: Arguments): Promise<void> {
	const sandbox = await startSandbox({ ...options, log: openLog("warning") });
	const folder = caFile === undefined ? await mkdtemp(join(tmpdir(), "postern-sandbox-")) : undefined;
	const caPath = caFile ?? join(folder ?? "", "ca.pem");
	await writeFile(caPath, sandbox.caPem);
	const { control: _control, caPem: _caPem, close: _close, ...addresses } = sandbox;
	process.stdout.write(`${JSON.stringify({ ...addresses, caFile: caPath, pid: process.pid })}\n`);
	await new Promise<void>((resolve) => {
		process.once("SIGTERM", resolve);
		process.once("SIGINT", resolve);
	});
	await sandbox.close();
	if (folder !== undefined) await rm(folder, { recursive: true, force: true });
}

function fail(thrown: unknown, exitCode: number): void {
	process.stderr.write(`sandbox: ${asError(thrown).message}\n`);
	process.exitCode = exitCode;
}

function main(): void {
	let values: Arguments;
	try {
		values = readArguments();
	} catch (error) {
		fail(error, 2);
		return;
	}
	serve(values).catch((error: unknown) => {
		fail(error, 1);
	});
}

main();
