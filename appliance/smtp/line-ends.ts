/**
 * Makes a message's line ends CRLF as it streams in, so that no reader behind Postern can see a line
 * where Postern saw none (SMTP smuggling, CVE-2023-51764 and kin), and takes out NUL bytes, which
 * Exchange refuses. A message that is in order passes untouched, as the same buffers.
 *
 * A line feed alone ends a line; carriage returns before a line end are dropped (`CR CR LF` of devices
 * that convert twice); any other one becomes a blank, as Postfix does, because Exchange answers bare
 * ones with 550. For message-intake.ts; decisions/0010.
 */

const NUL = 0x00;
const LF = 0x0a;
const CR = 0x0d;
const BLANK = 0x20;
/** Before a line end; more of them are text, and are not counted without bound. */
const MOST_RETURNS = 16;

export class LineEnds {
	/** Carriage returns at the end of the last chunk, to be judged by what follows. */
	#pendingReturns = 0;
	#mended = 0;

	/** Bytes that were not as they should be. */
	get mended(): number {
		return this.#mended;
	}

	/** The chunk as it should be: itself where nothing is wrong. */
	add(chunk: Buffer): Buffer {
		const fine = this.#pendingReturns === 0 ? fineUpTo(chunk) : 0;
		if (fine === chunk.length) return chunk;
		return this.#mend(chunk, fine);
	}

	/** What was still to be judged when the message ended. */
	end(): Buffer {
		const pending = this.#pendingReturns;
		this.#pendingReturns = 0;
		this.#mended += pending;
		return pending === 0 ? Buffer.alloc(0) : Buffer.from("\r\n");
	}

	#mend(chunk: Buffer, from: number): Buffer {
		// Each byte becomes two at most; what was pending, one each.
		const mended = Buffer.allocUnsafe((chunk.length - from) * 2 + from + this.#pendingReturns);
		let length = chunk.copy(mended, 0, 0, from);
		for (let at = from; at < chunk.length; at += 1) {
			const byte = chunk[at] ?? NUL;
			if (byte === CR && this.#pendingReturns < MOST_RETURNS) {
				this.#pendingReturns += 1;
				continue;
			}
			if (byte === NUL) {
				this.#mended += 1;
				continue;
			}
			if (byte === LF) {
				if (this.#pendingReturns !== 1) this.#mended += 1;
				mended[length] = CR;
				mended[length + 1] = LF;
				length += 2;
			} else {
				this.#mended += this.#pendingReturns;
				mended.fill(BLANK, length, length + this.#pendingReturns);
				length += this.#pendingReturns;
				mended[length] = byte === CR ? BLANK : byte;
				length += 1;
			}
			this.#pendingReturns = 0;
		}
		return mended.subarray(0, length);
	}
}

/** How many bytes of the chunk are in order, seen from its start; a return at its end is not yet. */
function fineUpTo(chunk: Buffer): number {
	for (let at = 0; at < chunk.length; at += 1) {
		const byte = chunk[at] ?? NUL;
		if (byte > CR) continue;
		if (byte === NUL || byte === LF) return at;
		if (byte === CR) {
			if (chunk[at + 1] !== LF) return at;
			at += 1;
		}
	}
	return chunk.length;
}
