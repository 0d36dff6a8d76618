/**
 * A message on its way to the client: every line end made CRLF, a last one added where it lacks, lines that begin with a
 * dot doubled (RFC 1939 §3), for RETR all of it and for TOP its beginning. Pure; memory is one chunk.
 */

const CR = 0x0d;
const LF = 0x0a;
const DOT = 0x2e;
const CRLF = Buffer.from("\r\n");

export interface Transmission {
	/** With dots stuffed, to be written. */
	readonly chunks: AsyncIterable<Buffer>;
	/** Octets of the message itself, without the dots that were added; final when the chunks have ended. */
	octets(): number;
}

/** `bodyLines`: stop after the header and so many lines of the body (TOP); absent: all of it. */
export function transmit(body: AsyncIterable<Buffer>, bodyLines?: number): Transmission {
	const lines = new MessageLines(bodyLines);
	return { chunks: lines.send(body), octets: () => lines.octets };
}

class MessageLines {
	octets = 0;
	readonly #bodyLines: number | undefined;
	#atLineStart = true;
	#lastWasCr = false;
	/** Octets in the present line, its end apart. */
	#lineOctets = 0;
	#inHeader = true;
	#linesLeft: number;
	#isDone = false;

	constructor(bodyLines: number | undefined) {
		this.#bodyLines = bodyLines;
		this.#linesLeft = bodyLines ?? 0;
	}

	async *send(body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
		for await (const chunk of body) {
			const out = this.#take(chunk);
			if (out.length > 0) yield out;
			if (this.#isDone) return;
		}
		const rest = this.#end();
		if (rest.length > 0) yield rest;
	}

	#take(chunk: Buffer): Buffer {
		// At worst every octet is a line of its own that begins with a dot, or a bare line feed.
		const out = Buffer.allocUnsafe(2 * chunk.length + 2);
		let used = 0;
		for (const octet of chunk) {
			if (this.#isDone) break;
			if (octet === LF) {
				// A CR that came before has been written already.
				if (!this.#lastWasCr) out[used++] = CR;
				this.octets += this.#lastWasCr ? 1 : 2;
				out[used++] = LF;
				this.#lineEnds();
				continue;
			}
			// A CR alone ends a line for nobody in mail; it is passed on as it is.
			if (this.#atLineStart && octet === DOT) out[used++] = DOT;
			out[used++] = octet;
			this.octets += 1;
			this.#atLineStart = false;
			this.#lastWasCr = octet === CR;
			if (octet !== CR) this.#lineOctets += 1;
		}
		return out.subarray(0, used);
	}

	#lineEnds(): void {
		const wasEmpty = this.#lineOctets === 0;
		this.#atLineStart = true;
		this.#lastWasCr = false;
		this.#lineOctets = 0;
		if (this.#bodyLines === undefined) return;
		if (this.#inHeader) this.#inHeader = !wasEmpty;
		else this.#linesLeft -= 1;
		this.#isDone = !this.#inHeader && this.#linesLeft <= 0;
	}

	#end(): Buffer {
		if (this.#atLineStart) return Buffer.alloc(0);
		this.octets += this.#lastWasCr ? 1 : 2;
		return this.#lastWasCr ? CRLF.subarray(1) : CRLF;
	}
}
