/**
 * A message as Graph's MIME sendMail wants it: base64 in one line, its length known beforehand, made
 * as it is sent. Knows whether the last of it has been handed over, because a request that broke off
 * earlier cannot have been acted on.
 */
import { asError } from "../errors.ts";

export interface Upload {
	readonly lengthBytes: number;
	/** Anew at each call. */
	open(): Buffer | AsyncIterable<Buffer>;
	/** The last of the body opened last was handed over, or is about to be. */
	isComplete(): boolean;
	/** What kept the body opened last from being read to its end. */
	failure(): Error | undefined;
}

function base64Length(sizeBytes: number): number {
	return Math.ceil(sizeBytes / 3) * 4;
}

/** For a message in memory. */
export function uploadOfBytes(message: Buffer): Upload {
	const encoded = Buffer.from(message.toString("base64"), "latin1");
	return {
		lengthBytes: encoded.length,
		open: () => encoded,
		isComplete: () => true,
		failure: () => undefined,
	};
}

/** For one that is streamed; `sizeBytes` must be what `open` gives in all. */
export function uploadOfStream(sizeBytes: number, open: () => AsyncIterable<Buffer>): Upload {
	let complete = false;
	let failure: Error | undefined;
	return {
		lengthBytes: base64Length(sizeBytes),
		open() {
			complete = false;
			failure = undefined;
			const source = watched(open(), (error) => {
				failure = error;
			});
			return encoded(source, () => {
				complete = true;
			});
		},
		isComplete: () => complete,
		failure: () => failure,
	};
}

async function* watched(
	parts: AsyncIterable<Buffer>,
	onFailure: (error: Error) => void,
): AsyncGenerator<Buffer> {
	try {
		yield* parts;
	} catch (error) {
		onFailure(asError(error));
		throw error;
	}
}

/**
 * Chunks of whole groups of three bytes. The last group waits until the source has ended well;
 * `onLast` runs before it is handed over.
 */
async function* encoded(parts: AsyncIterable<Buffer>, onLast: () => void): AsyncGenerator<Buffer> {
	let rest: Buffer = Buffer.alloc(0);
	for await (const part of parts) {
		const bytes = rest.length === 0 ? part : Buffer.concat([rest, part]);
		const usable = Math.max(0, bytes.length - 1 - ((bytes.length - 1) % 3));
		rest = bytes.subarray(usable);
		if (usable > 0) yield Buffer.from(bytes.toString("base64", 0, usable), "latin1");
	}
	onLast();
	if (rest.length > 0) yield Buffer.from(rest.toString("base64"), "latin1");
}
