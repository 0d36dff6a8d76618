/**
 * A POP3 session with Microsoft (TLS from the first byte, AUTH XOAUTH2 in two lines; learn.microsoft.com, "Authenticate an
 * IMAP, POP or SMTP connection using OAuth"). For pop3-maildrop.ts. Rejects with `Pop3Refused` for a `-ERR`, and with
 * what the network gave when the connection fails; either way the session is over then, unless it says otherwise.
 */
import { once } from "node:events";
import net from "node:net";
import { connect as connectTls, type SecureContext, type TLSSocket } from "node:tls";
import { isLoopback } from "../config/endpoint.ts";
import { TO_THIS_MACHINE } from "../microsoft/http-agents.ts";
import { openTunnel } from "../microsoft/proxy-tunnel.ts";
import type { Secret } from "../secret.ts";

export interface Pop3Server {
	readonly host: string;
	readonly port: number;
	readonly proxy: URL | undefined;
	readonly secureContext: SecureContext | undefined;
}

/** The server answered `-ERR`. */
export class Pop3Refused extends Error {
	override readonly name = "Pop3Refused";
}

const CONNECT_MS = 30_000;
const SILENCE_MS = 90_000;
const LONGEST_LINE = 64 * 1024;
const LF = 0x0a;
const DOT = 0x2e;

export class UpstreamPop3 {
	readonly #socket: TLSSocket;
	readonly #chunks: AsyncIterator<Buffer>;
	#kept: Buffer = Buffer.alloc(0);
	/** A message is under way; nothing else may be asked. */
	#isReading = false;

	private constructor(socket: TLSSocket) {
		this.#socket = socket;
		this.#chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
	}

	static async open(
		server: Pop3Server,
		{ user, token }: { readonly user: string; readonly token: Secret },
		signal: AbortSignal,
	): Promise<UpstreamPop3> {
		const socket = await connect(server, AbortSignal.any([signal, AbortSignal.timeout(CONNECT_MS)]));
		const session = new UpstreamPop3(socket);
		try {
			await session.#reply();
			socket.write("AUTH XOAUTH2\r\n");
			await session.#line();
			const text = `user=${user}\x01auth=Bearer ${token.reveal()}\x01\x01`;
			socket.write(`${Buffer.from(text).toString("base64")}\r\n`);
			await session.#reply();
			return session;
		} catch (error) {
			session.destroy();
			throw error;
		}
	}

	/** Good for another command. */
	get isIdle(): boolean {
		return !this.#isReading && !this.#socket.destroyed && this.#socket.writable;
	}

	async command(text: string): Promise<string> {
		this.#socket.write(`${text}\r\n`);
		return await this.#reply();
	}

	/** Lines of an answer in several, such as LIST's. */
	async list(text: string): Promise<string[]> {
		await this.command(text);
		const lines: string[] = [];
		for (;;) {
			const line = await this.#line();
			if (line === ".") return lines;
			lines.push(line);
		}
	}

	/** The message, dots unstuffed. Whoever stops reading before its end ends the session. */
	async retrieve(number: number): Promise<AsyncIterable<Buffer>> {
		await this.command(`RETR ${number}`);
		this.#isReading = true;
		return this.#message();
	}

	destroy(): void {
		this.#socket.destroy();
	}

	async *#message(): AsyncGenerator<Buffer> {
		try {
			let atLineStart = true;
			for (;;) {
				const end = this.#kept.lastIndexOf(LF);
				if (end === -1 && this.#kept.length < LONGEST_LINE) {
					await this.#more();
					continue;
				}
				// Whole lines; of one that is very long, what there is.
				const whole = this.#kept.subarray(0, end === -1 ? this.#kept.length : end + 1);
				const { message, usedOctets, isEnd, endsLine } = unstuffed(whole, atLineStart);
				this.#kept = this.#kept.subarray(usedOctets);
				atLineStart = endsLine;
				if (message.length > 0) yield message;
				if (isEnd) break;
			}
			this.#isReading = false;
		} finally {
			if (this.#isReading) this.destroy();
		}
	}

	async #reply(): Promise<string> {
		const line = await this.#line();
		if (line.startsWith("+OK")) return line;
		throw new Pop3Refused(line.slice(0, 500));
	}

	async #line(): Promise<string> {
		for (;;) {
			const end = this.#kept.indexOf(LF);
			if (end === -1) {
				if (this.#kept.length > LONGEST_LINE) throw new Error("the server sent a line without an end");
				await this.#more();
				continue;
			}
			const line = this.#kept.toString("latin1", 0, end).replace(/\r$/, "");
			this.#kept = this.#kept.subarray(end + 1);
			return line;
		}
	}

	async #more(): Promise<void> {
		const silence = setTimeout(() => this.#socket.destroy(new Error("the server is silent")), SILENCE_MS);
		const { value, done } = await this.#chunks.next().finally(() => clearTimeout(silence));
		if (done === true) throw new Error("the connection was closed");
		this.#kept = this.#kept.length === 0 ? value : Buffer.concat([this.#kept, value]);
	}
}

/** Takes whole lines apart: the dots that were stuffed, and the line that ends it all (RFC 1939 §3). */
function unstuffed(lines: Buffer, atLineStart: boolean) {
	const parts: Buffer[] = [];
	let from = 0;
	let isStart = atLineStart;
	while (from < lines.length) {
		const lf = lines.indexOf(LF, from);
		const to = lf === -1 ? lines.length : lf + 1;
		const line = lines.subarray(from, to);
		from = to;
		if (isStart && line[0] === DOT) {
			if (/^\.\r?\n$/.test(line.toString("latin1")))
				return { message: Buffer.concat(parts), usedOctets: to, isEnd: true, endsLine: true };
			parts.push(line.subarray(1));
		} else {
			parts.push(line);
		}
		isStart = lf !== -1;
	}
	return { message: Buffer.concat(parts), usedOctets: lines.length, isEnd: false, endsLine: isStart };
}

async function connect(
	{ host, port, proxy, secureContext }: Pop3Server,
	signal: AbortSignal,
): Promise<TLSSocket> {
	const plain =
		proxy === undefined ? net.connect({ host, port }) : await openTunnel(proxy, { host, port }, signal);
	const socket = connectTls({
		socket: plain,
		...(net.isIP(host) === 0 ? { servername: host } : {}),
		minVersion: "TLSv1.2",
		...(secureContext === undefined ? {} : { secureContext }),
		...(isLoopback(host) ? TO_THIS_MACHINE : {}),
	});
	try {
		await once(socket, "secureConnect", { signal });
		socket.on("error", () => undefined);
		return socket;
	} catch (error) {
		for (const each of [socket, plain]) {
			each.on("error", () => undefined);
			each.destroy();
		}
		throw error;
	}
}
