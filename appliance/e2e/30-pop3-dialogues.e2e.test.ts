/** What programs that fetch say and what they must hear: the files of pop3-dialogues/, each a test, against one real process. */
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ACCOUNT, eventually, House } from "./house.ts";

const FOLDER = path.join(import.meta.dirname, "pop3-dialogues");
const dialogues = readdirSync(FOLDER)
	.filter((name) => name.endsWith(".dialogue"))
	.map((name) => ({ name, lines: readFileSync(path.join(FOLDER, name), "utf8").split("\n") }));
const INBOX = [
	"Subject: first\r\n\r\nHello\r\n",
	"Subject: dots\r\n\r\n.one\r\n..two\r\n",
	"Subject: third\r\n\r\n",
];

let house: House;
beforeAll(async () => {
	house = await House.build({
		pop3: true,
		more: `
[[mailbox]]
username = "plc"
password = "sesame"
mailbox = "${ACCOUNT}"
auth_without_tls = true
apop = true
`,
	});
});
afterAll(() => house?.close());

class Player {
	#socket: net.Socket;
	#text = "";
	#isClosed = false;

	constructor(socket: net.Socket) {
		this.#socket = socket;
		this.#listen();
	}

	async play(line: string): Promise<void> {
		const [, word = "", , text = ""] = /^([A-Z-]+)(: ?(.*))?$/.exec(line) ?? [];
		switch (word) {
			case "C":
				this.#socket.write(`${text.replaceAll("|", "\r\n")}\r\n`);
				return;
			case "C-LF":
				this.#socket.write(`${text}\n`);
				return;
			case "S":
				await this.#hears(text);
				return;
			case "TLS":
				this.#socket.removeAllListeners("data");
				this.#socket = connectTls({ socket: this.#socket, rejectUnauthorized: false });
				await once(this.#socket, "secureConnect");
				this.#listen();
				return;
			case "CLOSE":
				this.#socket.destroy();
				return;
			case "S-CLOSED":
				await expect.poll(() => this.#isClosed, { interval: 1, timeout: 5_000 }).toBe(true);
				expect(this.#text).toBe("");
				return;
			default:
				throw new Error(`no dialogue says "${line}"`);
		}
	}

	end(): void {
		this.#socket.destroy();
	}

	async #hears(wanted: string): Promise<void> {
		await expect
			.poll(() => this.#text.includes("\r\n") || this.#isClosed, { interval: 1, timeout: 5_000 })
			.toBe(true);
		const end = this.#text.indexOf("\r\n");
		const line = this.#text.slice(0, end);
		this.#text = this.#text.slice(end + 2);
		const pattern = /^\/(.*)\/$/.exec(wanted)?.[1];
		if (pattern !== undefined) expect(line).toMatch(new RegExp(pattern));
		else if (wanted === "" || wanted === ".") expect(line).toBe(wanted);
		else expect(line.slice(0, wanted.length)).toBe(wanted);
	}

	#listen(): void {
		this.#socket.on("error", () => undefined);
		this.#socket.on("data", (chunk) => {
			this.#text += chunk.toString("latin1");
		});
		this.#socket.on("close", () => {
			this.#isClosed = true;
		});
	}
}

describe("programs that fetch", () => {
	it.each(dialogues.map(({ name, lines }) => [lines[0]?.slice(2) ?? name, name, lines] as const))(
		"%s (%s)",
		async (_, name, lines) => {
			await house.cloud.control.reset();
			for (const message of INBOX) house.cloud.control.deposit(ACCOUNT, Buffer.from(message));
			const socket = net.connect(house.port("pop3"), "127.0.0.1");
			const player = new Player(socket);
			await once(socket, "connect");
			const steps = lines
				.map((line, index) => [line, index + 1] as const)
				.filter(([line]) => line !== "" && !line.startsWith("#"));
			for (const [line, number] of steps) {
				if (line.startsWith("LEFT:")) {
					const left = line
						.slice(5)
						.split(",")
						.map((subject) => subject.trim());
					await eventually(
						"the mailbox is left so",
						() => house.cloud.control.contents(ACCOUNT).join() === left.join(),
						5_000,
					);
					continue;
				}
				await player.play(line).catch((error: unknown) => {
					throw new Error(`${name}:${number}: ${String(error)}`, { cause: error });
				});
			}
			player.end();
		},
	);
});
