/**
 * The bench's room: disk, shim and effort, and how a measurement gets a contender that runs on an
 * empty state and is gone, with all it wrote, when the measurement is over.
 */
import { mkdir, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Contender, Installation, Running } from "./contender.ts";
import type { Disk } from "./loop-disk.ts";
import type { FlushProbe, SlowFlush } from "./slow-flush.ts";
import { messageOf, SmtpClient } from "./smtp-client.ts";

/** How much of everything: `FULL` for figures to quote, `QUICK` to see whether a change helped. */
export interface Effort {
	/** Length of a rate measurement. */
	readonly seconds: number;
	readonly sessions: number;
	readonly smallMessages: number;
	readonly largeMessages: number;
	/** How long the cloud has been gone, at least, before it comes back. */
	readonly offlineSeconds: number;
}

export const FULL: Effort = {
	seconds: 4,
	sessions: 60,
	smallMessages: 4_000,
	largeMessages: 24,
	offlineSeconds: 45,
};
export const QUICK: Effort = {
	seconds: 1.5,
	sessions: 20,
	smallMessages: 1_000,
	largeMessages: 8,
	offlineSeconds: 8,
};

export interface Bench {
	readonly disk: Disk;
	readonly shim: SlowFlush;
	readonly effort: Effort;
	/** Says on standard error what is going on. */
	readonly tell: (text: string) => void;
}

export interface Subject {
	readonly installation: Installation;
	readonly running: Running;
	readonly probe: FlushProbe;
}

const SETTLE_POLL_MS = 50;
let subjects = 0;

/** Runs `work` on a fresh, empty installation whose flushes take `flushMs` longer. */
export async function withInstallation<Result>(
	bench: Bench,
	contender: Contender,
	work: (installation: Installation) => Promise<Result>,
): Promise<Result> {
	subjects += 1;
	const folder = path.join(bench.disk.folder, `${contender.name}-${subjects}`);
	await mkdir(folder);
	try {
		await using installation = await contender.install(folder);
		return await work(installation);
	} finally {
		// Postfix's parts end in their own time, and one may still be writing.
		await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
	}
}

/** The same, started. */
export async function withSubject<Result>(
	bench: Bench,
	contender: Contender,
	flushMs: number,
	work: (subject: Subject) => Promise<Result>,
): Promise<Result> {
	return await withInstallation(bench, contender, async (installation) => {
		const probe = await bench.shim.probe(flushMs);
		return await whileRunning(installation, probe, (running) => work({ installation, running, probe }));
	});
}

export async function whileRunning<Result>(
	installation: Installation,
	probe: FlushProbe,
	work: (running: Running) => Promise<Result>,
): Promise<Result> {
	return await thenStop(await installation.start(probe), work);
}

export async function thenStop<Result>(
	running: Running,
	work: (running: Running) => Promise<Result>,
): Promise<Result> {
	try {
		return await work(running);
	} finally {
		await running.stop();
	}
}

/** Waits until the cloud has `messages`, or until the limit; says how many it has. */
export async function delivered(
	installation: Installation,
	messages: number,
	limitMs: number,
): Promise<number> {
	const deadline = performance.now() + limitMs;
	for (;;) {
		const accepted = await installation.cloud.accepted();
		if (accepted >= messages || performance.now() > deadline) return accepted;
		await sleep(SETTLE_POLL_MS);
	}
}

/** So many messages over one connection. */
export async function handIn(port: number, messages: number): Promise<void> {
	const client = await SmtpClient.connect({ port });
	await client.command("EHLO device.test");
	for (let sent = 0; sent < messages; sent += 1)
		await client.send("device@bench.test", "inbox@bench.test", messageOf(2_000));
	await client.quit();
}
