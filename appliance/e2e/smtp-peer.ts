/**
 * A device of the tests' own: just enough SMTP to keep a connection open, to stop in mid-message,
 * and to see each reply. For what swaks and its kin cannot do.
 */
import { once } from "node:events";
import net from "node:net";

export class SmtpPeer {
	readonly #socket: net.Socket;
	#buffer = "";
	#replies: string[] = [];
	#waiting: { resolve: (reply: string) => void; reject: (error: Error) => void }[] = [];
	#broken: Error | undefined;

	private constructor(socket: net.Socket) {
		this.#socket = socket;
		socket.on("data", (chunk) => this.#read(chunk.toString()));
		socket.on("error", (error) => this.#break(error));
		socket.on("close", () => this.#break(new Error("connection closed")));
	}

	/** Connects, reads the greeting, says EHLO. */
	static async connect(port: number, host = "127.0.0.1"): Promise<SmtpPeer> {
		const socket = net.connect(port, host);
		const peer = new SmtpPeer(socket);
		await once(socket, "connect");
		socket.setNoDelay(true);
		await peer.unasked();
		await peer.command("EHLO peer.test");
		return peer;
	}

	async command(line: string): Promise<string> {
		this.#socket.write(`${line}\r\n`);
		return this.unasked();
	}

	async signIn(user: string, password: string): Promise<void> {
		const token = Buffer.from(`\0${user}\0${password}`).toString("base64");
		expectCode(await this.command(`AUTH PLAIN ${token}`), 235);
	}

	/** MAIL, RCPT, DATA. */
	async begin(from = "scan@contoso.example", to = "you@example.com"): Promise<void> {
		expectCode(await this.command(`MAIL FROM:<${from}>`), 250);
		expectCode(await this.command(`RCPT TO:<${to}>`), 250);
		expectCode(await this.command("DATA"), 354);
	}

	write(text: string): void {
		this.#socket.write(text);
	}

	writeBytes(bytes: Buffer): void {
		this.#socket.write(bytes);
	}

	/** The final dot, and the answer to it. */
	finish(): Promise<string> {
		return this.command(".");
	}

	/** A whole message (CRLF lines, no line of it begins with a dot); gives the 250. */
	async send(message: string, to?: string): Promise<string> {
		await this.begin(undefined, to);
		this.write(message);
		const reply = await this.finish();
		expectCode(reply, 250);
		return reply;
	}

	async quit(): Promise<void> {
		await this.command("QUIT");
		this.#socket.end();
	}

	/** The connection breaks, as when a cable is pulled and put in again. */
	break(): void {
		this.#socket.resetAndDestroy();
	}

	destroy(): void {
		this.#socket.destroy();
	}

	/** The next reply, also one that nothing asked for. */
	unasked(): Promise<string> {
		const reply = this.#replies.shift();
		if (reply !== undefined) return Promise.resolve(reply);
		if (this.#broken !== undefined) return Promise.reject(this.#broken);
		return new Promise((resolve, reject) => {
			this.#waiting.push({ resolve, reject });
		});
	}

	#read(text: string): void {
		this.#buffer += text;
		for (;;) {
			const reply = /^(?:\d{3}-.*\r\n)*\d{3} .*\r\n/.exec(this.#buffer)?.[0];
			if (reply === undefined) return;
			this.#buffer = this.#buffer.slice(reply.length);
			const waiting = this.#waiting.shift();
			if (waiting === undefined) this.#replies.push(reply.trimEnd());
			else waiting.resolve(reply.trimEnd());
		}
	}

	#break(error: Error): void {
		this.#broken ??= error;
		for (const { reject } of this.#waiting.splice(0)) reject(error);
	}
}

function expectCode(reply: string, code: number): void {
	if (!reply.startsWith(String(code))) throw new Error(`expected ${code}, got: ${reply}`);
}
