/**
 * Bytes that are held while a message comes in. Packets of a few bytes are copied together: each
 * kept by itself costs a few hundred, and a sender of single bytes could fill a small board's memory.
 */

/** Below this a packet is copied; above it the packet itself is kept. */
const SMALL_BYTES = 512;
const BLOCK_BYTES = 4 * 1024;

export class ChunkList {
	#chunks: Buffer[] = [];
	#block: Buffer = Buffer.alloc(0);
	#blockUsed = 0;
	#sizeBytes = 0;

	get sizeBytes(): number {
		return this.#sizeBytes;
	}

	add(chunk: Buffer): void {
		this.#sizeBytes += chunk.length;
		if (chunk.length >= SMALL_BYTES) {
			this.#closeBlock();
			this.#chunks.push(chunk);
			return;
		}
		if (this.#blockUsed + chunk.length > this.#block.length) {
			this.#closeBlock();
			this.#block = Buffer.allocUnsafeSlow(BLOCK_BYTES);
		}
		this.#blockUsed += chunk.copy(this.#block, this.#blockUsed);
	}

	/** Everything added, in order; the list is empty afterwards. */
	takeAll(): Buffer[] {
		this.#closeBlock();
		const chunks = this.#chunks;
		this.#chunks = [];
		this.#sizeBytes = 0;
		return chunks;
	}

	#closeBlock(): void {
		if (this.#blockUsed > 0) this.#chunks.push(this.#block.subarray(0, this.#blockUsed));
		this.#block = Buffer.alloc(0);
		this.#blockUsed = 0;
	}
}
