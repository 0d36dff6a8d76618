/**
 * What the figures were measured on: enough to compare two tables, nothing that names the machine.
 */
import { execFile } from "node:child_process";
import { open, rm } from "node:fs/promises";
import { availableParallelism, cpus, release, totalmem } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { harakaVersion } from "./haraka-under-test.ts";
import type { Disk } from "./loop-disk.ts";
import { median } from "./statistics.ts";

const run = promisify(execFile);
const FLUSHES = 40;
const BLOCK_BYTES = 4_096;

export async function describeMachine(disk: Disk): Promise<string> {
	const disks = disk.bytesWritten === undefined ? "a folder" : "ext4 on a loop device";
	return [
		`${availableParallelism()} cores (${cpus()[0]?.model ?? "unknown"})`,
		`${(totalmem() / 2 ** 30).toFixed(1)} GiB`,
		`Linux ${release()}`,
		`Node ${process.version}`,
		`Postfix ${await postfixVersion()}`,
		`Haraka ${(await harakaVersion()) ?? "not here"}`,
		`state on ${disks}, a flush of 4 kB takes ${(await flushMs(disk.folder)).toFixed(2)} ms`,
	].join(" · ");
}

async function postfixVersion(): Promise<string> {
	try {
		return (await run("postconf", ["-dh", "mail_version"])).stdout.trim();
	} catch {
		return "not here";
	}
}

async function flushMs(folder: string): Promise<number> {
	const file = path.join(folder, "flush");
	await using handle = await open(file, "w");
	const latenciesMs: number[] = [];
	for (let flush = 0; flush < FLUSHES; flush += 1) {
		const startedMs = performance.now();
		await handle.write(Buffer.alloc(BLOCK_BYTES, flush));
		await handle.datasync();
		latenciesMs.push(performance.now() - startedMs);
	}
	await rm(file);
	return median(latenciesMs);
}
