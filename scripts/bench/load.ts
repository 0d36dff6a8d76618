/**
 * Throughput load: Postfix's smtp-source, which keeps S connections open and sends one message after
 * the other on each. Throws when a message is refused.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { SmtpClient } from "./smtp-client.ts";

const run = promisify(execFile);

export interface Load {
	readonly port: number;
	readonly connections: number;
	/** Octets of the body; the header comes on top. */
	readonly sizeBytes: number;
}

/** Enough messages to time a rate by, and not more than the disk and patience hold. */
const FEWEST_MESSAGES = 20;
const MOST_MESSAGES = 20_000;
const WARM_UPS = 2;

/** Sends `messages`; gives the seconds it took, without the wait for the greeting. */
export async function sendMessages(load: Load, messages: number): Promise<number> {
	const greetingMs = await greetingLatencyMs(load.port);
	const startedMs = performance.now();
	await run("smtp-source", [
		"-d",
		...["-s", String(Math.min(load.connections, messages))],
		...["-m", String(messages)],
		...["-l", String(load.sizeBytes)],
		...["-M", "device.bench.test"],
		...["-f", "device@bench.test"],
		...["-t", "inbox@bench.test"],
		`inet:127.0.0.1:${load.port}`,
	]);
	return Math.max(performance.now() - startedMs - greetingMs, 1) / 1000;
}

export interface Rate {
	readonly perSecond: number;
	/** Sent for it, warm-up included. */
	readonly messagesInAll: number;
}

/**
 * Durable accepts per second over about `seconds`, after warm-ups of half that each, which also find out
 * how many messages that takes. `beforeMeasuring` runs between them and what is measured.
 *
 * Two of them: the first goes by how fast a program takes its very first messages, which is too few for one whose code is
 * compiled as it runs, and a box runs for weeks.
 */
export async function measureRate(
	load: Load,
	seconds: number,
	beforeMeasuring: () => Promise<void> = () => Promise.resolve(),
): Promise<Rate> {
	let messages = FEWEST_MESSAGES;
	let messagesInAll = messages;
	let perSecond = messages / (await sendMessages(load, messages));
	for (let warmUp = 1; warmUp <= WARM_UPS; warmUp += 1) {
		messages = bounded(perSecond * (seconds / 2));
		messagesInAll += messages;
		perSecond = messages / (await sendMessages(load, messages));
	}
	await beforeMeasuring();
	messages = bounded(perSecond * seconds);
	messagesInAll += messages;
	perSecond = messages / (await sendMessages(load, messages));
	return { perSecond, messagesInAll };
}

function bounded(messages: number): number {
	return Math.round(Math.min(Math.max(messages, FEWEST_MESSAGES), MOST_MESSAGES));
}

/** The wait all of smtp-source's connections share once, of which the rate shall not depend. */
async function greetingLatencyMs(port: number): Promise<number> {
	const startedMs = performance.now();
	const client = await SmtpClient.connect({ port });
	const greetingMs = performance.now() - startedMs;
	await client.quit();
	return greetingMs;
}
