/**
 * A small SMTP client that does what a device does: one command, one reply, no pipelining. For
 * latencies and large messages; throughput is smtp-source's business (load.ts), whose C code leaves
 * the processor to the contenders. Throws on any reply that is not the expected one.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

export interface ConnectOptions {
	readonly port: number;
	/** Loopback address to come from. */
	readonly from?: string;
}

const SILENCE_LIMIT_MS = 120_000;
const LAST_REPLY_LINE = /^\d{3}(?: .*)?\r\n$/m;

export class SmtpClient {
	#socket: Socket;
	#received = "";
	#wake: (() => void) | undefined;
	#failure: Error | undefined;

	private constructor(socket: Socket) {
		this.#socket = socket;
		socket.setNoDelay(true);
		socket.setTimeout(SILENCE_LIMIT_MS, () => socket.destroy(new Error("the server fell silent")));
		socket.on("error", (error) => this.#fail(error));
		socket.on("close", () => this.#fail(new Error("the server closed the connection")));
		this.#listen(socket);
	}

	readonly #onData = (chunk: Buffer): void => {
		this.#received += chunk.toString("latin1");
		this.#wake?.();
	};

	#listen(socket: Socket): void {
		socket.on("data", this.#onData);
	}

	/** Connects and reads the greeting. */
	static async connect(options: ConnectOptions): Promise<SmtpClient> {
		const socket = connect({
			host: "127.0.0.1",
			port: options.port,
			...(options.from === undefined ? {} : { localAddress: options.from }),
		});
		const client = new SmtpClient(socket);
		await client.#expect("220");
		return client;
	}

	/** As `connect`; undefined when nobody listens yet. */
	static async tryConnect(options: ConnectOptions): Promise<SmtpClient | undefined> {
		try {
			return await SmtpClient.connect(options);
		} catch (error) {
			if (error instanceof Error && "code" in error && error.code === "ECONNREFUSED") return undefined;
			throw error;
		}
	}

	async command(line: string, expected = "250"): Promise<string> {
		this.#socket.write(`${line}\r\n`);
		return await this.#expect(expected);
	}

	/** STARTTLS and a full handshake; whose certificate it is does not matter. */
	async startTls(): Promise<void> {
		await this.command("STARTTLS", "220");
		this.#socket.off("data", this.#onData);
		const secured = connectTls({ socket: this.#socket, rejectUnauthorized: false });
		secured.on("error", (error) => this.#fail(error));
		this.#socket = secured;
		await once(secured, "secureConnect");
		this.#listen(secured);
	}

	async login(username: string, password: string): Promise<void> {
		const credentials = Buffer.from(`\0${username}\0${password}`).toString("base64");
		await this.command(`AUTH PLAIN ${credentials}`, "235");
	}

	/** One whole transaction. `body` ends with CRLF and has no line that begins with a dot. */
	async send(sender: string, recipient: string, body: Iterable<Buffer>): Promise<void> {
		await this.command(`MAIL FROM:<${sender}>`);
		await this.command(`RCPT TO:<${recipient}>`);
		await this.command("DATA", "354");
		for (const chunk of body) {
			if (!this.#socket.write(chunk) && this.#failure === undefined) await once(this.#socket, "drain");
		}
		await this.command(".");
	}

	async quit(): Promise<void> {
		await this.command("QUIT", "221");
		this.#socket.destroy();
	}

	#fail(error: Error): void {
		this.#failure ??= error;
		this.#wake?.();
	}

	async #expect(code: string): Promise<string> {
		const reply = await this.#reply();
		if (!reply.startsWith(code)) {
			this.#socket.destroy();
			throw new Error(`expected ${code}, got: ${reply.trim()}`);
		}
		return reply;
	}

	/** The whole reply, of one line or several (RFC 5321 §4.2.1). */
	async #reply(): Promise<string> {
		for (;;) {
			const last = LAST_REPLY_LINE.exec(this.#received);
			if (last !== null) {
				const end = last.index + last[0].length;
				const reply = this.#received.slice(0, end);
				this.#received = this.#received.slice(end);
				return reply;
			}
			if (this.#failure !== undefined) throw this.#failure;
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
	}
}

/** A message of `sizeBytes` octets in lines of 76 and CRLF, in bounded chunks. */
export function* messageOf(sizeBytes: number): Generator<Buffer> {
	const header = Buffer.from("From: <device@bench.test>\r\nTo: <inbox@bench.test>\r\nSubject: bench\r\n\r\n");
	yield header;
	const line = `${"0123456789abcdef".repeat(4)}0123456789ab\r\n`;
	const block = Buffer.from(line.repeat(840));
	let left = sizeBytes - header.length;
	while (left > block.length) {
		yield block;
		left -= block.length;
	}
	const tail = Math.max(left, 2);
	yield Buffer.from(`${line.repeat(Math.ceil(tail / line.length)).slice(0, tail - 2)}\r\n`);
}
