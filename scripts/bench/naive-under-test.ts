/** The contender "naive" (naive.ts): one process, its database on the disk under test. */
import path from "node:path";
import { GraphSink } from "./cloud.ts";
import type { Contender, Installation } from "./contender.ts";
import { processMemory } from "./memory.ts";
import { freePort, Program } from "./program.ts";

const LOGIN = { username: "device", password: "a password of the bench" } as const;

/** `logFolder` is not on the disk under test. */
export function naiveContender(logFolder: string): Contender {
	return { name: "naive", install: (folder) => install(folder, logFolder) };
}

async function install(folder: string, logFolder: string): Promise<Installation> {
	const cloud = await GraphSink.start();
	return {
		cloud,
		start: async (probe) => {
			const port = await freePort();
			const tlsPort = await freePort();
			const program = new Program({
				command: process.execPath,
				argv: [path.join(import.meta.dirname, "naive.ts")],
				environment: {
					...probe.environment,
					NAIVE_DATABASE: path.join(folder, "naive.db"),
					NAIVE_GRAPH: cloud.url,
					NAIVE_PORT: String(port),
					NAIVE_TLS_PORT: String(tlsPort),
					NAIVE_USERNAME: LOGIN.username,
					NAIVE_PASSWORD: LOGIN.password,
				},
				logFile: path.join(logFolder, "naive.log"),
			});
			return {
				smtpPort: port,
				tlsPort,
				startupMs: await program.greeted(port),
				login: LOGIN,
				memory: processMemory(program.pid),
				stop: () => program.stop(),
			};
		},
		[Symbol.asyncDispose]: () => cloud[Symbol.asyncDispose](),
	};
}
