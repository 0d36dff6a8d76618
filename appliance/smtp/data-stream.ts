/**
 * The engine's line parser with a message phase of our own: finds the end of DATA and removes
 * dot-stuffing by searching for `CRLF .` natively, where the engine steps through every byte, and
 * hands the bytes to a sink without an intermediate stream. For device-connection.ts.
 *
 * A message ends at CRLF.CRLF and nowhere else (SMTP smuggling, CVE-2023-51764 and kin), however the
 * bytes are cut into packets.
 */
import { SMTPStream } from "smtp-server/lib/smtp-stream.js";

export interface DataSink {
	/** Takes unstuffed bytes. A promise holds the sender back until it resolves. */
	write(chunk: Buffer): Promise<void> | undefined;
	/** The final dot has come. */
	end(): void;
}

type Done = (error?: Error | null) => void;

const LINE_WITH_DOT = Buffer.from("\r\n.");
const LINE_END = Buffer.from("\r\n");
const CR = 0x0d;
const LF = 0x0a;

export class DataStream extends SMTPStream {
	#sink: DataSink | undefined;
	/** Bytes that may be the start of a line with a dot, kept until the next packet decides. */
	#carry: Buffer = Buffer.alloc(0);
	/** How many of the next bytes are not the message's: the line end assumed before its first line. */
	#assumed = 0;

	/** From here to the final dot everything is the message's. */
	receive(sink: DataSink): void {
		this._dataMode = true;
		this.dataBytes = 0;
		this.#sink = sink;
		this.#carry = LINE_END;
		this.#assumed = LINE_END.length;
	}

	override _feedDataStream(chunk: Buffer, done: Done): void {
		const data = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
		this.#carry = Buffer.alloc(0);
		let from = 0;
		let held: Promise<void> | undefined;
		for (let at = data.indexOf(LINE_WITH_DOT); at !== -1; at = data.indexOf(LINE_WITH_DOT, from)) {
			const next = at + LINE_WITH_DOT.length;
			const undecided = next >= data.length || (data[next] === CR && next + 1 >= data.length);
			if (undecided) {
				held = this.#pass(data.subarray(from, at)) ?? held;
				this.#carry = data.subarray(at);
				this.#go(held, done);
				return;
			}
			held = this.#pass(data.subarray(from, at + LINE_END.length)) ?? held;
			if (data[next] === CR && data[next + 1] === LF) {
				this.#finish(data.subarray(next + LINE_END.length), done);
				return;
			}
			// RFC 5321 §4.5.2: a leading dot with anything behind it is removed.
			from = next;
		}
		const keep = tailToKeep(data, from);
		held = this.#pass(data.subarray(from, data.length - keep)) ?? held;
		this.#carry = data.subarray(data.length - keep);
		this.#go(held, done);
	}

	#pass(bytes: Buffer): Promise<void> | undefined {
		const own = this.#assumed === 0 ? bytes : bytes.subarray(Math.min(this.#assumed, bytes.length));
		this.#assumed -= bytes.length - own.length;
		if (own.length === 0) return undefined;
		this.dataBytes += own.length;
		return this.#sink?.write(own);
	}

	#go(held: Promise<void> | undefined, done: Done): void {
		if (held === undefined) done();
		else void held.then(() => done());
	}

	/** What follows the dot is commands again; they wait for `continue()`, after our reply. */
	#finish(remainder: Buffer, done: Done): void {
		this._dataMode = false;
		this._remainder = "";
		this._continueCallback = () => this._write(remainder, "buffer", done);
		const sink = this.#sink;
		this.#sink = undefined;
		sink?.end();
	}
}

/** Length of the tail that could begin `CRLF .`: `CR`, or `CRLF`. */
function tailToKeep(data: Buffer, from: number): number {
	const length = data.length - from;
	if (length >= 1 && data[data.length - 1] === CR) return 1;
	if (length >= 2 && data[data.length - 2] === CR && data[data.length - 1] === LF) return 2;
	return 0;
}
