/**
 * A message as Graph's MIME sendMail wants it: base64 in one line, its length known beforehand, made
 * as it is sent. Knows whether the last of it has been handed over, because a request that broke off
 * earlier cannot have been acted on.
 */

export interface Upload {
	readonly lengthBytes: number;
	/** Anew at each call. */
	open(): Buffer | AsyncIterable<Buffer>;
	/** The body opened last was handed over to its end. */
	isComplete(): boolean;
}

function base64Length(sizeBytes: number): number {
	return Math.ceil(sizeBytes / 3) * 4;
}

/** For a message in memory. */
export function uploadOfBytes(message: Buffer): Upload {
	const encoded = Buffer.from(message.toString("base64"), "latin1");
	return { lengthBytes: encoded.length, open: () => encoded, isComplete: () => true };
}

/** For one that is streamed; `sizeBytes` must be what `open` gives in all. */
export function uploadOfStream(sizeBytes: number, open: () => AsyncIterable<Buffer>): Upload {
	let complete = false;
	return {
		lengthBytes: base64Length(sizeBytes),
		open() {
			complete = false;
			return encoded(open(), () => {
				complete = true;
			});
		},
		isComplete: () => complete,
	};
}

/** Chunks of whole groups of three bytes; `onLast` runs before the last is handed over. */
async function* encoded(parts: AsyncIterable<Buffer>, onLast: () => void): AsyncGenerator<Buffer> {
	let rest: Buffer = Buffer.alloc(0);
	for await (const part of parts) {
		const bytes = rest.length === 0 ? part : Buffer.concat([rest, part]);
		const usable = bytes.length - (bytes.length % 3);
		rest = bytes.subarray(usable);
		if (usable > 0) yield Buffer.from(bytes.toString("base64", 0, usable), "latin1");
	}
	onLast();
	if (rest.length > 0) yield Buffer.from(rest.toString("base64"), "latin1");
}
