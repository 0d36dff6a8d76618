/**
 * A stream of bytes, to be taken in pieces of known length. Holds no more than a chunk of the stream beside
 * the piece that is asked for. For sealed-stream.ts and records.ts.
 */
export class ByteSource {
	readonly #chunks: AsyncIterator<Uint8Array>;
	#held: Buffer = Buffer.alloc(0);
	#isOver = false;

	constructor(content: AsyncIterable<Uint8Array>) {
		this.#chunks = content[Symbol.asyncIterator]();
	}

	/** Nothing is left. */
	async atEnd(): Promise<boolean> {
		while (this.#held.length === 0) if (!(await this.#more())) return true;
		return false;
	}

	/** So many bytes, or, at the end of the stream, fewer. */
	async take(mostBytes: number): Promise<Buffer> {
		const parts: Buffer[] = [];
		let missingBytes = mostBytes;
		while (missingBytes > 0 && !(await this.atEnd())) {
			const part = this.#held.subarray(0, missingBytes);
			this.#held = this.#held.subarray(part.length);
			parts.push(part);
			missingBytes -= part.length;
		}
		return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
	}

	/** The next `sizeBytes`, as they come; ends early where the stream does. To be read to its end. */
	async *pieces(sizeBytes: number): AsyncGenerator<Buffer> {
		let missingBytes = sizeBytes;
		while (missingBytes > 0 && !(await this.atEnd())) {
			const piece = this.#held.subarray(0, missingBytes);
			this.#held = this.#held.subarray(piece.length);
			missingBytes -= piece.length;
			yield piece;
		}
	}

	/** Lets the stream go before its end. */
	async close(): Promise<void> {
		if (!this.#isOver) await this.#chunks.return?.();
		this.#isOver = true;
	}

	async #more(): Promise<boolean> {
		if (this.#isOver) return false;
		const { value, done } = await this.#chunks.next();
		if (done === true) {
			this.#isOver = true;
			return false;
		}
		this.#held = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
		return true;
	}
}
