/**
 * One connection to the simulated SMTP submission service: the dialogue of Exchange Online, reply for
 * reply, and the failures ordered for it. Ends quietly when the client goes; never throws for its doing.
 */
import { randomBytes } from "node:crypto";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type SecureContext, TLSSocket } from "node:tls";
import type { Fault } from "./faults.ts";
import { waitLatency } from "./http.ts";
import { BASIC_DISABLED, type SmtpSignIn, signInSmtp } from "./smtp-auth.ts";
import { splitCommand } from "./smtp-commands.ts";
import { SmtpReader } from "./smtp-reader.ts";
import { SmtpTransaction, type TransactionAnswer } from "./smtp-transaction.ts";
import type { World } from "./world.ts";

export const SMTP_HOST = "SANDBOX0001.eurprd00.prod.outlook.com";
const LINE_LIMIT_BYTES = 12_288;
const IDLE_TIMEOUT_MS = 300_000;
/** Exchange waits after a failed sign-in; long enough to be seen, short enough for tests. */
const REFUSED_SIGN_IN_PAUSE_MS = 50;

/** What a command leaves the session to do. */
type Next = "go-on" | "end";

export class SmtpSession {
	readonly #world: World;
	readonly #secureContext: SecureContext;
	readonly #plainSocket: Socket;
	#socket: Socket;
	#reader: SmtpReader;
	#greeted = false;
	#secured = false;
	#signIn: Extract<SmtpSignIn, { ok: true }> | undefined;
	/** 1 for the only session of its mailbox, 2 for the second at the same time, … */
	#place = 0;
	#transaction: SmtpTransaction | undefined;

	constructor(world: World, socket: Socket, secureContext: SecureContext) {
		this.#world = world;
		this.#plainSocket = socket;
		this.#socket = socket;
		this.#secureContext = secureContext;
		this.#reader = this.#listen(socket);
	}

