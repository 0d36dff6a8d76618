/**
 * The client's side of a session: lines in, replies out, TLS in between (STLS). For session.ts and its command groups. A
 * write waits until the client takes it, so that a message is never held in memory for a slow one.
 */
import { once } from "node:events";
import type net from "node:net";
import { type SecureContext, TLSSocket } from "node:tls";
import type { Clock } from "../clock.ts";
import { LineReader, type ReadLine } from "./line-reader.ts";

/** A client that takes nothing for so long is gone. */
const STALLED_MS = 5 * 60_000;
const HANDSHAKE_MS = 30_000;

export class WireClosed extends Error {
	override readonly name = "WireClosed";
}

export class Wire {
	#socket: net.Socket;
	#reader: LineReader;
	#isSecure: boolean;
	readonly #clock: Clock;
	#heardAtMs: number;

	constructor(socket: net.Socket, isSecure: boolean, clock: Clock) {
		this.#socket = socket;
		this.#isSecure = isSecure;
		this.#clock = clock;
		this.#heardAtMs = clock.monotonicMs();
		// 'close' follows, and is what counts.
		socket.on("error", () => undefined);
		this.#reader = new LineReader(socket);
	}

	get isSecure(): boolean {
		return this.#isSecure;
	}

	/** Since the client said something or took something. */
	silentMs(): number {
		return this.#clock.monotonicMs() - this.#heardAtMs;
	}

	async line(silenceMs: number): Promise<ReadLine> {
		const line = await this.#reader.next(silenceMs);
		if (line.kind === "line") this.#heardAtMs = this.#clock.monotonicMs();
		return line;
	}

	get hasMore(): boolean {
		return this.#reader.hasMore;
	}

	/** One line. Rejects with `WireClosed` when the client has gone. */
	say(line: string): Promise<void> {
		return this.write(Buffer.from(`${line}\r\n`));
	}

	/** Several lines in one piece, ended by a dot (RFC 1939 §3). None of ours begins with a dot. */
	sayAll(first: string, lines: Iterable<string>): Promise<void> {
		return this.write(Buffer.from([first, ...lines, ".", ""].join("\r\n")));
	}

	async write(bytes: Buffer): Promise<void> {
		const socket = this.#socket;
		if (socket.destroyed || socket.writableEnded) throw new WireClosed();
		if (!socket.write(bytes)) await this.#drained(socket);
		this.#heardAtMs = this.#clock.monotonicMs();
	}

	/** TLS from here on. False: no handshake came about, and the connection is closed. */
	async secure(secureContext: SecureContext): Promise<boolean> {
		this.#reader.detach();
		const secured = new TLSSocket(this.#socket, { isServer: true, secureContext });
		secured.on("error", () => undefined);
		try {
			await once(secured, "secure", { signal: AbortSignal.timeout(HANDSHAKE_MS) });
		} catch {
			// Whatever kept it from coming about, there is nobody left to tell.
			secured.destroy();
			return false;
		}
		this.#socket = secured;
		this.#reader = new LineReader(secured);
		this.#isSecure = true;
		return true;
	}

	/** After what was written has gone. */
	end(): void {
		this.#socket.end();
		this.#socket.resume();
		setTimeout(() => this.#socket.destroy(), 2_000).unref();
	}

	/** At once: the client must not take what it has for whole. */
	breakOff(): void {
		if (this.#socket instanceof TLSSocket) this.#socket.destroy();
		else this.#socket.resetAndDestroy();
	}

	async #drained(socket: net.Socket): Promise<void> {
		const over = new AbortController();
		const closed = once(socket, "close", { signal: over.signal }).then(() => false);
		const drained = once(socket, "drain", { signal: over.signal }).then(() => true);
		const stalled = this.#clock.sleep(STALLED_MS, over.signal).then(() => false);
		try {
			if (!(await Promise.race([drained, closed, stalled]))) throw new WireClosed();
		} finally {
			over.abort();
			for (const waiting of [closed, drained]) waiting.catch(() => undefined);
		}
	}
}
