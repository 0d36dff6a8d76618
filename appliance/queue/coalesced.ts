/**
 * What a message carries that waited in place of others: the line of its history that keeps their number
 * on the card, and the number put into its header as it leaves. For the coalescer and for attempts.
 */

import { HEADER_LIMIT_BYTES, scanHeader } from "../mail/header.ts";
import { type Suppressed, suppressedSplice } from "../mail/suppressed.ts";
import type { EventRecord } from "../store/operations.ts";

const EVENT = "coalesced";

/** The message waits until `untilMs` (wall clock), in place of those. */
export function waitingEvent(atMs: number, untilMs: number, suppressed: Suppressed): EventRecord {
	const { count, sinceMs } = suppressed;
	const until = `waits until ${isoTime(untilMs)}`;
	const detail =
		count === 0
			? `${until}, unless a newer one replaces it`
			: `${until}, in place of ${count} earlier since ${isoTime(sinceMs)}`;
	return { atMs, event: EVENT, detail };
}

/** How many messages this one stands for, by its history; undefined for none. */
export function suppressedOf(events: readonly EventRecord[]): Suppressed | undefined {
	const detail = events.find(({ event }) => event === EVENT)?.detail ?? "";
	const [, count, since] = /in place of (\d+) earlier since (\S+)$/.exec(detail) ?? [];
	return count === undefined || since === undefined
		? undefined
		: { count: Number(count), sinceMs: Date.parse(since) };
}

export interface Body {
	readonly sizeBytes: number;
	openBody(): AsyncIterable<Buffer>;
}

/** The same body with the number in its header. Reads the header; throws what `openBody` throws. */
export async function withCount(body: Body, suppressed: Suppressed): Promise<Body> {
	const { at, removedBytes, inserted } = suppressedSplice(await readHeader(body), suppressed);
	return {
		sizeBytes: body.sizeBytes - removedBytes + inserted.length,
		openBody: () => spliced(body.openBody(), at, removedBytes, inserted),
	};
}

/** From the first byte to some place behind the header. */
async function readHeader(body: Body): Promise<Buffer> {
	let start: Buffer = Buffer.alloc(0);
	for await (const chunk of body.openBody()) {
		start = start.length === 0 ? chunk : Buffer.concat([start, chunk]);
		if (start.length > HEADER_LIMIT_BYTES || scanHeader(start).ending !== "open") break;
	}
	return start;
}

async function* spliced(
	chunks: AsyncIterable<Buffer>,
	at: number,
	removedBytes: number,
	inserted: Buffer,
): AsyncGenerator<Buffer> {
	const goesOnAt = at + removedBytes;
	let passedBytes = 0;
	let isInserted = false;
	for await (const chunk of chunks) {
		const before = chunk.subarray(0, Math.max(0, at - passedBytes));
		const after = chunk.subarray(Math.max(0, goesOnAt - passedBytes));
		passedBytes += chunk.length;
		if (before.length > 0) yield before;
		if (!isInserted && passedBytes >= goesOnAt) {
			isInserted = true;
			yield inserted;
		}
		if (after.length > 0) yield after;
	}
	if (!isInserted) yield inserted;
}

function isoTime(ms: number): string {
	return new Date(ms).toISOString();
}