	async run(): Promise<void> {
		try {
			await waitLatency(this.#world);
			if ((await this.#fault("connect")) === "end") return;
			const date = new Date(this.#world.now()).toUTCString().replace("GMT", "+0000");
			const tag = randomBytes(8).toString("hex").toUpperCase();
			this.#reply(`220 ${SMTP_HOST} Microsoft ESMTP MAIL Service ready at ${date} [${tag}]`);
			let next: Next = "go-on";
			while (next === "go-on") {
				const line = await this.#reader.line(LINE_LIMIT_BYTES);
				if (line === undefined) return;
				next = await this.#command(line);
			}
		} finally {
			this.#socket.end();
			if (this.#signIn !== undefined) this.#world.smtpSlots.leave(this.#signIn.owner.address);
		}
	}

	#listen(socket: Socket): SmtpReader {
		socket.setTimeout(IDLE_TIMEOUT_MS, () => socket.destroy());
		// A broken connection ends the session through the reader; the event alone must not end the process.
		socket.on("error", () => undefined);
		return new SmtpReader(socket);
	}

	async #command(line: string): Promise<Next> {
		if (line === "too-long") return this.#reply("500 5.5.1 Line too long");
		const { verb, rest } = splitCommand(line);
		switch (verb) {
			case "EHLO":
			case "HELO":
				return this.#hello(verb, rest);
			case "STARTTLS":
				return await this.#startTls(rest);
			case "AUTH":
				return await this.#authenticate(rest);
			case "MAIL":
				return await this.#mail(rest);
			case "RCPT":
			case "DATA":
			case "BDAT":
				return await this.#inTransaction(verb, rest);
			case "RSET":
				this.#transaction = undefined;
				return this.#reply("250 2.0.0 Resetting");
			case "NOOP":
				return this.#reply("250 2.0.0 OK");
			case "VRFY":
				return this.#reply("252 2.1.5 Cannot VRFY user");
			case "QUIT":
				this.#reply("221 2.0.0 Service closing transmission channel");
				return "end";
			default:
				return this.#reply(`500 5.3.3 Unrecognized command '${verb.slice(0, 20)}' [${SMTP_HOST}]`);
		}
	}

	#hello(verb: "EHLO" | "HELO", name: string): Next {
		if (name === "") return this.#reply("501 5.5.4 Invalid domain name");
		this.#greeted = true;
		this.#transaction = undefined;
		const greeting = `${SMTP_HOST} Hello [${this.#socket.remoteAddress ?? "127.0.0.1"}]`;
		if (verb === "HELO") return this.#reply(`250 ${greeting}`);
		const lines = [
			greeting,
			"SIZE 157286400",
			"PIPELINING",
			"DSN",
			"ENHANCEDSTATUSCODES",
			this.#secured ? "AUTH LOGIN XOAUTH2" : "STARTTLS",
			"8BITMIME",
			"BINARYMIME",
			"CHUNKING",
			"SMTPUTF8",
		];
		return this.#reply(
			lines.map((text, index) => `250${index < lines.length - 1 ? "-" : " "}${text}`).join("\r\n"),
		);
	}

	async #startTls(rest: string): Promise<Next> {
		if (this.#secured) return this.#reply("503 5.5.2 Only one STARTTLS command can be issued per session");
		if (rest !== "") return this.#reply("501 5.5.4 Invalid arguments");
		if (!this.#greeted) return this.#reply("503 5.5.2 Send hello first");
		this.#reply("220 2.0.0 SMTP server ready");
		if ((await this.#fault("starttls")) === "end") return "end";
		this.#reader.detach();
		// Its bytes now pass it by: it must not end for being idle.
		this.#socket.setTimeout(0);
		const secure = new TLSSocket(this.#socket, { isServer: true, secureContext: this.#secureContext });
		this.#socket = secure;
		this.#reader = this.#listen(secure);
		this.#secured = true;
		// RFC 3207 §4.2: what was said before is forgotten.
		this.#greeted = false;
		this.#transaction = undefined;
		return "go-on";
	}

	async #authenticate(rest: string): Promise<Next> {
		if (!this.#greeted) return this.#reply("503 5.5.2 Send hello first");
		if (!this.#secured) return this.#reply("504 5.7.4 Unrecognized authentication type");
		if (this.#signIn !== undefined) return this.#reply("503 5.5.2 Already authenticated");
		if ((await this.#fault("auth")) === "end") return "end";
		const { verb: mechanism, rest: initial } = splitCommand(rest);
		if (mechanism === "LOGIN") return await this.#refuseLogin(initial);
		if (mechanism !== "XOAUTH2") return this.#reply("504 5.7.4 Unrecognized authentication type");
		if (initial === "") this.#reply("334 ");
		const response = initial === "" ? await this.#reader.line(LINE_LIMIT_BYTES) : initial;
		if (response === undefined) return "end";
		if (response === "*") return this.#reply("501 5.0.0 Authentication aborted");
		const signIn = signInSmtp(this.#world, response);
		const entry = this.#world.requests.add({
			atMs: this.#world.now(),
			kind: "smtp",
			method: "AUTH",
			path: "XOAUTH2",
			status: signIn.ok ? 235 : 535,
			account: signIn.ok ? signIn.person.address : "",
			bodyBytes: 0,
			detail: "",
		});
		if (!signIn.ok) {
			entry.detail = signIn.reply;
			await delay(REFUSED_SIGN_IN_PAUSE_MS);
			return this.#reply(signIn.reply);
		}
		this.#signIn = signIn;
		this.#place = this.#world.smtpSlots.enter(signIn.owner.address);
		return this.#reply("235 2.7.0 Authentication successful");
	}

	/** Basic authentication: asked for both, given neither. */
	async #refuseLogin(initial: string): Promise<Next> {
		const questions = initial === "" ? ["334 VXNlcm5hbWU6", "334 UGFzc3dvcmQ6"] : ["334 UGFzc3dvcmQ6"];
		for (const question of questions) {
			this.#reply(question);
			if ((await this.#reader.line(LINE_LIMIT_BYTES)) === undefined) return "end";
		}
		await delay(REFUSED_SIGN_IN_PAUSE_MS);
		return this.#reply(BASIC_DISABLED);
	}

	async #mail(rest: string): Promise<Next> {
		if (!this.#greeted) return this.#reply("503 5.5.2 Send hello first");
		if (this.#signIn === undefined)
			return this.#reply(`530 5.7.57 Client not authenticated to send mail. [${SMTP_HOST}]`);
		if (this.#transaction !== undefined) return this.#reply("503 5.5.2 Sender already specified");
		if ((await this.#fault("mail")) === "end") return "end";
		const transaction = new SmtpTransaction(this.#world, this.#signIn, this.#place);
		const { reply } = transaction.mail(rest);
		if (reply.startsWith("250")) this.#transaction = transaction;
		return this.#reply(reply);
	}

	async #inTransaction(verb: "RCPT" | "DATA" | "BDAT", rest: string): Promise<Next> {
		if (this.#transaction === undefined) {
			// The bytes of a refused chunk come all the same (RFC 3030 §2).
			const size = verb === "BDAT" ? Number.parseInt(rest, 10) : 0;
			if (size > 0) await this.#reader.exactly(size, () => undefined);
			return this.#reply("503 5.5.2 Need mail command");
		}
		if (verb === "RCPT") {
			if ((await this.#fault("rcpt")) === "end") return "end";
			return this.#reply(this.#transaction.rcpt(rest).reply);
		}
		const answer =
			verb === "DATA"
				? await this.#transaction.data(this.#reader, (reply) => this.#reply(reply))
				: await this.#transaction.bdat(this.#reader, rest);
		if (answer === undefined) return "end";
		return await this.#finish(answer);
	}

	async #finish(answer: TransactionAnswer): Promise<Next> {
		if (answer.ends) this.#transaction = undefined;
		switch (answer.action) {
			case "reply":
				return this.#reply(answer.reply);
			case "drop":
				this.#reset();
				return "end";
			case "hang":
				await this.#untilClosed();
				return "end";
		}
	}

	/** Carries out a fault ordered for this stage; those at the end of data are the transaction's. */
	async #fault(stage: Fault["stage"]): Promise<Next> {
		const fault = this.#world.faults.takeForSmtp(stage);
		if (fault === undefined) return "go-on";
		if (fault.action === "hang") await this.#untilClosed();
		else if (fault.action === "answer") this.#reply(fault.reply);
		else this.#reset();
		this.#socket.end();
		return "end";
	}

	async #untilClosed(): Promise<void> {
		if (this.#socket.destroyed) return;
		await new Promise<void>((resolve) => {
			this.#socket.once("close", () => {
				resolve();
			});
		});
	}

	/** ECONNRESET for the client, with or without TLS: only the plain socket can do that. */
	#reset(): void {
		this.#plainSocket.resetAndDestroy();
		this.#socket.destroy();
	}

	#reply(reply: string): "go-on" {
		if (this.#socket.writable) this.#socket.write(`${reply}\r\n`);
		return "go-on";
	}
}
