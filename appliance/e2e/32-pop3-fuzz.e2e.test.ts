/**
 * Nonsense over POP3 against the real program: the dialogues with lines left out, doubled, cut short and mixed with rubbish, in
 * pieces of any size. It must never crash, log a fault, hang, grow, or change what lies in the mailbox.
 */
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ACCOUNT, House } from "./house.ts";

const CONVERSATIONS = 400;
const AT_ONCE = 4;
/** After we have said all and closed our side. */
const ENDS_WITHIN_MS = 10_000;
/** A heap that has been collected is not the same size each time. */
const MAY_GROW_BYTES = 64 * 2 ** 20;

const FOLDER = path.join(import.meta.dirname, "pop3-dialogues");
const SPOKEN = readdirSync(FOLDER)
	.filter((name) => name.endsWith(".dialogue"))
	.flatMap((name) => readFileSync(path.join(FOLDER, name), "utf8").split("\n"))
	.flatMap((line) => (line.startsWith("C: ") ? line.slice(3).split("|") : []));

let house: House;
beforeAll(async () => {
	house = await House.build({
		pop3: true,
		more: `
[[mailbox]]
username = "plc"
password = "sesame"
mailbox = "${ACCOUNT}"
on_delete = "keep"
auth_without_tls = true
apop = true
`,
	});
	for (const subject of ["one", "two", "three"])
		house.cloud.control.deposit(ACCOUNT, Buffer.from(`Subject: ${subject}\r\n\r\n.x\r\n`));
});
afterAll(() => house?.close());

const spoken = fc.constantFrom(...SPOKEN);
const rubbish = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes).toString("latin1"));
const line = fc.oneof(
	{ weight: 6, arbitrary: spoken },
	{ weight: 1, arbitrary: rubbish },
	{ weight: 1, arbitrary: fc.tuple(spoken, fc.nat(20)).map(([text, end]) => text.slice(0, end)) },
	{ weight: 1, arbitrary: fc.tuple(spoken, rubbish).map(([text, more]) => text + more) },
	{ weight: 1, arbitrary: fc.constant("x".repeat(20_000)) },
);
const lineEnd = fc.constantFrom("\r\n", "\r\n", "\r\n", "\n", "\r", "\0\r\n");
const conversation = fc.record({
	isSignedIn: fc.boolean(),
	said: fc.array(
		fc.tuple(line, lineEnd).map(([text, end]) => text + end),
		{ maxLength: 25 },
	),
	piece: fc.integer({ min: 1, max: 4_000 }),
});

interface Conversation {
	readonly isSignedIn: boolean;
	readonly said: readonly string[];
	readonly piece: number;
}

async function talk({ isSignedIn, said, piece }: Conversation): Promise<void> {
	const socket = net.connect(house.port("pop3"), "127.0.0.1");
	socket.on("error", () => undefined);
	socket.resume();
	const closed = once(socket, "close");
	const text = Buffer.from(`${isSignedIn ? "USER plc\r\nPASS sesame\r\n" : ""}${said.join("")}`, "latin1");
	for (let at = 0; at < text.length && !socket.destroyed; at += piece)
		socket.write(text.subarray(at, at + piece));
	socket.end("\r\nQUIT\r\n");
	const late = new Promise<never>((_, reject) => {
		setTimeout(() => reject(new Error("it hangs")), ENDS_WITHIN_MS).unref();
	});
	await Promise.race([closed, late]);
}

it("never crashes it, makes it hang or grow, or changes the mailbox", async () => {
	const { pid } = house;
	const before = house.cloud.control.contents(ACCOUNT);
	let warmBytes = 0;
	let said = 0;
	const memory = async () => (await house.json<{ memoryBytes: number }>("status")).memoryBytes;
	await fc.assert(
		fc.asyncProperty(fc.array(conversation, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (all) => {
			await Promise.all(all.map(talk));
			said += all.length;
			if (said === CONVERSATIONS / 2) warmBytes = await memory();
			expect(house.pid).toBe(pid);
			expect(house.log).not.toMatch(/fault|uncaught|error /);
		}),
		{ numRuns: CONVERSATIONS / AT_ONCE },
	);
	expect(house.cloud.control.contents(ACCOUNT)).toEqual(before);
	expect((await memory()) - warmBytes).toBeLessThan(MAY_GROW_BYTES);
}, 240_000);
