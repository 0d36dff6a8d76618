/**
 * A spooled message as the transports read it: its header in memory, its body streamed, and read again
 * from the spool for a second try. Errors of the spool pass through to the caller, and a body of another
 * size than was accepted is one: half a message must not go out as a whole one.
 */
import { asError } from "../errors.ts";
import { type HeaderScan, scanHeader } from "../mail/header.ts";
import { findMessageId } from "../mail/message-id.ts";
import type { Attempt } from "../queue/transport.ts";

export interface SpooledMessage {
	/** From the first byte, at least as far as the header reaches. */
	readonly start: Buffer;
	/** `start` is all there is. */
	readonly whole: boolean;
	readonly scan: HeaderScan;
}

/** Up to this size a message is read once and kept, which spares the spool a second reading. */
export const KEPT_WHOLE_BYTES = 256 * 1024;

/** The spool's fault, not ours. */
export class SpoolError extends Error {
	override readonly name = "SpoolError";
}

/** All bytes, from the start; throws `SpoolError` before it ends when they are not as many as were accepted. */
export async function* spooledBytes(attempt: Attempt): AsyncGenerator<Buffer> {
	let readBytes = 0;
	try {
		for await (const chunk of attempt.openBody()) {
			readBytes += chunk.length;
			yield chunk;
		}
	} catch (thrown) {
		throw new SpoolError(asError(thrown).message, { cause: thrown });
	}
	if (readBytes === attempt.sizeBytes) return;
	throw new SpoolError(`the spool holds ${readBytes} bytes of a message of ${attempt.sizeBytes}`);
}

/** The same; `tell` gets the Message-ID when the header has been read, before the last byte is given. */
export async function* spooledBytesWithId(
	attempt: Attempt,
	tell: (messageId: string | undefined) => void,
): AsyncGenerator<Buffer> {
	let start: Buffer | undefined = Buffer.alloc(0);
	for await (const chunk of spooledBytes(attempt)) {
		if (start !== undefined) {
			start = start.length === 0 ? chunk : Buffer.concat([start, chunk]);
			const { ending, fields } = scanHeader(start);
			if (ending !== "open" || start.length >= attempt.sizeBytes) {
				tell(findMessageId(start, fields));
				start = undefined;
			}
		}
		yield chunk;
	}
}

export async function readSpooled(attempt: Attempt): Promise<SpooledMessage> {
	const chunks: Buffer[] = [];
	let readBytes = 0;
	for await (const chunk of spooledBytes(attempt)) {
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
	for await (const chunk of spooledBytes(attempt)) {
		const skipped = Math.min(skipBytes, chunk.length);
		skipBytes -= skipped;
		if (skipped < chunk.length) yield chunk.subarray(skipped);
	}
}
