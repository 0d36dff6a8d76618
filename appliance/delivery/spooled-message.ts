/**
 * A spooled message as the transports read it: its header in memory, its body streamed, and read again
 * from the spool for a second try. Errors of the spool pass through to the caller.
 */
import { type HeaderScan, scanHeader } from "../mail/header.ts";
import type { Attempt } from "../queue/transport.ts";

export interface SpooledMessage {
	/** From the first byte, at least as far as the header reaches. */
	readonly start: Buffer;
	/** `start` is all there is. */
	readonly whole: boolean;
	readonly scan: HeaderScan;
}

/** Up to this size a message is read once and kept, which spares the spool a second reading. */
const KEPT_WHOLE_BYTES = 256 * 1024;

export async function readSpooled(attempt: Attempt): Promise<SpooledMessage> {
	const chunks: Buffer[] = [];
	let readBytes = 0;
	for await (const chunk of attempt.openBody()) {
		chunks.push(chunk);
		readBytes += chunk.length;
		if (attempt.sizeBytes <= KEPT_WHOLE_BYTES) continue;
		const start = Buffer.concat(chunks, readBytes);
		const scan = scanHeader(start);
		if (scan.ending !== "open") return { start, whole: false, scan };
	}
	const start = Buffer.concat(chunks, readBytes);
	return { start, whole: true, scan: scanHeader(start) };
}

/** The bytes from `fromByte` on. */
export async function* readFrom(
	attempt: Attempt,
	message: SpooledMessage,
	fromByte: number,
): AsyncGenerator<Buffer> {
	if (message.whole) {
		yield message.start.subarray(fromByte);
		return;
	}
	let skipBytes = fromByte;
	for await (const chunk of attempt.openBody()) {
		const skipped = Math.min(skipBytes, chunk.length);
		skipBytes -= skipped;
		if (skipped < chunk.length) yield chunk.subarray(skipped);
	}
}
