/**
 * How long lines are, as mail counts them: 998 octets without the line end (RFC 5321 §4.5.3.1.6,
 * RFC 5322 §2.1.1). Exchange refuses or cuts what is longer. Pure; jumps from line to line, so that
 * looking through a good message costs next to nothing.
 */

export const LONGEST_LINE_BYTES = 998;

const LF = 0x0a;
const CR = 0x0d;
/** Where the line feed of the longest line with CRLF stands. */
const FURTHEST_LINE_FEED = LONGEST_LINE_BYTES + 1;

export function hasLongLine(bytes: Buffer): boolean {
	let start = 0;
	while (bytes.length - start > LONGEST_LINE_BYTES) {
		// The last line feed in reach ends several lines, of which none can be too long.
		const lineFeed = bytes.lastIndexOf(LF, start + FURTHEST_LINE_FEED);
		if (lineFeed < start) return true;
		const isFurthest = lineFeed === start + FURTHEST_LINE_FEED && bytes[lineFeed - 1] !== CR;
		if (isFurthest && bytes.lastIndexOf(LF, lineFeed - 1) < start) return true;
		start = lineFeed + 1;
	}
	return false;
}

/** The same question of bytes that come in chunks. */
export class LongLineSearch {
	/** Since the last line feed. */
	#column = 0;
	#lastByte: number | undefined;
	#found = false;

	/** True as soon as a long line is certain. */
	add(chunk: Buffer): boolean {
		if (this.#found || chunk.length === 0) return this.#found;
		const first = chunk.indexOf(LF);
		if (first === -1) {
			this.#column += chunk.length;
			this.#found = this.#column > FURTHEST_LINE_FEED;
		} else {
			const last = chunk.lastIndexOf(LF);
			const beforeFirst = first > 0 ? chunk[first - 1] : this.#lastByte;
			const lengthBytes = this.#column + first - (beforeFirst === CR ? 1 : 0);
			this.#found = lengthBytes > LONGEST_LINE_BYTES || hasLongLine(chunk.subarray(first + 1, last + 1));
			this.#column = chunk.length - last - 1;
		}
		this.#lastByte = chunk.at(-1);
		return this.#found;
	}

	/** The bytes have ended; the last line may have no line end. */
	end(): boolean {
		return this.#found || this.#column > LONGEST_LINE_BYTES;
	}
}
