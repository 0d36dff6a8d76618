/**
 * Resident memory and start-up: idle, and how far above idle it rises while large messages come in.
 * The cloud is gone meanwhile, so that it is the spool that is measured. Contenders of several
 * processes (Postfix, Haraka) have no exact peak and are left out of those.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Contender } from "../contender.ts";
import { CONTENDERS } from "../contender.ts";
import type { Measurement, Values } from "../figure.ts";
import { messageOf, SmtpClient } from "../smtp-client.ts";
import { type Bench, whileRunning, withInstallation, withSubject } from "../subject.ts";

const MEGABYTE = 1_000_000;
const REST_MS = 1_500;
/** 150 MB as `max_message_size` counts it, with room for the header lines a relay adds. */
const LARGEST_BYTES = 149 * MEGABYTE;

export const memoryMeasurements: readonly Measurement[] = [
	{
		name: "idle",
		contenders: CONTENDERS,
		figures: [
			{ title: "resident memory, idle", unit: "MB", value: "idleMegabytes", decimals: 1, wanted: [] },
			{ title: "start-up to first greeting", unit: "ms", value: "startupMs", decimals: 0, wanted: [] },
		],
		measure: measureIdle,
	},
	{
		name: "memory-10x10m",
		contenders: ["postern", "naive"],
		figures: [
			{
				title: "ten 10 MB messages at once, peak above idle",
				unit: "MB",
				value: "megabytes",
				decimals: 1,
				wanted: [{ atMost: 60 }],
			},
		],
		measure: (bench, contender) => measurePeak(bench, contender, 10, 10 * MEGABYTE),
	},
	{
		name: "memory-150m",
		contenders: ["postern", "naive"],
		figures: [
			{
				title: "one 150 MB message, peak above idle",
				unit: "MB",
				value: "megabytes",
				decimals: 1,
				wanted: [{ atMost: 40 }],
			},
		],
		measure: (bench, contender) => measurePeak(bench, contender, 1, LARGEST_BYTES),
	},
];

/** Of a second start, when everything that is made once has been made. */
async function measureIdle(bench: Bench, contender: Contender): Promise<Values> {
	return await withInstallation(bench, contender, async (installation) => {
		const probe = await bench.shim.probe(0);
		await whileRunning(installation, probe, () => Promise.resolve());
		return await whileRunning(installation, probe, async ({ startupMs, memory }) => {
			await sleep(REST_MS);
			return { startupMs, idleMegabytes: (await memory.idleBytes()) / MEGABYTE };
		});
	});
}

async function measurePeak(
	bench: Bench,
	contender: Contender,
	messages: number,
	sizeBytes: number,
): Promise<Values> {
	return await withSubject(bench, contender, 0, async ({ installation, running }) => {
		const { memory, smtpPort } = running;
		if (memory.resetPeak === undefined || memory.peakBytes === undefined) throw new Error("no peak is known");
		await installation.cloud.goAway();
		await sleep(REST_MS);
		const idleBytes = await memory.idleBytes();
		await memory.resetPeak();
		await Promise.all(Array.from({ length: messages }, () => sendOne(smtpPort, sizeBytes)));
		return { megabytes: ((await memory.peakBytes()) - idleBytes) / MEGABYTE };
	});
}

async function sendOne(port: number, sizeBytes: number): Promise<void> {
	const client = await SmtpClient.connect({ port });
	await client.command("EHLO device.bench.test");
	await client.send("device@bench.test", "inbox@bench.test", messageOf(sizeBytes));
	await client.quit();
}
