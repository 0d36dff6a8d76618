/**
 * Runs a job in a room: a process with a network and mounts of its own, so that jobs run beside one another on the same ports, and
 * what a killed one leaves mounted goes with it. Needs root, unshare and ip. Throws with its last words when it fails.
 */
import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import type { Findings } from "./findings.ts";
import type { Job } from "./job.ts";

const run = promisify(execFile);

const ROOM = path.join(import.meta.dirname, "room.ts");
const JOB_LIMIT_MS = 60 * 60_000;
const LAST_WORDS_LENGTH = 4_000;

export async function inRoom(job: Job, signal: AbortSignal): Promise<Findings> {
	mkdirSync(job.folder, { recursive: true });
	try {
		const { stdout } = await run(
			"unshare",
			[
				...[
					"--net",
					"--mount",
					"--pid",
					"--fork",
					"--kill-child",
					"--mount-proc",
					"--propagation",
					"private",
				],
				...[
					"sh",
					"-c",
					'ip link set lo up && exec "$@"',
					"room",
					process.execPath,
					ROOM,
					JSON.stringify(job),
				],
			],
			{ signal, timeout: JOB_LIMIT_MS, maxBuffer: 64 * 1024 * 1024 },
		);
		return JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Findings;
	} catch (error) {
		const said = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
		throw new Error(`${job.scenario}, seed ${job.seed}: ${said.slice(-LAST_WORDS_LENGTH) || error}`);
	}
}
