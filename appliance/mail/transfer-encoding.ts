/**
 * Encodes content for lines of any length as quoted-printable or base64 (RFC 2045 §6.7, §6.8). For
 * long-lines.ts. Streaming; pure; what is decoded again is the content, byte for byte.
 */
import { type ByteFilter, ENCODED_LINE_BYTES, HardWrap } from "./line-wrapping.ts";

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const DASH = 0x2d;
const EQUALS = 0x3d;
const HEX = Buffer.from("0123456789ABCDEF");
const NOTHING = Buffer.alloc(0);

/** For texts: CRLF stays a line end, any other control character is encoded. */
export class QuotedPrintableEncoder implements ByteFilter {
	#column = 0;
	/** Whether it is encoded depends on what comes: a blank, a CR. */
	#carry: Buffer = NOTHING;

	write(bytes: Buffer): Buffer {
		const data = this.#carry.length === 0 ? bytes : Buffer.concat([this.#carry, bytes]);
		let length = data.length;
		if (data[length - 1] === CR) length -= 1;
		if (isBlank(data[length - 1])) length -= 1;
		this.#carry = data.subarray(length);
		return this.#encode(data, length);
	}

	end(): Buffer {
		return this.#encode(this.#carry, this.#carry.length);
	}

	#encode(data: Buffer, length: number): Buffer {
		// Three bytes for one, and a soft break of three for every 25 of these.
		const out = Buffer.allocUnsafe(length * 4 + 8);
		let written = 0;
		for (let at = 0; at < length; at++) {
			const byte = data[at] ?? 0;
			if (byte === CR && data[at + 1] === LF) {
				written += out.write("\r\n", written);
				this.#column = 0;
				at += 1;
				continue;
			}
			const isEncoded = this.#mustEncode(byte, data, at);
			if (this.#column + (isEncoded ? 3 : 1) >= ENCODED_LINE_BYTES) {
				written += out.write("=\r\n", written);
				this.#column = 0;
			}
			// A new line must not look like a boundary.
			if (isEncoded || (byte === DASH && this.#column === 0)) {
				out[written] = EQUALS;
				out[written + 1] = HEX[byte >> 4] ?? 0;
				out[written + 2] = HEX[byte & 15] ?? 0;
				written += 3;
				this.#column += 3;
			} else {
				out[written] = byte;
				written += 1;
				this.#column += 1;
			}
		}
		return out.subarray(0, written);
	}

	#mustEncode(byte: number, data: Buffer, at: number): boolean {
		if (!isBlank(byte)) return byte <= SPACE || byte >= 0x7f || byte === EQUALS;
		return at + 1 >= data.length || (data[at + 1] === CR && data[at + 2] === LF);
	}
}

/** For everything else. */
export class Base64Encoder implements ByteFilter {
	readonly #lines = new HardWrap(ENCODED_LINE_BYTES);
	#carry: Buffer = NOTHING;

	write(bytes: Buffer): Buffer {
		const data = this.#carry.length === 0 ? bytes : Buffer.concat([this.#carry, bytes]);
		const length = data.length - (data.length % 3);
		this.#carry = data.subarray(length);
		return this.#lines.write(Buffer.from(data.toString("base64", 0, length), "latin1"));
	}

	end(): Buffer {
		return this.#lines.write(Buffer.from(this.#carry.toString("base64"), "latin1"));
	}
}

function isBlank(byte: number | undefined): boolean {
	return byte === SPACE || byte === TAB;
}
