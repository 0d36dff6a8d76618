/**
 * The contender "haraka": Haraka as a queueing relay to one smarthost, run by the Node that Postern is built for, with a
 * configuration and a queue of its own and a port on loopback.
 *
 * It is no package of this project: `scripts/setup --for-bench` installs what `haraka/package.json` pins into a place of its
 * own. Settings are those that `haraka -i` writes but where a relay needs others: who may relay and with which password,
 * where to, how large; of the plugins only what that takes, so neither a look into the sender's DNS nor any filter. As it
 * comes, it is two processes: one that keeps the other alive, and one that does everything.
 *
 * Before its 250 it flushes the file of the message (one flush for each, several side by side) and then gives the file the
 * name it is found by; that renaming is not flushed (outbound/index.js, `process_delivery`). What a power cut leaves under the
 * temporary name is deleted at the next start (outbound/queue.js, `delete_dot_files`). Seen on ext4: the disk as it was at the
 * 250 of the last message, mounted again, lost that message.
 */
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { SmtpSink } from "./cloud.ts";
import type { Contender, Installation } from "./contender.ts";
import { sessionMemory, sessionProcesses } from "./memory.ts";
import { freePort, Program } from "./program.ts";

const run = promisify(execFile);

const PACKAGE = path.join(
	import.meta.dirname,
	"../../node_modules/.postern-bench/haraka/node_modules/Haraka",
);
const PROGRAM = path.join(PACKAGE, "bin", "haraka");
const LOGIN = { username: "device", password: "a password of the bench" } as const;
const LARGEST_BYTES = 157_286_400;
const END_LIMIT_MS = 10_000;
const END_POLL_MS = 20;

const NOTE =
	"Haraka flushes the file of each message before its 250, but not the renaming that follows: after a power cut just then the message is there under a temporary name, and Haraka deletes such files when it starts. Its rates are those of an accept that a power cut can undo.";

/** Undefined where `scripts/setup --for-bench` could not install it. */
export async function harakaVersion(): Promise<string | undefined> {
	const text = await readFile(path.join(PACKAGE, "package.json"), "utf8").catch(() => undefined);
	if (text === undefined) return undefined;
	const { version } = JSON.parse(text) as { readonly version: string };
	return version;
}

/** `logFolder` is not on the disk under test. */
export function harakaContender(logFolder: string): Contender {
	return { name: "haraka", note: NOTE, install: (folder) => install(folder, logFolder) };
}

async function install(folder: string, logFolder: string): Promise<Installation> {
	const cloud = await SmtpSink.start(logFolder);
	await run(process.execPath, [PROGRAM, "-i", folder]);
	await configure(path.join(folder, "config"), cloud.port);
	return {
		cloud,
		start: async (probe) => {
			const port = await freePort();
			await writeFile(path.join(folder, "config", "smtp.ini"), `listen=127.0.0.1:${port}\n`);
			const program = new Program({
				command: process.execPath,
				argv: [PROGRAM, "-c", folder],
				environment: probe.environment,
				// It logs, as any Haraka does, but not into the machine's own log.
				logFile: path.join(logFolder, "haraka.log"),
			});
			return {
				smtpPort: port,
				tlsPort: undefined,
				startupMs: await program.greeted(port),
				login: LOGIN,
				memory: sessionMemory(program.pid),
				stop: () => stop(program),
			};
		},
		[Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose](),
	};
}

/** Over what `haraka -i` wrote, which has its usual log level and limits. */
async function configure(folder: string, sinkPort: number): Promise<void> {
	const connection = path.join(folder, "connection.ini");
	const limits = (await readFile(connection, "utf8")).replace(/^bytes=.*$/m, `bytes=${LARGEST_BYTES}`);
	const route = JSON.stringify({ action: "continue", nexthop: `127.0.0.1:${sinkPort}` });
	const files = {
		me: "haraka.bench.test",
		plugins: "relay\nauth/flat_file",
		"connection.ini": limits,
		"relay.ini": "[relay]\nacl=true\nforce_routing=true",
		relay_acl_allow: "127.0.0.0/8",
		"relay_dest_domains.ini": `[domains]\nany=${route}`,
		"auth_flat_file.ini": `[core]\nmethods=PLAIN\n[users]\n${LOGIN.username}=${LOGIN.password}`,
	};
	for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), `${text}\n`);
}

/** The worker ends when it sees that its parent did: a next start must not find it still at the queue. */
async function stop(program: Program): Promise<void> {
	await program.stop();
	const deadline = performance.now() + END_LIMIT_MS;
	while ((await sessionProcesses(program.pid)).length > 0) {
		if (performance.now() > deadline) throw new Error("Haraka's worker does not end");
		await sleep(END_POLL_MS);
	}
}
