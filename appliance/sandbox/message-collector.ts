/**
 * A message as it streams in over SMTP: hashed, measured, its header kept, its bytes kept only while
 * they fit. Memory is bounded whatever the client sends.
 */
import { createHash } from "node:crypto";
import { type MessageSummary, readHeader, summarise } from "./message.ts";

const HEAD_BYTES = 256 * 1024;
const CR = 0x0d;
const LF = 0x0a;

export class MessageCollector {
	readonly #keptBytes: number;
	readonly #hash = createHash("sha256");
	#chunks: Buffer[] | undefined = [];
	#head = Buffer.alloc(0);
	#lastByte = LF;
	sizeBytes = 0;
	/** A line feed without carriage return was seen. */
	hasBareLineFeed = false;

	constructor(keptBytes: number) {
		this.#keptBytes = keptBytes;
	}

	readonly add = (chunk: Buffer): void => {
		this.#hash.update(chunk);
		this.sizeBytes += chunk.length;
		this.#lookForBareLineFeed(chunk);
		if (this.#head.length < HEAD_BYTES)
			this.#head = Buffer.concat([this.#head, chunk.subarray(0, HEAD_BYTES - this.#head.length)]);
		if (this.sizeBytes > this.#keptBytes) this.#chunks = undefined;
		// Copied: the chunk is a view of a network buffer that is larger than it.
		this.#chunks?.push(Buffer.from(chunk));
	};

	/** Once, at the end. `bytes` is absent when the message was too large to keep. */
	finish(): { bytes: Buffer | undefined; summary: MessageSummary; sha256: string; sizeBytes: number } {
		return {
			bytes: this.#chunks === undefined ? undefined : Buffer.concat(this.#chunks),
			summary: summarise(readHeader(this.#head)),
			sha256: this.#hash.digest("hex"),
			sizeBytes: this.sizeBytes,
		};
	}

	#lookForBareLineFeed(chunk: Buffer): void {
		for (let at = chunk.indexOf(LF); at !== -1 && !this.hasBareLineFeed; at = chunk.indexOf(LF, at + 1)) {
			const before = at === 0 ? this.#lastByte : chunk[at - 1];
			this.hasBareLineFeed = before !== CR;
		}
		this.#lastByte = chunk.at(-1) ?? this.#lastByte;
	}
}
