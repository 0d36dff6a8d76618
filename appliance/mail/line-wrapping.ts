/**
 * Makes lines shorter without touching what they say: line ends where they mean nothing (base64, and
 * the frame of a multipart), soft line breaks in quoted-printable. For long-lines.ts. Streaming; pure.
 */

/** Bytes in, bytes out; some may wait for the next call. */
export interface ByteFilter {
	write(bytes: Buffer): Buffer;
	end(): Buffer;
}

/** RFC 2045 §6.7 (5), §6.8. */
export const ENCODED_LINE_BYTES = 76;

const LF = 0x0a;
const CR = 0x0d;
const EQUALS = 0x3d;
const LINE_END = Buffer.from("\r\n");
const SOFT_BREAK = Buffer.from("=\r\n");
const NOTHING = Buffer.alloc(0);

/** Breaks lines that are longer than `limitBytes`. */
export class HardWrap implements ByteFilter {
	readonly #limitBytes: number;
	#column = 0;
	/** A CR, until it is known whether it ends the line. */
	#carry: Buffer = NOTHING;

	constructor(limitBytes: number) {
		this.#limitBytes = limitBytes;
	}

	write(bytes: Buffer): Buffer {
		const data = this.#carry.length === 0 ? bytes : Buffer.concat([this.#carry, bytes]);
		const length = data.at(-1) === CR ? data.length - 1 : data.length;
		this.#carry = data.subarray(length);
		return this.#wrap(data.subarray(0, length));
	}

	end(): Buffer {
		return this.#wrap(this.#carry);
	}

	#wrap(data: Buffer): Buffer {
		const parts: Buffer[] = [];
		let written = 0;
		for (let at = 0; at < data.length; ) {
			const lineFeed = data.indexOf(LF, at);
			const end = lineFeed === -1 ? data.length : lineFeed;
			const textEnd = lineFeed > at && data[lineFeed - 1] === CR ? lineFeed - 1 : end;
			while (this.#column + textEnd - at > this.#limitBytes) {
				at += this.#limitBytes - this.#column;
				parts.push(data.subarray(written, at), LINE_END);
				written = at;
				this.#column = 0;
			}
			this.#column = lineFeed === -1 ? this.#column + textEnd - at : 0;
			at = end + 1;
		}
		return joined(parts, data.subarray(written));
	}
}

/** Breaks lines of quoted-printable that are longer than 76, between two of its characters. */
export class SoftWrap implements ByteFilter {
	#column = 0;
	/** The start of what may be one character: `=C3`, or CRLF. */
	#carry: Buffer = NOTHING;

	write(bytes: Buffer): Buffer {
		const data = this.#carry.length === 0 ? bytes : Buffer.concat([this.#carry, bytes]);
		const last = Math.max(data.lastIndexOf(EQUALS), data.at(-1) === CR ? data.length - 1 : -1);
		const length = last >= data.length - 2 && last !== -1 ? last : data.length;
		this.#carry = data.subarray(length);
		return this.#wrap(data.subarray(0, length));
	}

	end(): Buffer {
		return this.#wrap(this.#carry);
	}

	#wrap(data: Buffer): Buffer {
		const parts: Buffer[] = [];
		let written = 0;
		for (let at = 0; at < data.length; ) {
			const size = data[at] === EQUALS && isHex(data[at + 1]) && isHex(data[at + 2]) ? 3 : 1;
			const endsLine = data[at] === LF || data[at + (data[at] === CR ? 1 : 0)] === LF;
			const isSoftBreak = data[at] === EQUALS && (data[at + 1] === CR || data[at + 1] === LF);
			if (!endsLine && !isSoftBreak && this.#column + size >= ENCODED_LINE_BYTES) {
				parts.push(data.subarray(written, at), SOFT_BREAK);
				written = at;
				this.#column = 0;
			}
			this.#column = data[at] === LF ? 0 : this.#column + size;
			at += size;
		}
		return joined(parts, data.subarray(written));
	}
}

function isHex(byte: number | undefined): boolean {
	return byte !== undefined && /[\dA-Fa-f]/.test(String.fromCharCode(byte));
}

function joined(parts: Buffer[], rest: Buffer): Buffer {
	return parts.length === 0 ? rest : Buffer.concat([...parts, rest]);
}
