/**
 * Fetching over POP3: how long signing in and listing 2,000 messages takes, and what a message of 30 MB costs in memory
 * while it passes. Of Postern alone: the references serve no POP3.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { Contender, Running } from "../contender.ts";
import type { Measurement, Values } from "../figure.ts";
import { LARGE_MESSAGE_BYTES, SMALL_MESSAGES } from "../maildrop-sink.ts";
import { Pop3Client } from "../pop3-client.ts";
import { type Bench, withSubject } from "../subject.ts";

const MEGABYTE = 1_000_000;
const REST_MS = 1_500;

export const fetchMeasurements: readonly Measurement[] = [
	{
		name: "fetch",
		contenders: ["postern"],
		figures: [
			{ title: "sign in to 2,001 messages over POP3", unit: "ms", value: "openMs", decimals: 0, wanted: [] },
			{ title: "STAT, LIST and UIDL of them", unit: "ms", value: "listMs", decimals: 1, wanted: [] },
			{ title: "a small message fetched", unit: "ms", value: "smallMs", decimals: 2, wanted: [] },
			{ title: "30 MB fetched", unit: "MB/s", value: "largeRate", decimals: 0, wanted: [] },
			{
				title: "30 MB fetched, peak above idle",
				unit: "MB",
				value: "megabytes",
				decimals: 1,
				wanted: [{ atMost: 20 }],
			},
		],
		measure: measureFetch,
	},
];

async function measureFetch(bench: Bench, contender: Contender): Promise<Values> {
	return await withSubject(bench, contender, 0, async ({ running }) => {
		const { memory } = running;
		if (memory.resetPeak === undefined || memory.peakBytes === undefined) throw new Error("no peak is known");
		// The first session loads what any first session loads, and checks the password.
		const first = await signIn(running);
		await first.many("RETR 1");
		await first.quit();
		let startedMs = performance.now();
		const client = await signIn(running);
		const openMs = performance.now() - startedMs;
		startedMs = performance.now();
		await client.command("STAT");
		await client.many("LIST");
		await client.many("UIDL");
		const listMs = performance.now() - startedMs;
		startedMs = performance.now();
		const small = bench.effort.sessions;
		for (let number = 1; number <= small; number += 1) await client.many(`RETR ${number}`);
		const smallMs = (performance.now() - startedMs) / small;
		await sleep(REST_MS);
		const idleBytes = await memory.idleBytes();
		await memory.resetPeak();
		startedMs = performance.now();
		const octets = await client.many(`RETR ${SMALL_MESSAGES + 1}`);
		const seconds = (performance.now() - startedMs) / 1000;
		if (octets < LARGE_MESSAGE_BYTES / 1.1) throw new Error(`only ${octets} octets came`);
		const megabytes = ((await memory.peakBytes()) - idleBytes) / MEGABYTE;
		await client.quit();
		return { openMs, listMs, smallMs, megabytes, largeRate: octets / MEGABYTE / seconds };
	});
}

async function signIn({ pop3Port, login }: Running): Promise<Pop3Client> {
	if (pop3Port === undefined || login === undefined) throw new Error("nothing can be fetched here");
	return await Pop3Client.signIn(pop3Port, login.username, login.password);
}
