/**
 * Resident memory as Linux counts it, from /proc. Throws when the process is gone.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import type { Memory } from "./contender.ts";

const KIB = 1024;

/** Of one process: exact peaks, because the kernel keeps them (proc_pid_status(5), VmHWM). */
export function processMemory(pid: number): Memory {
	return {
		idleBytes: () => field(`/proc/${pid}/status`, "VmRSS"),
		privateBytes: () => field(`/proc/${pid}/smaps_rollup`, "Private_Dirty"),
		// proc_pid_clear_refs(5): 5 resets the peak to the present size.
		resetPeak: () => writeFile(`/proc/${pid}/clear_refs`, "5"),
		peakBytes: () => field(`/proc/${pid}/status`, "VmHWM"),
	};
}

/** Of all processes of a session, shared pages counted once in all (Pss). */
export function sessionMemory(sessionId: number): Memory {
	return {
		idleBytes: async () => {
			const pids = await sessionProcesses(sessionId);
			const sizes = await Promise.all(pids.map((pid) => field(`/proc/${pid}/smaps_rollup`, "Pss")));
			return sizes.reduce((sum, size) => sum + size, 0);
		},
	};
}

/** Those that still run, not what is left of ended ones until somebody asks. */
export async function sessionProcesses(sessionId: number): Promise<number[]> {
	const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(Number);
	const members: number[] = [];
	for (const pid of pids) {
		if ((await sessionOf(pid)) === sessionId) members.push(pid);
	}
	return members;
}

async function sessionOf(pid: number): Promise<number | undefined> {
	const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => undefined);
	// After the name in parentheses: state, parent, group, session (proc_pid_stat(5)).
	const fields = stat?.slice(stat.lastIndexOf(")") + 2).split(" ");
	return fields === undefined || fields[0] === "Z" ? undefined : Number(fields[3]);
}

async function field(file: string, name: string): Promise<number> {
	const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(await readFile(file, "utf8"));
	if (match === null) throw new Error(`${file} has no ${name}`);
	return Number(match[1]) * KIB;
}
