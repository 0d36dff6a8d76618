/**
 * Commands from a socket, line by line and one at a time, so that a client may send several at once (PIPELINING, RFC 2449
 * §6.6). For session.ts. Nothing is read ahead of what is asked for but what the kernel has brought; memory is bounded by
 * the longest line and one chunk.
 */
import type net from "node:net";
import { LONGEST_LINE_OCTETS } from "./command-line.ts";

export type ReadLine =
	| { readonly kind: "line"; readonly text: string }
	| { readonly kind: "too-long" }
	| { readonly kind: "silence" }
	/** The client has closed, or the connection broke. */
	| { readonly kind: "gone" };

const LF = 0x0a;

export class LineReader {
	readonly #socket: net.Socket;
	#rest: Buffer = Buffer.alloc(0);
	#isEnded = false;
	#wake: (() => void) | undefined;
	readonly #onEnd = () => {
		this.#isEnded = true;
		this.#wake?.();
	};
	readonly #onReadable = () => this.#wake?.();

	constructor(socket: net.Socket) {
		this.#socket = socket;
		socket.on("readable", this.#onReadable);
		socket.on("end", this.#onEnd);
		socket.on("close", this.#onEnd);
	}

	async next(silenceMs: number): Promise<ReadLine> {
		for (;;) {
			const line = this.#takeLine();
			if (line !== undefined) return line;
			if (this.#isEnded) return { kind: "gone" };
			if (!(await this.#more(silenceMs))) return { kind: "silence" };
		}
	}

	/** The client has sent more than it was to (STLS, RFC 2595 §4: what comes before TLS counts for nothing). */
	get hasMore(): boolean {
		this.#pull();
		return this.#rest.length > 0;
	}

	/** Leaves the socket to somebody else. */
	detach(): void {
		this.#socket.off("readable", this.#onReadable);
		this.#socket.off("end", this.#onEnd);
		this.#socket.off("close", this.#onEnd);
	}

	#takeLine(): ReadLine | undefined {
		let end = this.#rest.indexOf(LF);
		if (end === -1) {
			this.#pull();
			end = this.#rest.indexOf(LF);
		}
		if (end > LONGEST_LINE_OCTETS || (end === -1 && this.#rest.length > LONGEST_LINE_OCTETS)) {
			return { kind: "too-long" };
		}
		if (end === -1) return undefined;
		// Passwords may be of any alphabet; UTF-8 where it is that, as it is for us.
		const text = this.#rest.toString("utf8", 0, end).replace(/\r$/, "");
		this.#rest = this.#rest.subarray(end + 1);
		return { kind: "line", text };
	}

	#pull(): void {
		if (this.#socket.destroyed) return;
		const chunk = this.#socket.read() as Buffer | null;
		if (chunk !== null) this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
	}

	/** False: nothing came in time. */
	#more(silenceMs: number): Promise<boolean> {
		return new Promise((resolve) => {
			const settle = (came: boolean) => {
				clearTimeout(timer);
				this.#wake = undefined;
				resolve(came);
			};
			const timer = setTimeout(() => settle(false), silenceMs);
			this.#wake = () => settle(true);
		});
	}
}
