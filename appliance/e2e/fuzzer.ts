/**
 * Talks nonsense to a real Postern, several connections at a time, and says what it did wrong. It must
 * never crash, log a fault, grow, answer with what is no reply, hang, or take a message that was not
 * whole. For the short run in the tests and the long one of scripts/fuzz.ts. Rejects with fast-check's
 * report (seed and smallest counterexample), or with what was found at the end.
 */
import { readFileSync } from "node:fs";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import type { QueueRow } from "../services.ts";
import type { Dialogue } from "./dialogue.ts";
import { isWhole, type Transcript, transcripts } from "./fuzz-transcripts.ts";
import { eventually, type House } from "./house.ts";
import { Wire } from "./wire.ts";

export interface FuzzOptions {
	readonly house: House;
	/** Where known and unknown devices connect from. */
	readonly addresses: readonly string[];
	readonly dialogues: readonly Dialogue[];
	/** It ends when so many command lines were said, or so much time has passed. */
	readonly commands: number;
	readonly limitMs: number;
	readonly seed: number;
}

export interface FuzzFigures {
	readonly commands: number;
	readonly connections: number;
	readonly messagesTaken: number;
	/** How much larger the process was at the end than when it was warm. */
	readonly grownBytes: number;
}

const AT_ONCE = 4;
/** After we have said all, the peer answers what is left and ends the connection. */
const ENDS_WITHIN_MS = 8_000;
/** A handshake that goes no further has a time limit of its own. */
const HANDSHAKE_MS = 50;
/** A heap that has been collected is not the same size each time. */
const MAY_GROW_BYTES = 64 * 2 ** 20;
const WARM_AT = 0.5;

export async function fuzz(options: FuzzOptions): Promise<FuzzFigures> {
	const { house, commands: wanted, limitMs, seed } = options;
	const pid = house.pid;
	const taken = new Set<string>();
	const deadlineMs = performance.now() + limitMs;
	let commands = 0;
	let connections = 0;
	let warmBytes = 0;
	let round = 0;
	const conversation = fc.array(transcripts(options.dialogues), { minLength: 1, maxLength: AT_ONCE });
	while (commands < wanted && performance.now() < deadlineMs) {
		await fc.assert(
			fc.asyncProperty(conversation, async (said) => {
				await Promise.all(said.map((one) => say(one, options, taken)));
				if (house.pid !== pid) throw new Error("it was started anew");
				connections += said.length;
				commands += said.reduce((sum, one) => sum + one.commands, 0);
			}),
			{
				// Rounds of one seed are never those of its neighbour.
				seed: seed * 1_000 + round,
				numRuns: ROUND,
			},
		);
		round += 1;
		if (warmBytes === 0 && commands > wanted * WARM_AT) warmBytes = residentBytes(pid);
	}
	await allArrived(house, taken);
	const grownBytes = residentBytes(pid) - warmBytes;
	if (warmBytes > 0 && grownBytes > MAY_GROW_BYTES) throw new Error(`it grew by ${grownBytes} bytes`);
	const fault = /^.*(?:fault|unhandled|uncaught).*$/m.exec(house.log)?.[0];
	if (fault !== undefined) throw new Error(`it logged: ${fault}`);
	return { commands, connections, messagesTaken: taken.size, grownBytes };
}

const ROUND = 25;

async function say(one: Transcript, { house, addresses }: FuzzOptions, taken: Set<string>): Promise<void> {
	const from = addresses[one.speaker % addresses.length] ?? "127.0.0.1";
	const wire = await Wire.connect({ port: house.port(one.role), from });
	try {
		if (one.role === "implicit-tls") await wire.encrypt();
		const bytes = Buffer.from(one.said, "latin1");
		const places = one.packets.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b);
		for (const [index, place] of [...places, bytes.length].entries()) {
			wire.send(bytes.subarray(places[index - 1] ?? 0, place));
			await turn();
		}
		if (one.ending === "half-close") {
			wire.halfClose();
			if (one.mayBeTls) await wire.hangsUp(HANDSHAKE_MS);
			else if (!(await wire.hangsUp(ENDS_WITHIN_MS))) throw new Error("it does not end the connection");
		} else await turn();
	} finally {
		if (one.ending === "reset") wire.reset();
		else wire.destroy();
	}
	for (const { lines } of wire.unread()) {
		const queueId = /queued as (\w+)/.exec(lines.at(-1) ?? "")?.[1];
		if (queueId !== undefined) taken.add(queueId);
	}
	if (!one.mayBeTls && wire.malformed.length > 0) {
		throw new Error(`no reply: ${JSON.stringify(wire.malformed.slice(0, 3))}`);
	}
}

/**
 * What was answered 250 arrives, or is kept as failed for its owner (Microsoft takes not every address
 * that a device may name); and what arrives is whole.
 */
async function allArrived(house: House, taken: ReadonlySet<string>): Promise<void> {
	let rows: readonly QueueRow[] = [];
	const settled = async () => {
		rows = await house.json<QueueRow[]>("queue", "list");
		return rows.every(({ state }) => state === "failed");
	};
	await eventually("every message is settled", settled, 60_000).catch((thrown: unknown) => {
		throw new Error(`left in the queue: ${JSON.stringify(rows)}`, { cause: thrown });
	});
	const arrived = house.cloud.control.arrived().map(({ message }) => message.bytes?.toString("latin1") ?? "");
	const ids = new Set(arrived.map((text) => /\(Postern\) with \S+ id (\w+)/.exec(text)?.[1]));
	for (const { id } of rows) ids.add(id);
	const lost = [...taken].filter((queueId) => !ids.has(queueId));
	if (lost.length > 0) throw new Error(`answered 250 and never arrived: ${lost.join(", ")}`);
	const half = arrived.find((text) => isWhole(text) === false);
	if (half !== undefined) throw new Error(`it took half a message:\n${half}`);
	if (taken.size > 20 && !arrived.some((text) => isWhole(text))) throw new Error("no marked message arrived");
}

function residentBytes(pid: number): number {
	return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) * 1024;
}
