/**
 * A program that fetches: just enough POP3 for the bench, and quick. Rejects when the server says `-ERR`, after which it hangs up,
 * or goes.
 */
import { once } from "node:events";
import { connect, type Socket } from "node:net";

const END = Buffer.from("\r\n.\r\n");

export class Pop3Client {
	readonly #socket: Socket;
	#kept: Buffer = Buffer.alloc(0);
	#wake: (() => void) | undefined;
	#gone: ((error: Error) => void) | undefined;

	private constructor(socket: Socket) {
		this.#socket = socket;
		socket.on("data", (chunk: Buffer) => {
			this.#kept = Buffer.concat([this.#kept, chunk]);
			this.#wake?.();
		});
		socket.on("close", () => this.#gone?.(new Error("the server has gone")));
	}

	static async signIn(port: number, username: string, password: string): Promise<Pop3Client> {
		const socket = connect(port, "127.0.0.1");
		await once(socket, "connect");
		const client = new Pop3Client(socket);
		await client.#line();
		await client.command(`USER ${username}`);
		await client.command(`PASS ${password}`);
		return client;
	}

	async command(text: string): Promise<string> {
		this.#socket.write(`${text}\r\n`);
		return await this.#line();
	}

	/** Gives how many octets came, dots and all; keeps none of them. */
	async many(text: string): Promise<number> {
		await this.command(text);
		let octets = 0;
		for (;;) {
			const end = this.#kept.indexOf(END);
			const taken = end === -1 ? Math.max(0, this.#kept.length - END.length) : end + END.length;
			octets += taken;
			this.#kept = this.#kept.subarray(taken);
			if (end !== -1) return octets;
			await this.#more();
		}
	}

	async quit(): Promise<void> {
		await this.command("QUIT");
		this.#socket.destroy();
	}

	async #line(): Promise<string> {
		for (;;) {
			const end = this.#kept.indexOf("\r\n");
			if (end === -1) {
				await this.#more();
				continue;
			}
			const line = this.#kept.toString("latin1", 0, end);
			this.#kept = this.#kept.subarray(end + 2);
			if (!line.startsWith("+OK")) {
				this.#socket.destroy();
				throw new Error(line);
			}
			return line;
		}
	}

	#more(): Promise<void> {
		return new Promise((resolve, reject) => {
			this.#wake = resolve;
			this.#gone = reject;
		});
	}
}
