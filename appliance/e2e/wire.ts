/**
 * A connection as bytes: sends whatever it is told to, reads replies of RFC 5321 §4.2, and can be cut
 * at any place. For dialogue files, the open-relay table and the fuzzer, which all have to say what no
 * proper client would. Linux lets a client connect from any address of 127/8, so each caller can be a
 * device of its own.
 */
import { once } from "node:events";
import net from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import tls from "node:tls";

export interface WireOptions {
	readonly port: number;
	readonly host?: string;
	/** Where it connects from. */
	readonly from?: string;
}

/** A whole reply: its code, and its lines without code and separator. */
export interface WireReply {
	readonly code: string;
	readonly lines: readonly string[];
}

const REPLY_LIMIT_MS = 10_000;
const LOOK_EVERY_MS = 2;
/** Well-formed: `250-text` lines, then `250 text` or `250` alone, all with the same code. */
const LINE = /^([2-5]\d\d)(?:([ -])(.*))?$/s;

export class Wire {
	#socket: net.Socket;
	/** As the kernel knows it: below TLS, if there is TLS. */
	readonly #connection: net.Socket;
	readonly #onData = (chunk: Buffer): void => this.#read(chunk.toString("latin1"));
	#text = "";
	#lines: string[] = [];
	#code = "";
	readonly #replies: WireReply[] = [];
	/** Lines that are no part of a reply. */
	readonly malformed: string[] = [];
	/** The peer will say no more. */
	ended = false;
	#look: () => void = () => undefined;

	private constructor(socket: net.Socket) {
		this.#socket = socket;
		this.#connection = socket;
		this.#listen(socket);
	}

	static async connect({ port, host = "127.0.0.1", from }: WireOptions): Promise<Wire> {
		const socket = net.connect({
			port,
			host,
			allowHalfOpen: true,
			...(from === undefined ? {} : { localAddress: from }),
		});
		const wire = new Wire(socket);
		await once(socket, "connect");
		socket.setNoDelay(true);
		return wire;
	}

	/** From here on everything is encrypted; the peer's certificate is not looked at. */
	async encrypt(options: tls.ConnectionOptions = {}): Promise<void> {
		this.#socket.off("data", this.#onData);
		const secured = tls.connect({ socket: this.#socket, rejectUnauthorized: false, ...options });
		this.#socket = secured;
		await once(secured, "secureConnect");
		this.#listen(secured);
	}

	send(bytes: Buffer | string): void {
		if (this.#socket.writable) this.#socket.write(bytes);
	}

	/** The next reply; `undefined` when the peer has ended the connection instead. Throws when it stays silent. */
	async reply(withinMs = REPLY_LIMIT_MS): Promise<WireReply | undefined> {
		await this.#until(() => this.#replies.length > 0 || this.ended, withinMs);
		return this.#replies.shift();
	}

	/** Whether the peer ends the connection within this time; what it said before stays to be read. */
	async hangsUp(withinMs = REPLY_LIMIT_MS): Promise<boolean> {
		const deadlineMs = performance.now() + withinMs;
		while (!this.ended && performance.now() < deadlineMs) await sleep(LOOK_EVERY_MS);
		return this.ended;
	}

	/** Replies that nobody has read. */
	unread(): readonly WireReply[] {
		return this.#replies;
	}

	/** We have said all; the peer may still answer. */
	halfClose(): void {
		this.#socket.end();
	}

	destroy(): void {
		this.#socket.destroy();
	}

	/** As a device that is switched off. */
	reset(): void {
		this.#connection.resetAndDestroy();
	}

	#listen(socket: net.Socket): void {
		socket.on("data", this.#onData);
		// A peer that resets the connection has ended it; that is seen by whoever waits for a reply.
		for (const event of ["error", "end", "close"]) {
			socket.on(event, () => {
				this.ended = true;
				this.#look();
			});
		}
	}

	#read(text: string): void {
		this.#text += text;
		for (let end = this.#text.indexOf("\r\n"); end !== -1; end = this.#text.indexOf("\r\n")) {
			this.#take(this.#text.slice(0, end));
			this.#text = this.#text.slice(end + 2);
		}
		this.#look();
	}

	#take(line: string): void {
		const [, code, separator = " ", text = ""] = LINE.exec(line) ?? [];
		if (code === undefined || (this.#lines.length > 0 && code !== this.#code)) {
			this.malformed.push(line);
			return;
		}
		this.#code = code;
		this.#lines.push(text);
		if (separator === "-") return;
		this.#replies.push({ code, lines: this.#lines });
		this.#lines = [];
	}

	async #until(holds: () => boolean, withinMs: number): Promise<void> {
		if (holds()) return;
		await new Promise<void>((resolve, reject) => {
			const timer = setTimeout(() => reject(new Error(`no answer within ${withinMs} ms`)), withinMs);
			this.#look = () => {
				if (!holds()) return;
				clearTimeout(timer);
				this.#look = () => undefined;
				resolve();
			};
		});
	}
}

export function formatWireReply({ code, lines }: WireReply): string {
	return lines.map((line, at) => `${code}${at + 1 < lines.length ? "-" : " "}${line}`).join("\n");
}
