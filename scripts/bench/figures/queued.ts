/**
 * A box that was offline for long: what 10,000 and 50,000 queued messages cost in accept rate,
 * start-up and memory against the same box with one message queued, and how soon the first message leaves
 * when the cloud is back. Postern is compared with itself.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Contender, Installation, Memory } from "../contender.ts";
import type { Measurement, Values } from "../figure.ts";
import { type Load, measureRate, sendMessages } from "../load.ts";
import { type Bench, delivered, whileRunning, withInstallation } from "../subject.ts";

const MESSAGE_BYTES = 2_000;
const CONNECTIONS = 10;
const REST_MS = 1_500;
const WARM_UP_LIMIT_MS = 120_000;
const FIRST_LEAVES_LIMIT_MS = 60_000;
const MEGABYTE = 1_000_000;

export const queuedMeasurements: readonly Measurement[] = [10_000, 50_000].map((queued) => ({
	name: `queued-${queued}`,
	contenders: ["postern"],
	figures: [
		{
			title: `${queued} queued: accept rate against an empty queue`,
			unit: "×",
			value: "acceptRatio",
			decimals: 2,
			wanted: [{ atLeast: 0.9 }],
		},
		{
			title: `${queued} queued: start-up longer by`,
			unit: "ms",
			value: "startupMs",
			decimals: 0,
			wanted: [{ atMost: 200 }],
		},
		{
			title: `${queued} queued: memory after a start larger by`,
			unit: "MB",
			value: "startMegabytes",
			decimals: 1,
			wanted: [{ atMost: 20 }],
		},
		{
			title: `${queued} queued: memory grown while they came in`,
			unit: "MB",
			value: "grownMegabytes",
			decimals: 1,
			wanted: [{ atMost: 20 }],
		},
		{
			title: `${queued} queued: cloud back, first message leaves after`,
			unit: "s",
			value: "firstLeavesSeconds",
			decimals: 2,
			wanted: [{ atMost: 5 }],
		},
	],
	measure: (bench, contender) => measure(bench, contender, queued),
}));

interface Filled {
	readonly acceptRatio: number;
	readonly grownMegabytes: number;
}

interface Start {
	readonly startupMs: number;
	readonly megabytes: number;
}

async function measure(bench: Bench, contender: Contender, queued: number): Promise<Values> {
	return await withInstallation(bench, contender, async (installation) => {
		const probe = await bench.shim.probe(0);
		await whileRunning(installation, probe, () => Promise.resolve());
		await installation.cloud.goAway();
		// One message waits, so that both starts try to deliver: the sign-in library, loaded for the first
		// attempt, is no cost of a long queue.
		await whileRunning(installation, probe, ({ smtpPort }) =>
			sendMessages({ port: smtpPort, connections: 1, sizeBytes: MESSAGE_BYTES }, 1),
		);
		const empty = await whileRunning(installation, probe, startOf);
		const filled = await whileRunning(installation, probe, async ({ smtpPort, memory }) => {
			await warmUp(bench, installation, smtpPort);
			return await fill(bench, smtpPort, memory, queued);
		});
		return await whileRunning(installation, probe, async (running) => {
			const full = await startOf(running);
			// Long enough for whoever waits longer after each failed try to have come to wait long.
			await sleep(bench.effort.offlineSeconds * 1000);
			return {
				...filled,
				startupMs: full.startupMs - empty.startupMs,
				startMegabytes: full.megabytes - empty.megabytes,
				firstLeavesSeconds: await firstLeaves(installation),
			};
		});
	});
}

async function startOf({ startupMs, memory }: { startupMs: number; memory: Memory }): Promise<Start> {
	await sleep(REST_MS);
	return { startupMs, megabytes: (await memory.idleBytes()) / MEGABYTE };
}

/** A first few thousand go all the way through, so that the rate of the empty queue is not that of cold code. */
async function warmUp(bench: Bench, installation: Installation, port: number): Promise<void> {
	const messages = 2 * bench.effort.smallMessages;
	await installation.cloud.comeBack();
	const before = await installation.cloud.accepted();
	await sendMessages({ port, connections: CONNECTIONS, sizeBytes: MESSAGE_BYTES }, messages);
	const accepted = (await delivered(installation, before + messages, WARM_UP_LIMIT_MS)) - before;
	if (accepted < messages) throw new Error(`the cloud got ${accepted} of ${messages} messages`);
	await installation.cloud.goAway();
}

/** Rate and memory with an empty queue and with a full one, in one process that is as warm both times. */
async function fill(bench: Bench, port: number, memory: Memory, queued: number): Promise<Filled> {
	const load: Load = { port, connections: CONNECTIONS, sizeBytes: MESSAGE_BYTES };
	const empty = await measureRate(load, bench.effort.seconds);
	await sleep(REST_MS);
	const bytesBefore = await memory.idleBytes();
	const missing = queued - empty.messagesInAll;
	if (missing > 0) await sendMessages(load, missing);
	await sleep(REST_MS);
	const grownMegabytes = ((await memory.idleBytes()) - bytesBefore) / MEGABYTE;
	const full = await measureRate(load, bench.effort.seconds);
	return { acceptRatio: full.perSecond / empty.perSecond, grownMegabytes };
}

async function firstLeaves(installation: Installation): Promise<number> {
	const before = await installation.cloud.accepted();
	const startedMs = performance.now();
	await installation.cloud.comeBack();
	const accepted = await delivered(installation, before + 1, FIRST_LEAVES_LIMIT_MS);
	if (accepted === before) throw new Error(`nothing left within ${FIRST_LEAVES_LIMIT_MS / 1000} s`);
	return (performance.now() - startedMs) / 1000;
}
