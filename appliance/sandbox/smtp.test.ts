import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import nodemailer from "nodemailer";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "./sandbox.ts";

const ACCOUNT = "scanner@contoso.com";
const MESSAGE = `From: ${ACCOUNT}\r\nTo: office@example.com\r\nSubject: scan\r\nMessage-ID: <1@device>\r\n\r\n.dot\r\nhello\r\n`;

let sandbox: Sandbox;
let host: string;
let port: number;

beforeAll(async () => {
	sandbox = await startSandbox();
	const [name = "", number = ""] = sandbox.smtpAddress.split(":");
	host = name;
	port = Number(number);
});
afterAll(async () => {
	await sandbox.close();
});
beforeEach(async () => {
	await sandbox.control.reset();
});

/** A hand-driven client: says a line, gets the whole reply. */
class Dialogue {
	#socket: Socket;
	#text = "";
	#wake: () => void = () => undefined;
	#closed = false;

	constructor(socket: Socket) {
		this.#socket = socket;
		this.#listen();
	}

	static async open(): Promise<Dialogue> {
		const socket = connect(port, host);
		const dialogue = new Dialogue(socket);
		await once(socket, "connect");
		return dialogue;
	}

	/** Greeted, secured, and greeted again. */
	static async secure(): Promise<Dialogue> {
		const dialogue = await Dialogue.open();
		await dialogue.reply();
		await dialogue.say("EHLO device.test");
		await dialogue.say("STARTTLS");
		await dialogue.startTls();
		await dialogue.say("EHLO device.test");
		return dialogue;
	}

	static async signedIn(): Promise<Dialogue> {
		const dialogue = await Dialogue.secure();
		const reply = await dialogue.say(`AUTH XOAUTH2 ${xoauth2()}`);
		expect(reply).toBe("235 2.7.0 Authentication successful");
		return dialogue;
	}

