/**
 * The way out: how fast a queue drains against what Microsoft's limits allow (cloud-sink.ts draws them), with
 * how many requests a message, and what a message of 150 MB costs in memory while it passes all the way.
 * Of Postern alone: the references have no such limits to keep.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { LIMIT_AT_ONCE, LIMITED_ANSWER_MS } from "../cloud-limits.ts";
import { type Cloud, type Contender, SITE_FROM } from "../contender.ts";
import type { Measurement, Values } from "../figure.ts";
import { sendMessages } from "../load.ts";
import { messageOf, SmtpClient } from "../smtp-client.ts";
import { type Bench, delivered, withSubject } from "../subject.ts";

const MEGABYTE = 1_000_000;
const LARGEST_BYTES = 149 * MEGABYTE;
const SMALL_BYTES = 2_000;
const REST_MS = 1_500;
const LIMIT_MS = 240_000;
/** Its first part is the slow start after an outage, which is wanted. */
const WARM_UP_SHARE = 0.2;

export const drainMeasurements: readonly Measurement[] = [
	{
		name: "drain",
		contenders: ["postern"],
		figures: [
			{
				title: "a queue drains, against what the limits allow",
				unit: "×",
				value: "share",
				decimals: 2,
				wanted: [{ atLeast: 0.9 }],
			},
			{ title: "requests to Graph per message", unit: "", value: "requests", decimals: 2, wanted: [] },
			{
				title: "of them refused as too many at once",
				unit: "",
				value: "refused",
				decimals: 0,
				wanted: [{ atMost: 0 }],
			},
		],
		measure: measureDrain,
	},
	{
		name: "memory-150m-through",
		contenders: ["postern"],
		figures: [
			{
				title: "one 150 MB message all the way through Graph, peak above idle",
				unit: "MB",
				value: "megabytes",
				decimals: 1,
				wanted: [{ atMost: 60 }],
			},
			{ title: "and it took", unit: "s", value: "seconds", decimals: 1, wanted: [] },
		],
		measure: measureLargest,
	},
];

async function measureDrain(bench: Bench, contender: Contender): Promise<Values> {
	return await withSubject(bench, contender, 0, async ({ installation, running }) => {
		const { cloud } = installation;
		const { drawLimits, counts } = limitedOf(cloud);
		// As many from each device: those of one device go one after the other.
		const messages = bench.effort.smallMessages - (bench.effort.smallMessages % SITE_FROM.length);
		await cloud.goAway();
		await Promise.all(SITE_FROM.map((from) => sendAs(from, running.smtpPort, messages / SITE_FROM.length)));
		await drawLimits();
		await cloud.comeBack();
		const before = Math.ceil(messages * WARM_UP_SHARE);
		const first = await delivered(installation, before, LIMIT_MS);
		const startedMs = performance.now();
		const last = await delivered(installation, messages, LIMIT_MS);
		if (last < messages) throw new Error(`the cloud got ${last} of ${messages} messages`);
		const perSecond = ((last - first) * 1000) / (performance.now() - startedMs);
		const { requests, refused } = await counts();
		return {
			share: perSecond / ((LIMIT_AT_ONCE * 1000) / LIMITED_ANSWER_MS),
			requests: requests / messages,
			refused,
		};
	});
}

async function sendAs(from: string, port: number, messages: number): Promise<void> {
	const client = await SmtpClient.connect({ port, from });
	await client.command("EHLO device.bench.test");
	for (let sent = 0; sent < messages; sent += 1) {
		await client.send("device@bench.test", "inbox@bench.test", messageOf(SMALL_BYTES));
	}
	await client.quit();
}

async function measureLargest(bench: Bench, contender: Contender): Promise<Values> {
	return await withSubject(bench, contender, 0, async ({ installation, running }) => {
		const { memory, smtpPort } = running;
		if (memory.resetPeak === undefined || memory.peakBytes === undefined) throw new Error("no peak is known");
		// The first message loads what any first message loads.
		await sendMessages({ port: smtpPort, connections: 1, sizeBytes: SMALL_BYTES }, 1);
		await delivered(installation, 1, LIMIT_MS);
		await sleep(REST_MS);
		const idleBytes = await memory.idleBytes();
		await memory.resetPeak();
		const client = await SmtpClient.connect({ port: smtpPort });
		await client.command("EHLO device.bench.test");
		const startedMs = performance.now();
		await client.send("device@bench.test", "inbox@bench.test", messageOf(LARGEST_BYTES));
		await client.quit();
		const accepted = await delivered(installation, 2, LIMIT_MS);
		if (accepted < 2) throw new Error("the large message did not arrive");
		return {
			megabytes: ((await memory.peakBytes()) - idleBytes) / MEGABYTE,
			seconds: (performance.now() - startedMs) / 1000,
		};
	});
}

function limitedOf({ drawLimits, counts }: Cloud): Required<Pick<Cloud, "drawLimits" | "counts">> {
	if (drawLimits === undefined || counts === undefined) throw new Error("this cloud draws no limits");
	return { drawLimits, counts };
}
