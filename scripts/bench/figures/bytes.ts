/**
 * Bytes that reach the block device per message: accepted, delivered, settled, and the program ended,
 * so that nothing it put off is left out of the count. The file system's own journal is in it.
 */
import type { Contender } from "../contender.ts";
import { CONTENDERS } from "../contender.ts";
import type { Measurement, Values } from "../figure.ts";
import { sendMessages } from "../load.ts";
import { type Bench, delivered, whileRunning, withInstallation } from "../subject.ts";

const SMALL_BYTES = 2_000;
const LARGE_BYTES = 1_000_000;
const FIRST_MESSAGES = 20;
const DELIVERY_LIMIT_MS = 120_000;

interface Batch {
	readonly messages: number;
	readonly sizeBytes: number;
	readonly connections: number;
}

export const bytesMeasurements: readonly Measurement[] = [
	{
		name: "bytes-2k",
		contenders: CONTENDERS,
		countsBytes: true,
		figures: [
			{
				title: "written to disk per 2 kB message, accept to settle",
				unit: "kB",
				value: "kilobytes",
				decimals: 1,
				wanted: [{ atMost: 16 }],
			},
		],
		measure: async (bench, contender) => {
			const batch = { messages: bench.effort.smallMessages, sizeBytes: SMALL_BYTES, connections: 10 };
			return { kilobytes: (await bytesPerMessage(bench, contender, batch)) / 1000 };
		},
	},
	{
		name: "bytes-1m",
		contenders: CONTENDERS,
		countsBytes: true,
		figures: [
			{
				title: "written to disk per 1 MB message, times its size",
				unit: "×",
				value: "times",
				decimals: 2,
				wanted: [{ atMost: 1.15 }],
			},
		],
		measure: async (bench, contender): Promise<Values> => {
			const batch = { messages: bench.effort.largeMessages, sizeBytes: LARGE_BYTES, connections: 2 };
			return { times: (await bytesPerMessage(bench, contender, batch)) / LARGE_BYTES };
		},
	},
];

async function bytesPerMessage(bench: Bench, contender: Contender, batch: Batch): Promise<number> {
	const { bytesWritten } = bench.disk;
	if (bytesWritten === undefined) throw new Error("nothing counts bytes on this disk");
	return await withInstallation(bench, contender, async (installation) => {
		const probe = await bench.shim.probe(0);
		const before = await whileRunning(installation, probe, async ({ smtpPort }) => {
			const load = { port: smtpPort, connections: batch.connections, sizeBytes: batch.sizeBytes };
			// What is made once (files, tables, folders) is not the messages'.
			await sendMessages({ ...load, sizeBytes: SMALL_BYTES }, FIRST_MESSAGES);
			await allDelivered(installation, FIRST_MESSAGES);
			const bytesBefore = await bytesWritten();
			await sendMessages(load, batch.messages);
			await allDelivered(installation, FIRST_MESSAGES + batch.messages);
			return bytesBefore;
		});
		return ((await bytesWritten()) - before) / batch.messages;
	});
}

async function allDelivered(installation: Parameters<typeof delivered>[0], messages: number): Promise<void> {
	const accepted = await delivered(installation, messages, DELIVERY_LIMIT_MS);
	if (accepted < messages) throw new Error(`the cloud got ${accepted} of ${messages} messages`);
}
