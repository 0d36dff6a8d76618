/**
 * The engine's line parser with a message phase of our own: finds the end of DATA and removes
 * dot-stuffing by searching natively, where the engine steps through every byte; counts the bytes of
 * BDAT, which the engine does not know; and hands the message to a sink without an intermediate
 * stream. For device-connection.ts.
 *
 * A message of DATA ends at CRLF.CRLF and nowhere else (SMTP smuggling, CVE-2023-51764 and kin), however
 * the bytes are cut into packets; for a device that its owner marked so, and whose first line ends in
 * LF alone, at LF.LF and nowhere else. Which of the two is decided once for a session.
 */
import { SMTPStream } from "smtp-server/lib/smtp-stream.js";

export interface DataSink {
	/** Takes the message's bytes. A promise holds the sender back until it resolves. */
	write(chunk: Buffer): Promise<void> | undefined;
	/** The final dot, or the last byte of the chunk, has come. */
	end(): void;
}

export interface DataOptions {
	/** The device may end its lines, and itself, with LF (firmware that the quirk table names). */
	readonly mayEndInLf: boolean;
}

type Done = (error?: Error | null) => void;

/** How lines end, and with them the message. */
interface LineMode {
	readonly lineEnd: Buffer;
	readonly lineWithDot: Buffer;
}

const CRLF_MODE: LineMode = { lineEnd: Buffer.from("\r\n"), lineWithDot: Buffer.from("\r\n.") };
const LF_MODE: LineMode = { lineEnd: Buffer.from("\n"), lineWithDot: Buffer.from("\n.") };
const CR = 0x0d;
const LF = 0x0a;
const NOTHING = Buffer.alloc(0);
/** A first line that has not ended by then is no header line; the usual line end is assumed. */
const LONGEST_FIRST_LINE_BYTES = 2_000;

export class DataStream extends SMTPStream {
	#sink: DataSink | undefined;
	/** Undefined until the first line of a device that may use LF has ended. */
	#mode: LineMode | undefined;
	/** Bytes that may be the start of a line with a dot, kept until the next packet decides. */
	#carry: Buffer = NOTHING;
	/** How many of the next bytes are not the message's: the line end assumed before its first line. */
	#assumed = 0;
	/** Of a chunk (BDAT), its bytes still to come; undefined in DATA. */
	#chunkBytesLeft: number | undefined;
	/** The last bytes, to see in a stalled DATA what its device takes for an end. */
	#tail = "";

	/** From here to the final dot everything is the message's. */
	receive(sink: DataSink, { mayEndInLf }: DataOptions): void {
		this.#begin(sink);
		if (!mayEndInLf) this.#mode = CRLF_MODE;
		this.#assume(this.#mode ?? CRLF_MODE);
	}

	/** The next `sizeBytes` bytes (at least one), whatever they are, are the message's (RFC 3030). */
	receiveChunk(sink: DataSink, sizeBytes: number): void {
		this.#begin(sink);
		this.#chunkBytesLeft = sizeBytes;
	}

	/** Goes on behind the message. The engine's own forgets a message that ends while it goes on. */
	override continue(): void {
		const goOn = this._continueCallback;
		this._continueCallback = false;
		if (typeof goOn === "function") goOn();
	}

	/** The device has sent what it takes for the end of a message: LF.LF, or LF.CRLF. */
	get endsInLf(): boolean {
		return /\n\.\r?\n$/.test(this.#tail) && !this.#tail.endsWith("\r\n.\r\n");
	}

	override _feedDataStream(chunk: Buffer, done: Done): void {
		if (this.#chunkBytesLeft !== undefined) {
			this.#feedChunk(chunk, this.#chunkBytesLeft, done);
			return;
		}
		let data = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
		this.#carry = NOTHING;
		this.#tail = (this.#tail + chunk.toString("latin1", Math.max(0, chunk.length - 8))).slice(-8);
		if (this.#mode === undefined) {
			const mode = firstLineMode(data, this.#assumed);
			if (mode === undefined) {
				this.#carry = data;
				done();
				return;
			}
			this.#mode = mode;
			// What was assumed was CRLF.
			const superfluous = this.#assumed - mode.lineEnd.length;
			data = data.subarray(superfluous);
			this.#assumed -= superfluous;
		}
		this.#feedLines(data, this.#mode, done);
	}

	#begin(sink: DataSink): void {
		this._dataMode = true;
		this.dataBytes = 0;
		this.#sink = sink;
		this.#tail = "";
		this.#carry = NOTHING;
		this.#assumed = 0;
	}

	#assume({ lineEnd }: LineMode): void {
		this.#carry = lineEnd;
		this.#assumed = lineEnd.length;
	}

