/**
 * Decodes the content of a MIME leaf as it streams by (RFC 2045 §6). For draft-reading.ts. Tolerant, as
 * readers are: what is no base64 within base64 is passed over, a bad escape in quoted-printable stays as
 * it is. An encoding nobody knows is none. Memory is bounded by a line. Never throws.
 */
import libqp from "libqp";

export interface PartDecoder {
	/** Octets that `bytes` bring; some may wait for more. */
	write(bytes: Buffer): Buffer;
	end(): Buffer;
}

/** `encoding`: the value of Content-Transfer-Encoding, in any case. */
export function decoderFor(encoding: string): PartDecoder {
	switch (encoding.trim().toLowerCase()) {
		case "base64":
			return new Base64Decoder();
		case "quoted-printable":
			return new QuotedPrintableDecoder();
		default:
			return AS_IT_IS;
	}
}

const NOTHING = Buffer.alloc(0);
const AS_IT_IS: PartDecoder = { write: (bytes) => bytes, end: () => NOTHING };

class Base64Decoder implements PartDecoder {
	#carry = "";

	write(bytes: Buffer): Buffer {
		const text = this.#carry + bytes.toString("latin1").replaceAll(NO_BASE64, "");
		const whole = text.length - (text.length % 4);
		this.#carry = text.slice(whole);
		// Padding within: two encodings one after the other (some firmware encodes each page by itself).
		const padding = text.indexOf("=");
		if (padding === -1 || padding >= whole - 2) return Buffer.from(text.slice(0, whole), "base64");
		return Buffer.concat(
			[...text.slice(0, whole).matchAll(PADDED_RUN)].map(([run]) => Buffer.from(run, "base64")),
		);
	}

	end(): Buffer {
		return Buffer.from(this.#carry, "base64");
	}
}

const NO_BASE64 = /[^A-Za-z0-9+/=]/g;
const PADDED_RUN = /[^=]+=*/g;

class QuotedPrintableDecoder implements PartDecoder {
	#carry: Buffer = NOTHING;

	write(bytes: Buffer): Buffer {
		const data = this.#carry.length === 0 ? bytes : Buffer.concat([this.#carry, bytes]);
		let whole = data.lastIndexOf(LF) + 1;
		// No device writes such lines; an attacker's must not fill the memory.
		if (whole === 0 && data.length > LONGEST_LINE_BYTES) whole = behindLastEscape(data);
		this.#carry = data.subarray(whole);
		return decodeLines(data.subarray(0, whole));
	}

	end(): Buffer {
		return decodeLines(this.#carry);
	}
}

const LF = 0x0a;
const EQUALS = 0x3d;
const LONGEST_LINE_BYTES = 64 * 1024;

/** An escape has three bytes, and is not to be cut. */
function behindLastEscape(data: Buffer): number {
	for (let back = 1; back <= 2; back += 1) if (data[data.length - back] === EQUALS) return data.length - back;
	return data.length;
}

function decodeLines(lines: Buffer): Buffer {
	return lines.length === 0 ? NOTHING : libqp.decode(lines.toString("latin1"));
}
