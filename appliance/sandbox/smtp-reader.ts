/**
 * Bytes of an SMTP connection, asked for as the dialogue needs them: a line, a message up to its dot, a
 * BDAT chunk. Bounded: the connection is paused while nobody asks. Every read gives `undefined` once
 * the client is gone.
 */
import type { Socket } from "node:net";

const PAUSE_ABOVE_BYTES = 256 * 1024;
const CRLF_DOT = Buffer.from("\r\n.");
/** What could be the beginning of `CRLF . CRLF` must wait for its end. */
const HELD_BACK_BYTES = 4;

export type Sink = (chunk: Buffer) => void;

export class SmtpReader {
	readonly #socket: Socket;
	#pending: Buffer = Buffer.alloc(0);
	#ended = false;
	#wake: (() => void) | undefined;

	constructor(socket: Socket) {
		this.#socket = socket;
		socket.on("data", this.#onData);
		socket.on("end", this.#onEnd);
		socket.on("close", this.#onEnd);
		socket.on("error", this.#onEnd);
	}

	/** Stops reading, so that TLS can take over. What was sent too early is dropped (RFC 3207 §4.2). */
	detach(): void {
		this.#socket.off("data", this.#onData);
		this.#socket.off("end", this.#onEnd);
		this.#socket.off("close", this.#onEnd);
		this.#socket.off("error", this.#onEnd);
		this.#pending = Buffer.alloc(0);
	}

	/** Without its line end. `"too-long"`: the line was dropped. */
	async line(limitBytes: number): Promise<string | "too-long" | undefined> {
		let tooLong = false;
		for (;;) {
			const end = this.#pending.indexOf("\r\n");
			if (end !== -1) {
				const line = this.#pending.toString("utf8", 0, end);
				this.#pending = this.#pending.subarray(end + 2);
				return tooLong || end > limitBytes ? "too-long" : line;
			}
			if (this.#pending.length > limitBytes) {
				tooLong = true;
				this.#pending = this.#pending.subarray(-1);
			}
			if (!(await this.#more())) return undefined;
		}
	}

	/** A message after DATA, dots unstuffed (RFC 5321 §4.5.2), ended by `CRLF . CRLF` and nothing else. */
	async untilDot(sink: Sink): Promise<true | undefined> {
		// The line end of the DATA line counts as the first CRLF, but is no part of the message.
		this.#pending = Buffer.concat([Buffer.from("\r\n"), this.#pending]);
		let skip = 2;
		for (;;) {
			const dot = this.#pending.indexOf(CRLF_DOT);
			const known = this.#pending.length;
			if (dot === -1) {
				const safe = Math.max(0, known - HELD_BACK_BYTES);
				if (safe > skip) {
					sink(this.#pending.subarray(skip, safe));
					this.#pending = this.#pending.subarray(safe);
					skip = 0;
				}
			} else if (known >= dot + 5) {
				const lineEnd = dot + 2;
				if (lineEnd > skip) sink(this.#pending.subarray(skip, lineEnd));
				const isEnd = this.#pending[dot + 3] === 0x0d && this.#pending[dot + 4] === 0x0a;
				this.#pending = this.#pending.subarray(isEnd ? dot + 5 : dot + 3);
				if (isEnd) return true;
				skip = 0;
				continue;
			}
			if (!(await this.#more())) return undefined;
		}
	}

	/** The next `sizeBytes`, as they come. */
	async exactly(sizeBytes: number, sink: Sink): Promise<true | undefined> {
		let left = sizeBytes;
		while (left > 0) {
			const chunk = this.#pending.subarray(0, left);
			this.#pending = this.#pending.subarray(chunk.length);
			left -= chunk.length;
			if (chunk.length > 0) sink(chunk);
			if (left > 0 && !(await this.#more())) return undefined;
		}
		return true;
	}

	/** Resolves with false when nothing more will come. */
	async #more(): Promise<boolean> {
		const before = this.#pending.length;
		this.#socket.resume();
		while (this.#pending.length === before && !this.#ended) {
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
		return this.#pending.length > before;
	}

	readonly #onData = (chunk: Buffer): void => {
		this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
		if (this.#pending.length > PAUSE_ABOVE_BYTES) this.#socket.pause();
		this.#wake?.();
	};

	readonly #onEnd = (): void => {
		this.#ended = true;
		this.#wake?.();
	};
}