	#feedLines(data: Buffer, mode: LineMode, done: Done): void {
		let from = 0;
		let held: Promise<void> | undefined;
		for (let at = data.indexOf(mode.lineWithDot); at !== -1; at = data.indexOf(mode.lineWithDot, from)) {
			const next = at + mode.lineWithDot.length;
			const verdict = this.#afterDot(data, at, next, mode);
			if (verdict === "undecided") {
				// With the byte before a lone LF: it tells whether the line ended in CRLF.
				const kept = mode === LF_MODE ? Math.max(from, at - 1) : at;
				held = this.#pass(data.subarray(from, kept)) ?? held;
				this.#carry = data.subarray(kept);
				this.#go(held, done);
				return;
			}
			held = this.#pass(data.subarray(from, at + mode.lineEnd.length)) ?? held;
			if (verdict === "end") {
				this.#finish(data.subarray(next + mode.lineEnd.length), done);
				return;
			}
			// RFC 5321 §4.5.2: a leading dot with anything behind it is removed.
			from = next;
		}
		const keep = tailToKeep(data, from, mode);
		held = this.#pass(data.subarray(from, data.length - keep)) ?? held;
		this.#carry = data.subarray(data.length - keep);
		this.#go(held, done);
	}

	/** What a dot at the start of a line is, `data[at]` being the line end before it. */
	#afterDot(data: Buffer, at: number, next: number, { lineEnd }: LineMode): "end" | "stuffed" | "undecided" {
		if (next >= data.length) return "undecided";
		if (lineEnd.length === 1) {
			// Never in two modes: a line that ended in CRLF does not begin the end of an LF message.
			const afterCrlf = at > 0 && data[at - 1] === CR;
			return data[next] === LF && !afterCrlf ? "end" : "stuffed";
		}
		if (data[next] !== CR) return "stuffed";
		if (next + 1 >= data.length) return "undecided";
		return data[next + 1] === LF ? "end" : "stuffed";
	}

	#feedChunk(chunk: Buffer, leftBytes: number, done: Done): void {
		const own = chunk.subarray(0, leftBytes);
		const held = this.#pass(own);
		this.#chunkBytesLeft = leftBytes - own.length;
		if (this.#chunkBytesLeft > 0) this.#go(held, done);
		else if (held === undefined) this.#finish(chunk.subarray(own.length), done);
		else void held.then(() => this.#finish(chunk.subarray(own.length), done));
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

	/** What follows is commands again; they wait for `continue()`, after our reply. */
	#finish(remainder: Buffer, done: Done): void {
		this._dataMode = false;
		this._remainder = "";
		this.#chunkBytesLeft = undefined;
		this._continueCallback = () => this._write(remainder, "buffer", done);
		const sink = this.#sink;
		this.#sink = undefined;
		sink?.end();
	}
}

/** Length of the tail that could begin a line with a dot: a line end, or part of one. */
function tailToKeep(data: Buffer, from: number, { lineEnd }: LineMode): number {
	const length = data.length - from;
	const last = data[data.length - 1];
	if (lineEnd.length === 1) {
		if (length >= 2 && last === LF) return 2;
		return length >= 1 && (last === LF || last === CR) ? 1 : 0;
	}
	if (length >= 1 && last === CR) return 1;
	return length >= 2 && data[data.length - 2] === CR && last === LF ? 2 : 0;
}

/** By the first line's end, as Exim decides; undefined while it has not come. */
function firstLineMode(data: Buffer, from: number): LineMode | undefined {
	const at = data.indexOf(LF, from);
	if (at === -1) return data.length < LONGEST_FIRST_LINE_BYTES ? undefined : CRLF_MODE;
	return data[at - 1] === CR ? CRLF_MODE : LF_MODE;
}
