/**
 * `mailbox test`: signs in over this box's own POP3 port as the program would, and shows what it would see. For
 * mailbox-desk.ts. Takes nothing and deletes nothing. Never throws for what the box or the cloud can cause.
 */
import { once } from "node:events";
import net from "node:net";
import { createInterface } from "node:readline";
import { connect as connectTls } from "node:tls";
import { asError } from "../errors.ts";
import type { MailboxPort, TestStep } from "../services.ts";
import { say } from "../words/saying.ts";
import { TESTS } from "../words/tests.ts";

export interface TestTarget {
	readonly username: string;
	readonly password: string;
	readonly host: string;
	readonly port: MailboxPort;
}

const SHOWN = 5;
const SILENCE_MS = 120_000;

export async function* testMailbox(
	{ username, password, host, port }: TestTarget,
	signal: AbortSignal,
): AsyncGenerator<TestStep> {
	yield { ok: true, text: say(TESTS.connecting, port) };
	let socket: net.Socket;
	try {
		socket = await connect(host, port, AbortSignal.any([signal, AbortSignal.timeout(SILENCE_MS)]));
	} catch (error) {
		yield { ok: false, text: say(TESTS.portUnreachable, { why: asError(error).message }) };
		return;
	}
	const client = new Client(socket, signal);
	try {
		yield { ok: true, text: say(TESTS.greets, { greeting: await client.greeting() }) };
		await client.ask(`USER ${username}`);
		const welcome = await client.ask(`PASS ${password}`);
		yield { ok: true, text: say(TESTS.welcomed, { username, greeting: welcome }) };
		const [, messages = "0", octets = "0"] = (await client.ask("STAT")).split(" ");
		yield { ok: true, text: say(TESTS.wouldSee, { messages, octets }) };
		const uids = await client.list("UIDL");
		const sizes = await client.list("LIST");
		const from = Math.max(0, sizes.length - SHOWN);
		for (const [index, line] of [...sizes.entries()].slice(from)) {
			const [number = "", size = ""] = line.split(" ");
			const header = await client.list(`TOP ${number} 0`);
			const subject =
				header
					.find((one) => /^subject:/i.test(one))
					?.slice(8)
					.trim() ?? "";
			const uid = uids[index]?.split(" ")[1] ?? "";
			const message = { number, octets: size, uid: `${uid.slice(0, 12)}…` };
			yield {
				ok: true,
				text:
					subject === ""
						? say(TESTS.oneWithoutSubject, message)
						: say(TESTS.oneMessage, { ...message, subject }),
			};
		}
		await client.ask("QUIT");
		yield { ok: true, text: TESTS.nothingTaken };
	} catch (error) {
		yield { ok: false, text: say(TESTS.boxRefused, { why: asError(error).message }) };
	} finally {
		socket.destroy();
	}
}

async function connect(host: string, port: MailboxPort, signal: AbortSignal): Promise<net.Socket> {
	// Our own certificate, over this machine's own network: who it is from is no question.
	const isTls = port.security === "TLS";
	const options = { host, port: port.port };
	const socket = isTls ? connectTls({ ...options, rejectUnauthorized: false }) : net.connect(options);
	await once(socket, isTls ? "secureConnect" : "connect", { signal });
	return socket;
}

class Client {
	readonly #socket: net.Socket;
	readonly #lines: AsyncIterator<string>;

	constructor(socket: net.Socket, signal: AbortSignal) {
		this.#socket = socket;
		socket.on("error", () => undefined);
		signal.addEventListener("abort", () => socket.destroy(), { once: true });
		socket.setTimeout(SILENCE_MS, () => socket.destroy());
		this.#lines = createInterface({ input: socket })[Symbol.asyncIterator]();
	}

	greeting(): Promise<string> {
		return this.#reply();
	}

	ask(command: string): Promise<string> {
		this.#socket.write(`${command}\r\n`);
		return this.#reply();
	}

	async list(command: string): Promise<string[]> {
		await this.ask(command);
		const lines: string[] = [];
		for (;;) {
			const line = await this.#line();
			if (line === ".") return lines;
			lines.push(line.replace(/^\./, ""));
		}
	}

	/** Rejects with what was said when it is no `+OK`. */
	async #reply(): Promise<string> {
		const line = await this.#line();
		if (!line.startsWith("+OK")) throw new Error(line);
		return line;
	}

	async #line(): Promise<string> {
		const { value, done } = await this.#lines.next();
		if (done === true) throw new Error("the connection was closed");
		return value;
	}
}
