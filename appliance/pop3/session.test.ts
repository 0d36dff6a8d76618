/** A session as a program has it, over a real socket, before a maildrop in memory. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import net from "node:net";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SystemClock } from "../clock.ts";
import { Log, silentLog } from "../log.ts";
import { RefusalLog } from "../refusal-log.ts";
import type { Pop3Host, SignedIn } from "./host.ts";
import { Pop3Listener } from "./listener.ts";
import { MaildropLocks } from "./locks.ts";
import { type Maildrop, MaildropBroken, type MaildropFailure, type Result } from "./maildrop.ts";
import { Troubles } from "./troubles.ts";

const MESSAGES = [
	"Subject: one\r\n\r\nHello\r\n",
	"Subject: two\r\n\r\n.dots\r\n..\r\nlast",
	"Subject: three\r\n\r\n",
];
const FAILURE: MaildropFailure = { code: "SYS/TEMP", text: "no internet", ownerText: "", reason: "test" };

let listener: Pop3Listener;
let removed: number[][];
let closed: number;
let read: (index: number) => Result<AsyncIterable<Buffer>>;
let remove: () => Result<{ left: number }>;
let opening: Result<Maildrop> | undefined;
let clear: boolean;
let logged: string[];
const clients: Client[] = [];

async function* bytes(text: string): AsyncGenerator<Buffer> {
	yield Buffer.from(text);
}

function maildrop(): Maildrop {
	return {
		messages: MESSAGES.map((text, index) => ({ uid: `uid-${index + 1}`, sizeOctets: text.length })),
		read: async (index) => read(index),
		wasRead: () => undefined,
		remove: async (indexes) => {
			removed.push([...indexes]);
			return remove();
		},
		close: async () => {
			closed += 1;
		},
	};
}

beforeEach(async () => {
	removed = [];
	closed = 0;
	clear = true;
	logged = [];
	opening = undefined;
	read = (index) => ({ ok: true, value: bytes(MESSAGES[index] ?? "") });
	remove = () => ({ ok: true, value: { left: 0 } });
	const answer = (right: boolean): SignedIn =>
		right
			? { ok: true, owner: { username: "plc", mailbox: "plc@contoso.com", folder: "inbox" } }
			: { ok: false, reason: "wrong" };
	const box: Omit<Pop3Host, "secureContext"> = {
		clock: new SystemClock(),
		log: silentLog(),
		locks: new MaildropLocks(),
		troubles: new Troubles(
			new Log({ level: "info", journal: false, write: (line) => void logged.push(line) }),
		),
		refusals: new RefusalLog(new SystemClock(), silentLog()),
		name: () => "postern",
		takesPasswordsInClear: () => clear,
		takesApop: () => true,
		authenticate: async (username, password) =>
			answer(username === "plc" && password.reveal() === "pass word "),
		authenticateByApop: (username, stamp, digest) =>
			answer(username === "plc" && digest === createHash("md5").update(`${stamp}secret`).digest("hex")),
		open: async () => opening ?? { ok: true, value: maildrop() },
	};
	listener = await Pop3Listener.open({
		...{ role: "pop3", host: "127.0.0.1", port: 0, box },
		secureContext: () => undefined,
	});
});
afterEach(async () => {
	for (const client of clients.splice(0)) client.socket.destroy();
	await listener.close(0);
});

class Client {
	readonly socket: net.Socket;
	#text = "";
	#isClosed = false;

	constructor(socket: net.Socket) {
		this.socket = socket;
		clients.push(this);
		socket.on("error", () => undefined);
		socket.on("data", (chunk) => {
			this.#text += chunk.toString("latin1");
		});
		socket.on("close", () => {
			this.#isClosed = true;
		});
	}

	static async connect(): Promise<Client> {
		const socket = net.connect(listener.address.port, "127.0.0.1");
		const client = new Client(socket);
		await once(socket, "connect");
		expect(await client.line()).toMatch(/^\+OK postern POP3 ready <[0-9a-f]+@postern>$/);
		return client;
	}

	static async signedIn(): Promise<Client> {
		const client = await Client.connect();
		expect(await client.ask("USER plc")).toMatch(/^\+OK/);
		expect(await client.ask("PASS pass word ")).toBe("+OK 3 messages");
		return client;
	}

	async line(): Promise<string> {
		await expect.poll(() => this.#text.includes("\r\n") || this.#isClosed, { interval: 1 }).toBe(true);
		const end = this.#text.indexOf("\r\n");
		if (end === -1) throw new Error("closed");
		const line = this.#text.slice(0, end);
		this.#text = this.#text.slice(end + 2);
		return line;
	}

	ask(command: string): Promise<string> {
		this.socket.write(`${command}\r\n`);
		return this.line();
	}

	async lines(command: string): Promise<string[]> {
		expect(await this.ask(command)).toMatch(/^\+OK/);
		const lines: string[] = [];
		for (let line = await this.line(); line !== "."; line = await this.line()) lines.push(line);
		return lines;
	}

	async closed(): Promise<string> {
		await expect.poll(() => this.#isClosed, { interval: 1 }).toBe(true);
		return this.#text;
	}
}

describe("signing in", () => {
	it("takes USER and PASS, the password to its last space", async () => {
		await Client.signedIn();
	});

	it.each([
		["AUTH PLAIN with its response", [`AUTH PLAIN ${btoa("\0plc\0pass word ")}`]],
		["AUTH PLAIN asked for it", ["AUTH PLAIN", btoa("\0plc\0pass word ")]],
		["AUTH LOGIN", ["AUTH LOGIN", btoa("plc"), btoa("pass word ")]],
		["AUTH LOGIN with the name", [`AUTH LOGIN ${btoa("plc")}`, btoa("pass word ")]],
		["small letters", [`auth plain ${btoa("plc\0plc\0pass word ")}`]],
	])("takes %s", async (_, said) => {
		const client = await Client.connect();
		for (const line of said.slice(0, -1)) expect(await client.ask(line)).toMatch(/^\+ /);
		expect(await client.ask(said.at(-1) ?? "")).toBe("+OK 3 messages");
	});

	it("takes APOP by the greeting's stamp", async () => {
		const socket = net.connect(listener.address.port, "127.0.0.1");
		const client = new Client(socket);
		const stamp = /<.*>/.exec(await client.line())?.[0] ?? "";
		const digest = createHash("md5").update(`${stamp}secret`).digest("hex");
		expect(await client.ask(`APOP plc ${"0".repeat(32)}`)).toBe("-ERR [AUTH] name or password is wrong");
		expect(await client.ask(`APOP plc ${digest}`)).toBe("+OK 3 messages");
	});

	it.each([
		["no name", ["USER"], "-ERR USER needs a name"],
		["PASS first", ["PASS x"], "-ERR USER comes first"],
		["a wrong password", ["USER plc", "PASS wrong"], "-ERR [AUTH] name or password is wrong"],
		["an unknown name", ["USER nobody", "PASS x"], "-ERR [AUTH] name or password is wrong"],
		["no base64", ["AUTH PLAIN !!!"], "-ERR [AUTH] that is no PLAIN response"],
		["a response without fields", [`AUTH PLAIN ${btoa("plc")}`], "-ERR [AUTH] that is no PLAIN response"],
		[
			"somebody else's mailbox",
			[`AUTH PLAIN ${btoa("boss\0plc\0x")}`],
			"-ERR [AUTH] nobody may act for another here",
		],
		["a cancelled AUTH", ["AUTH PLAIN", "*"], "-ERR [AUTH] cancelled"],
		["a mechanism it has not", ["AUTH GSSAPI"], "-ERR this mechanism is not offered"],
		["STLS where there is none", ["STLS"], "-ERR STLS is not offered here"],
		["a command of later", ["STAT"], "-ERR sign in first: USER and PASS"],
		["no command at all", ["HELLO"], "-ERR there is no such command"],
		["an empty line", [""], "-ERR there is no such command"],
	])("says what is wrong with %s, and goes on", async (_, said, answer) => {
		const client = await Client.connect();
		let last = "";
		for (const line of said) last = await client.ask(line);
		expect(last).toBe(answer);
		expect(await client.ask("USER plc")).toMatch(/^\+OK/);
	});

	it("hears no password in clear where nobody may show one", async () => {
		clear = false;
		const client = await Client.connect();
		expect(await client.lines("CAPA")).not.toContain("USER");
		expect(await client.ask("USER plc")).toMatch(/^-ERR \[AUTH\] encrypt first/);
		expect(await client.ask(`AUTH PLAIN ${btoa("\0plc\0x")}`)).toMatch(/^-ERR \[AUTH\] encrypt first/);
	});

	it("hangs up after five wrong passwords", async () => {
		const client = await Client.connect();
		for (let tries = 0; tries < 5; tries += 1) {
			await client.ask("USER plc");
			await client.ask("PASS wrong");
		}
		await client.closed();
	});

	it("says [SYS/TEMP] and why when the mailbox cannot be had, never an empty one, and may be tried again", async () => {
		opening = { ok: false, failure: FAILURE };
		const client = await Client.connect();
		await client.ask("USER plc");
		expect(await client.ask("PASS pass word ")).toBe("-ERR [SYS/TEMP] no internet");
		expect(await client.ask("STAT")).toMatch(/^-ERR sign in first/);
		opening = undefined;
		await client.ask("USER plc");
		expect(await client.ask("PASS pass word ")).toBe("+OK 3 messages");
	});

	it("lets one session have a mailbox, and the next when that has ended", async () => {
		const first = await Client.signedIn();
		const second = await Client.connect();
		await second.ask("USER plc");
		expect(await second.ask("PASS pass word ")).toMatch(/^-ERR \[IN-USE\] another session/);
		first.socket.destroy();
		await expect.poll(() => closed).toBe(1);
		await second.ask("USER plc");
		expect(await second.ask("PASS pass word ")).toBe("+OK 3 messages");
	});
});

describe("a mailbox that is open", () => {
	it("says what there is", async () => {
		const client = await Client.signedIn();
		const octets = MESSAGES.map(({ length }) => length);
		expect(await client.ask("STAT")).toBe(`+OK 3 ${octets.reduce((a, b) => a + b, 0)}`);
		expect(await client.lines("LIST")).toEqual(octets.map((size, index) => `${index + 1} ${size}`));
		expect(await client.lines("UIDL")).toEqual(["1 uid-1", "2 uid-2", "3 uid-3"]);
		expect(await client.ask("LIST 2")).toBe(`+OK 2 ${octets[1]}`);
		expect(await client.ask("UIDL 3")).toBe("+OK 3 uid-3");
		expect(await client.ask("NOOP")).toBe("+OK");
		const capabilities = await client.lines("CAPA");
		expect(capabilities).toEqual(
			expect.arrayContaining(["TOP", "UIDL", "RESP-CODES", "AUTH-RESP-CODE", "PIPELINING"]),
		);
		expect(capabilities).not.toContain("USER");
	});

	it.each([
		["LIST 4", "-ERR there is no message 4"],
		["LIST 0", "-ERR there is no message 0"],
		["UIDL x", "-ERR a message number is needed"],
		["RETR", "-ERR a message number is needed"],
		["RETR 1 2", "-ERR a message number is needed"],
		["RETR 99999999999999", "-ERR a message number is needed"],
		["TOP 1", "-ERR TOP takes a message number and a number of lines"],
		["TOP 1 -1", "-ERR TOP takes a message number and a number of lines"],
		["STAT 1", "-ERR STAT takes no argument"],
		["USER plc", "-ERR you are signed in already"],
		["STLS", "-ERR you are signed in already"],
	])("refuses %s in words, and goes on", async (command, answer) => {
		const client = await Client.signedIn();
		expect(await client.ask(command)).toBe(answer);
		expect(await client.ask("NOOP")).toBe("+OK");
	});

	it("sends messages with their dots stuffed, and says how long they were when it knows", async () => {
		const client = await Client.signedIn();
		expect(await client.lines("RETR 2")).toEqual(["Subject: two", "", "..dots", "...", "last"]);
		// What RETR sent had a line end more than was thought.
		expect(await client.ask("LIST 2")).toBe(`+OK 2 ${(MESSAGES[1] ?? "").length + 2}`);
		expect(await client.lines("TOP 2 1")).toEqual(["Subject: two", "", "..dots"]);
		expect(await client.lines("TOP 1 0")).toEqual(["Subject: one", ""]);
	});

	it("answers many commands that come at once, in their order", async () => {
		const client = await Client.connect();
		client.socket.write("USER plc\r\nPASS pass word \r\nSTAT\r\nDELE 1\r\nRETR 3\r\nQUIT\r\n");
		const all = await client.closed();
		expect(all.split("\r\n")).toEqual([
			...[
				"+OK now PASS",
				"+OK 3 messages",
				expect.stringMatching(/^\+OK 3 /),
				"+OK message 1 is deleted at QUIT",
			],
			...[expect.stringMatching(/octets$/), "Subject: three", "", ".", "+OK bye", ""],
		]);
		expect(removed).toEqual([[0]]);
	});

	it("answers everything to a program that closes its side after QUIT", async () => {
		const client = await Client.connect();
		client.socket.end("USER plc\r\nPASS pass word \r\nRETR 1\r\nQUIT\r\n");
		expect(await client.closed()).toMatch(/Hello\r\n\.\r\n\+OK bye\r\n$/);
	});

	it("is left at once when the box stops, and nothing is deleted", async () => {
		const client = await Client.signedIn();
		await client.ask("DELE 1");
		const startedMs = performance.now();
		await listener.close(5_000);
		expect(performance.now() - startedMs).toBeLessThan(4_000);
		await client.closed();
		expect(removed).toEqual([]);
	});

	it("deletes at QUIT, and only then", async () => {
		const client = await Client.signedIn();
		await client.ask("DELE 1");
		await client.ask("DELE 3");
		expect(await client.ask("DELE 1")).toBe("-ERR message 1 is deleted");
		expect(await client.ask("RETR 1")).toBe("-ERR message 1 is deleted");
		expect(await client.lines("UIDL")).toEqual(["2 uid-2"]);
		expect(await client.ask("STAT")).toMatch(/^\+OK 1 /);
		expect(await client.ask("RSET")).toBe("+OK 3 messages");
		await client.ask("DELE 2");
		expect(removed).toEqual([]);
		expect(await client.ask("QUIT")).toBe("+OK bye");
		expect(removed).toEqual([[1]]);
		await client.closed();
	});

	it("deletes nothing when the connection is lost", async () => {
		const client = await Client.signedIn();
		await client.ask("DELE 1");
		client.socket.resetAndDestroy();
		await expect.poll(() => closed).toBe(1);
		expect(removed).toEqual([]);
	});

	it("deletes also when the client hangs up right after QUIT", async () => {
		const client = await Client.signedIn();
		await client.ask("DELE 1");
		client.socket.end("QUIT\r\n");
		await expect.poll(() => removed).toEqual([[0]]);
	});

	it.each([
		["nothing could be deleted", { ok: false, failure: FAILURE } as const],
		["some could not", { ok: true, value: { left: 1 } } as const],
	])("says so when %s", async (_, result) => {
		remove = () => result;
		const client = await Client.signedIn();
		await client.ask("DELE 1");
		expect(await client.ask("QUIT")).toMatch(/^-ERR \[SYS\/TEMP\] some deleted messages not removed/);
	});

	it("answers -ERR when a message cannot be had, and goes on", async () => {
		read = () => ({ ok: false, failure: FAILURE });
		const client = await Client.signedIn();
		expect(await client.ask("RETR 1")).toBe("-ERR [SYS/TEMP] no internet");
		read = () => ({
			ok: true,
			value: (async function* () {
				yield Buffer.alloc(0);
				throw new MaildropBroken("gone");
			})(),
		});
		expect(await client.ask("RETR 1")).toMatch(/^-ERR \[SYS\/TEMP\]/);
		expect(await client.ask("NOOP")).toBe("+OK");
	});

	it("breaks the connection when a message breaks off, so that nobody takes it for whole", async () => {
		read = () => ({
			ok: true,
			value: (async function* () {
				yield Buffer.from("Subject: one\r\n\r\nHalf of ");
				throw new MaildropBroken("gone");
			})(),
		});
		const client = await Client.signedIn();
		await client.ask("RETR 1");
		const rest = await client.closed();
		expect(rest).not.toMatch(/\r\n\.\r\n$/);
		expect(removed).toEqual([]);
	});
});

describe("a crowd", () => {
	it("of strangers that say nothing leaves room for the next, and does not cost who has signed in", async () => {
		const signedIn = await Client.signedIn();
		for (let address = 2; address <= 11; address += 1) {
			for (let number = 0; number < 20; number += 1) {
				const socket = net.connect({
					port: listener.address.port,
					host: "127.0.0.1",
					localAddress: `127.0.0.${address}`,
				});
				new Client(socket);
				await once(socket, "connect");
			}
		}
		await Client.connect();
		expect(await signedIn.ask("NOOP")).toBe("+OK");
	});

	it("of connections from one address is held down", async () => {
		const all = await Promise.all(
			Array.from({ length: 25 }, async () => {
				const client = new Client(net.connect(listener.address.port, "127.0.0.1"));
				return await client.line().then(
					() => "greeted",
					() => "closed",
				);
			}),
		);
		expect(all.filter((what) => what === "greeted")).toHaveLength(20);
	});
});

describe("an outage", () => {
	it("is one line in the log, however often a program asks, and one when it is over", async () => {
		opening = { ok: false, failure: FAILURE };
		const client = await Client.connect();
		for (let times = 0; times < 5; times += 1) {
			await client.ask("USER plc");
			await client.ask("PASS pass word ");
		}
		opening = undefined;
		await client.ask("USER plc");
		await client.ask("PASS pass word ");
		expect(logged.map((line) => /mail-\S+/.exec(line)?.[0])).toEqual([
			"mail-not-fetched",
			"mail-fetched-again",
		]);
	});
});

describe("nonsense", () => {
	it("is answered or hung up on, whatever it is, and the next client is served", async () => {
		const words = fc.constantFrom(
			...[
				"USER",
				"PASS",
				"AUTH",
				"AUTH PLAIN",
				"APOP",
				"STLS",
				"CAPA",
				"STAT",
				"LIST",
				"RETR",
				"TOP",
				"DELE",
			],
			...[
				"UIDL",
				"RSET",
				"NOOP",
				"plc",
				"pass word ",
				"1",
				"-1",
				"0",
				"99999999999",
				"=",
				"*",
				"\0",
				"é",
				" ",
				"\t",
			],
		);
		const line = fc
			.array(fc.oneof(words, fc.string({ maxLength: 12 })), { maxLength: 5 })
			.map((all) => all.join(" "));
		await fc.assert(
			fc.asyncProperty(fc.array(line, { maxLength: 12 }), fc.boolean(), async (lines, isSignedIn) => {
				const client = isSignedIn ? await Client.signedIn() : await Client.connect();
				client.socket.end(`${lines.join("\r\n")}\r\nQUIT\r\n`);
				const said = await client.closed();
				for (const answer of said.split("\r\n").filter((text) => text !== "")) {
					expect(Buffer.byteLength(answer)).toBeLessThanOrEqual(510);
				}
				await expect.poll(() => listener.busy, { interval: 1 }).toBe(0);
			}),
			{ numRuns: 150 },
		);
		await Client.signedIn();
	});

	it("without a line end does not grow the box", async () => {
		const client = await Client.connect();
		client.socket.write("A".repeat(20_000));
		expect(await client.line()).toBe("-ERR the line is too long");
		await client.closed();
	});

	it("in commands ends after twenty", async () => {
		const client = await Client.connect();
		for (let number = 0; number < 20; number += 1) await client.ask(`GET / HTTP/1.1 ${number}`);
		await client.closed();
	});
});