	async startTls(): Promise<void> {
		this.#socket.removeAllListeners("data");
		const secure = connectTls({ socket: this.#socket, ca: sandbox.caPem, servername: "localhost" });
		await once(secure, "secureConnect");
		this.#socket = secure;
		this.#listen();
	}

	async say(line: string): Promise<string> {
		this.#socket.write(`${line}\r\n`);
		return await this.reply();
	}

	write(text: string): void {
		this.#socket.write(text);
	}

	/** The next reply; `"closed"` when the server went instead. */
	async reply(): Promise<string> {
		for (;;) {
			const end = /^\d{3}(?: [^\r]*)?\r\n/m.exec(this.#text);
			if (end !== null) {
				const length = end.index + end[0].length;
				const reply = this.#text.slice(0, length).trimEnd();
				this.#text = this.#text.slice(length);
				return reply;
			}
			if (this.#closed) return "closed";
			await new Promise<void>((resolve) => {
				this.#wake = resolve;
			});
		}
	}

	close(): void {
		this.#socket.destroy();
	}

	#listen(): void {
		this.#socket.on("data", (chunk: Buffer) => {
			this.#text += chunk.toString();
			this.#wake();
		});
		const end = () => {
			this.#closed = true;
			this.#wake();
		};
		this.#socket.on("close", end);
		this.#socket.on("error", end);
	}
}

function xoauth2(
	user = ACCOUNT,
	token = sandbox.control.mintToken(ACCOUNT, { resource: "outlook" }),
): string {
	return Buffer.from(`user=${user}\u0001auth=Bearer ${token}\u0001\u0001`).toString("base64");
}

async function send(dialogue: Dialogue, recipients: readonly string[], message = MESSAGE): Promise<string> {
	await dialogue.say(`MAIL FROM:<${ACCOUNT}>`);
	for (const recipient of recipients) await dialogue.say(`RCPT TO:<${recipient}>`);
	expect(await dialogue.say("DATA")).toMatch(/^354 /);
	dialogue.write(message.replaceAll(/^\./gm, ".."));
	return await dialogue.say(".");
}

describe("the dialogue", () => {
	it("greets and lists what Exchange Online lists, before and after STARTTLS", async () => {
		const dialogue = await Dialogue.open();
		expect(await dialogue.reply()).toMatch(
			/^220 \S+ Microsoft ESMTP MAIL Service ready at .* \[[0-9A-F]{16}\]$/,
		);
		const keywords = (reply: string) =>
			reply
				.split("\r\n")
				.slice(1)
				.map((line) => line.slice(4));
		const rest = ["8BITMIME", "BINARYMIME", "CHUNKING", "SMTPUTF8"];
		const head = ["SIZE 157286400", "PIPELINING", "DSN", "ENHANCEDSTATUSCODES"];
		expect(keywords(await dialogue.say("EHLO device.test"))).toEqual([...head, "STARTTLS", ...rest]);
		expect(await dialogue.say("AUTH XOAUTH2")).toBe("504 5.7.4 Unrecognized authentication type");
		expect(await dialogue.say("MAIL FROM:<a@b.test>")).toMatch(/^530 5\.7\.57 /);
		expect(await dialogue.say("STARTTLS")).toBe("220 2.0.0 SMTP server ready");
		await dialogue.startTls();
		expect(keywords(await dialogue.say("EHLO device.test"))).toEqual([
			...head,
			"AUTH LOGIN XOAUTH2",
			...rest,
		]);
		expect(await dialogue.say("QUIT")).toBe("221 2.0.0 Service closing transmission channel");
		expect(await dialogue.reply()).toBe("closed");
	});

	it("takes XOAUTH2 with and without initial response", async () => {
		const first = await Dialogue.signedIn();
		first.close();
		const second = await Dialogue.secure();
		expect(await second.say("AUTH XOAUTH2")).toBe("334");
		expect(await second.say(xoauth2())).toBe("235 2.7.0 Authentication successful");
		second.close();
	});

	it("refuses each wrong sign-in as Exchange does", async () => {
		const dialogue = await Dialogue.secure();
		const control = sandbox.control;
		const wrong = [
			xoauth2(ACCOUNT, control.mintToken(ACCOUNT)),
			xoauth2(ACCOUNT, control.mintToken(ACCOUNT, { resource: "outlook", lifetimeSeconds: -1 })),
			xoauth2(ACCOUNT, control.mintToken(ACCOUNT, { resource: "outlook", scopes: ["POP.AccessAsUser.All"] })),
			xoauth2("shared@contoso.com"),
			"bm9uc2Vuc2U=",
		];
		for (const response of wrong)
			expect(await dialogue.say(`AUTH XOAUTH2 ${response}`)).toMatch(
				/^535 5\.7\.3 Authentication unsuccessful \[/,
			);
		expect(await dialogue.say("AUTH PLAIN AGEAYg==")).toMatch(/^504 5\.7\.4 /);
		expect(await dialogue.say("AUTH LOGIN")).toBe("334 VXNlcm5hbWU6");
		expect(await dialogue.say("YQ==")).toBe("334 UGFzc3dvcmQ6");
		expect(await dialogue.say("Yg==")).toMatch(/^535 5\.7\.139 .*basic authentication is disabled/);
		control.setSmtpAuth(ACCOUNT, false);
		expect(await dialogue.say(`AUTH XOAUTH2 ${xoauth2()}`)).toMatch(
			/^535 5\.7\.139 .*SmtpClientAuthentication is disabled/,
		);
		control.share("shared@contoso.com", ACCOUNT);
		expect(await dialogue.say(`AUTH XOAUTH2 ${xoauth2("shared@contoso.com")}`)).toMatch(/^235 /);
		dialogue.close();
	});

	it("takes the exact bytes and envelope, and a second message on the same connection", async () => {
		const dialogue = await Dialogue.signedIn();
		const reply = await send(dialogue, ["a@example.com", "B@Example.com"]);
		expect(reply).toMatch(/^250 2\.0\.0 OK <1@device> \[Hostname=\S+\]$/);
		const [arrived] = sandbox.control.arrived();
		expect(arrived?.message.bytes?.toString()).toBe(MESSAGE);
		expect(arrived).toMatchObject({
			via: "smtp",
			account: ACCOUNT,
			reversePath: ACCOUNT,
			recipients: ["a@example.com", "B@Example.com"],
		});
		expect(await send(dialogue, ["c@example.com"], MESSAGE.replace("<1@", "<2@"))).toMatch(/^250 /);
		expect(sandbox.control.counts()).toMatchObject({ messages: 2, deliveries: 3 });
		dialogue.close();
	});

	it("takes pipelined commands and BDAT chunks", async () => {
		const dialogue = await Dialogue.signedIn();
		const half = MESSAGE.slice(0, 40);
		const rest = MESSAGE.slice(40);
		dialogue.write(`MAIL FROM:<${ACCOUNT}> BODY=BINARYMIME\r\nRCPT TO:<a@example.com>\r\n`);
		dialogue.write(`BDAT ${half.length}\r\n${half}BDAT ${rest.length} LAST\r\n${rest}`);
		const replies = [];
		for (let n = 0; n < 4; n += 1) replies.push((await dialogue.reply()).slice(0, 9));
		expect(replies).toEqual(["250 2.1.0", "250 2.1.5", "250 2.0.0", "250 2.0.0"]);
		expect(sandbox.control.arrived()[0]?.message.bytes?.toString()).toBe(MESSAGE);
		dialogue.close();
	});

	it("ends a message at CRLF dot CRLF only, wherever the packets break", async () => {
		const dialogue = await Dialogue.signedIn();
		await dialogue.say(`MAIL FROM:<${ACCOUNT}>`);
		await dialogue.say("RCPT TO:<a@example.com>");
		await dialogue.say("DATA");
		const stuffed = `${MESSAGE.replaceAll(/^\./gm, "..")}\r\n..\r\n...x\r\n.\r\n`;
		for (const character of stuffed) {
			dialogue.write(character);
			await new Promise(setImmediate);
		}
		expect(await dialogue.reply()).toMatch(/^250 /);
		expect(sandbox.control.arrived()[0]?.message.bytes?.toString()).toBe(`${MESSAGE}\r\n.\r\n..x\r\n`);
		dialogue.close();
	});

	it("takes nothing from a client that vanishes", async () => {
		const dialogue = await Dialogue.signedIn();
		await dialogue.say(`MAIL FROM:<${ACCOUNT}>`);
		await dialogue.say("RCPT TO:<a@example.com>");
		await dialogue.say("DATA");
		dialogue.write(MESSAGE);
		dialogue.close();
		const other = await Dialogue.signedIn();
		await send(other, ["b@example.com"]);
		expect(sandbox.control.counts().messages).toBe(1);
		other.close();
	});
});

describe("refusals", () => {
	it("refuses bad syntax, order, size and bare line feeds", async () => {
		const dialogue = await Dialogue.signedIn();
		expect(await dialogue.say("RCPT TO:<a@b.test>")).toBe("503 5.5.2 Need mail command");
		expect(await dialogue.say("MAIL FROM: <a@b.test>")).toBe("501 5.1.7 Invalid address");
		expect(await dialogue.say(`MAIL FROM:<${ACCOUNT}> FOO=1`)).toBe("501 5.5.4 Invalid arguments");
		expect(await dialogue.say(`MAIL FROM:<${ACCOUNT}> SIZE=157286401`)).toMatch(/^552 5\.3\.4 /);
		expect(await dialogue.say("FROB")).toMatch(/^500 5\.3\.3 Unrecognized command 'FROB'/);
		expect(await send(dialogue, ["a@example.com"], MESSAGE.replace("hello\r\n", "hello\nworld\r\n"))).toMatch(
			/^550 5\.6\.11 /,
		);
		expect(sandbox.control.counts().messages).toBe(0);
		dialogue.close();
	});

	it("denies another's From after the message, in one line of more than 2 kB", async () => {
		const dialogue = await Dialogue.signedIn();
		const reply = await send(dialogue, ["a@example.com"], MESSAGE.replace(ACCOUNT, "boss@contoso.com"));
		expect(reply).toMatch(
			/^554 5\.2\.252 SendAsDenied; scanner@contoso\.com not allowed to send as boss@contoso\.com; /,
		);
		expect(reply.length).toBeGreaterThan(2000);
		dialogue.close();
	});

	it("refuses the connections beyond the limit with 432, until one ends", async () => {
		const open = [];
		for (let n = 0; n < 4; n += 1) open.push(await Dialogue.signedIn());
		const replies = [];
		for (const dialogue of open) replies.push((await dialogue.say(`MAIL FROM:<${ACCOUNT}>`)).slice(0, 9));
		expect(replies).toEqual(["250 2.1.0", "250 2.1.0", "250 2.1.0", "432 4.3.2"]);
		await open[0]?.say("QUIT");
		expect(await open[0]?.reply()).toBe("closed");
		expect(await open[3]?.say(`MAIL FROM:<${ACCOUNT}>`)).toMatch(/^250 /);
		expect(sandbox.control.concurrency().smtp).toEqual({ [ACCOUNT]: 4 });
		for (const dialogue of open) dialogue.close();
	});

	it("limits messages per minute when told to", async () => {
		sandbox.control.change({ smtpMessagesPerMinute: 1 });
		const dialogue = await Dialogue.signedIn();
		expect(await send(dialogue, ["a@example.com"])).toMatch(/^250 /);
		expect(await send(dialogue, ["a@example.com"])).toMatch(/^432 4\.3\.2 /);
		dialogue.close();
	});

	it("rewrites the Message-ID as Outlook.com does when told to", async () => {
		sandbox.control.change({ rewriteMessageId: true });
		const dialogue = await Dialogue.signedIn();
		const id = /OK (<[^>]+>)/.exec(await send(dialogue, ["a@example.com"]))?.[1];
		const text = sandbox.control.arrived()[0]?.message.bytes?.toString();
		const rest = MESSAGE.replace("Message-ID: <1@device>\r\n", "");
		expect(text).toBe(`Message-ID: ${id}\r\nX-Microsoft-Original-Message-ID: <1@device>\r\n${rest}`);
		dialogue.close();
	});
});

describe("failures ordered", () => {
	it("breaks at each stage", async () => {
		const { control } = sandbox;
		control.fail({
			where: "smtp",
			stage: "connect",
			action: "answer",
			reply: "421 4.3.2 Service not available",
		});
		const refused = await Dialogue.open();
		expect([await refused.reply(), await refused.reply()]).toEqual([
			"421 4.3.2 Service not available",
			"closed",
		]);
		control.fail({ where: "smtp", stage: "mail", action: "drop" });
		const dropped = await Dialogue.signedIn();
		expect(await dropped.say(`MAIL FROM:<${ACCOUNT}>`)).toBe("closed");
		control.fail({ where: "smtp", stage: "end", action: "accept-then-drop" });
		const ambiguous = await Dialogue.signedIn();
		expect(await send(ambiguous, ["a@example.com"])).toBe("closed");
		expect(control.counts().messages).toBe(1);
		control.fail({ where: "smtp", action: "answer", reply: "451 4.7.0 later" });
		const deferred = await Dialogue.signedIn();
		expect(await send(deferred, ["a@example.com"])).toBe("451 4.7.0 later");
		expect(await send(deferred, ["a@example.com"])).toMatch(/^250 /);
		deferred.close();
	});

	it("plays the magic recipients", async () => {
		const dialogue = await Dialogue.signedIn();
		await dialogue.say(`MAIL FROM:<${ACCOUNT}>`);
		expect(await dialogue.say("RCPT TO:<invalid@example.com>")).toMatch(/^550 5\.1\.1 /);
		expect(await dialogue.say("RCPT TO:<a@example.com>")).toMatch(/^250 /);
		await dialogue.say("RSET");
		for (const [name, pattern] of [
			["throttle", /^432 /],
			["throttle", /^432 /],
			["throttle", /^250 /],
			["senddenied", /^554 5\.2\.252 /],
			["servererror", /^451 /],
			["toolarge", /^552 5\.3\.4 /],
			["full", /^554 5\.2\.2 /],
			["lost", /^closed$/],
		] as const)
			expect(await send(dialogue, [`${name}@example.com`]), name).toMatch(pattern);
		expect(sandbox.control.arrived().map(({ recipients }) => recipients[0])).toEqual([
			"throttle@example.com",
			"lost@example.com",
		]);
	});
});

describe("the cloud taken away", () => {
	it("cuts a session under TLS, forgets its slot, and comes back on the same port", async () => {
		const dialogue = await Dialogue.signedIn();
		await sandbox.control.offline();
		expect(await dialogue.reply()).toBe("closed");
		await expect(Dialogue.open()).rejects.toMatchObject({ code: "ECONNREFUSED" });
		await sandbox.control.online();
		const open = [await Dialogue.signedIn(), await Dialogue.signedIn(), await Dialogue.signedIn()];
		for (const one of open) expect(await one.say(`MAIL FROM:<${ACCOUNT}>`)).toMatch(/^250 /);
		for (const one of open) one.close();
	});
});

describe("nodemailer", () => {
	it("sends through it, verifying the certificate", async () => {
		const accessToken = sandbox.control.mintToken(ACCOUNT, { resource: "outlook" });
		const transport = nodemailer.createTransport({
			host: "localhost",
			port,
			secure: false,
			requireTLS: true,
			tls: { ca: sandbox.caPem, servername: "localhost" },
			auth: { type: "OAuth2", user: ACCOUNT, accessToken },
		});
		const large = `${MESSAGE}${"0123456789abcdef\r\n".repeat(200_000)}`;
		const info = await transport.sendMail({ envelope: { from: ACCOUNT, to: ["a@example.com"] }, raw: large });
		expect(info.response).toMatch(/^250 2\.0\.0 OK /);
		expect(sandbox.control.arrived()[0]?.message.bytes?.toString()).toBe(large);
		transport.close();
	});
});
