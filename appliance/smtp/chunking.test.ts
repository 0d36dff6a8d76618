/**
 * BDAT (RFC 3030) against DATA: the same message by either way is the same in the spool, however it is
 * cut into chunks, however the bytes are cut into packets, and with everything pipelined. A whole
 * appliance in this process, signed in nowhere, so that what it takes stays in its spool to be looked at.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Appliance } from "../appliance.ts";
import { Wire } from "../e2e/wire.ts";
import { parseQueueId } from "../mail/queue-id.ts";
import { openDatabase, type SqliteDatabase } from "../store/database.ts";

const CASES = 1_000;

let folder: string;
let appliance: Appliance;
let database: SqliteDatabase;

beforeAll(async () => {
	// Two thousand lines of log that nobody asked for.
	vi.spyOn(process.stderr, "write").mockReturnValue(true);
	folder = mkdtempSync(path.join(tmpdir(), "postern-chunking-"));
	const configFile = path.join(folder, "postern.toml");
	writeFileSync(configFile, CONFIGURATION.replace("STATE", JSON.stringify(folder)));
	appliance = await Appliance.start({
		configFile,
		environment: {},
		onEnd: () => undefined,
		onFatal: (error) => {
			throw error;
		},
	});
	database = openDatabase({ file: path.join(folder, "postern.db"), role: "reader" });
});
afterAll(async () => {
	database?.close();
	await appliance?.stop();
	rmSync(folder, { recursive: true, force: true });
});

const CONFIGURATION = `
state_dir = STATE
[console]
listen = []
listen_tls = []
[smtp]
listen = ["127.0.0.1:0"]
listen_submission = []
listen_tls = []
listen_auto = []
[pop3]
listen = []
listen_tls = []
[[account]]
address = "alerts@contoso.example"
[[device]]
name = "Scanner"
addresses = ["127.0.0.1"]
`;

/** Nothing is missing that would have to be added. */
const HEADER = Buffer.from(
	[
		"From: Scanner <scan@contoso.example>",
		"To: <you@example.com>",
		"Subject: chunks",
		"Date: Fri, 20 Nov 2026 08:00:00 +0000",
		"Message-ID: <chunks@device.test>",
		"MIME-Version: 1.0",
		"Content-Type: text/plain; charset=us-ascii",
		"",
		"",
	].join("\r\n"),
);
const ENVELOPE = "MAIL FROM:<scan@contoso.example>\r\nRCPT TO:<you@example.com>\r\n";

interface Cutting {
	/** Where the message is cut into chunks, and the bytes into packets; as shares of the whole. */
	readonly chunks: readonly number[];
	readonly packets: readonly number[];
	/** LAST stands alone, behind the last octets. */
	readonly lastIsEmpty: boolean;
}

function cutAt(bytes: Buffer, shares: readonly number[]): Buffer[] {
	const places = shares.map((share) => Math.floor(share * bytes.length)).sort((a, b) => a - b);
	return [0, ...places].map((from, index) => bytes.subarray(from, places[index] ?? bytes.length));
}

function byBdat(message: Buffer, { chunks, lastIsEmpty }: Cutting): Buffer {
	const pieces = cutAt(message, chunks);
	if (lastIsEmpty) pieces.push(Buffer.alloc(0));
	const commands = pieces.flatMap((piece, index) => [
		Buffer.from(`BDAT ${piece.length}${index === pieces.length - 1 ? " LAST" : ""}\r\n`),
		piece,
	]);
	return Buffer.concat([Buffer.from(ENVELOPE), ...commands]);
}

/** RFC 5321 §4.5.2; the message ends in a line end. */
function byData(message: Buffer): Buffer {
	const stuffed = message.toString("latin1").replaceAll(/(^|\r\n)\./g, "$1..");
	return Buffer.from(`${ENVELOPE}DATA\r\n${stuffed}.\r\n`, "latin1");
}

/** Sends it all without waiting for an answer, in these packets; gives the queue id. */
async function queued(bytes: Buffer, packets: readonly number[]): Promise<string> {
	const port = appliance.listeners.portOf("relay") ?? 0;
	const wire = await Wire.connect({ port });
	try {
		wire.send("EHLO device.test\r\n");
		for (const packet of cutAt(bytes, packets)) {
			wire.send(packet);
			await turn();
		}
		for (;;) {
			const reply = await wire.reply();
			const text = reply?.lines.at(-1) ?? "";
			const queueId = /queued as (\w+)/.exec(text)?.[1];
			if (queueId !== undefined) return queueId;
			if (reply === undefined || reply.code > "399") throw new Error(`not taken: ${reply?.code} ${text}`);
		}
	} finally {
		wire.destroy();
	}
}

/** As it lies in the spool, without our trace field. */
function spooled(queueId: string): string {
	const number = parseQueueId(queueId);
	const row = database.prepare("SELECT content FROM body WHERE id = ?").pluck().get(number);
	const body =
		row === undefined ? readFileSync(path.join(folder, "spool", queueId)) : Buffer.from(row as Uint8Array);
	return body.toString("latin1").replace(/^Received: from (?:.*\r\n[ \t])*.*\r\n(?=[^ \t])/, "");
}

/** Evenly: most doubles are next to nothing. */
const share = fc.integer({ min: 0, max: 10_000 }).map((part) => part / 10_000);
const cutting = fc.record({
	chunks: fc.array(share, { maxLength: 8 }),
	packets: fc.array(share, { maxLength: 6 }),
	lastIsEmpty: fc.boolean(),
});

async function sameByBothWays(message: Buffer, cut: Cutting): Promise<string> {
	const chunked = spooled(await queued(byBdat(message, cut), cut.packets));
	const dotted = spooled(await queued(byData(message), cut.packets));
	expect(chunked).toBe(dotted);
	return chunked;
}

describe("BDAT", () => {
	const line = fc.constantFrom("", ".", "..", ".x", "BDAT 3 LAST", "QUIT", "Hello", "x".repeat(900));
	it(`gives what DATA gives, and what was sent, in ${CASES} cuttings`, async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(line, { maxLength: 60 }), cutting, async (lines, cut) => {
				const message = Buffer.concat([HEADER, Buffer.from(`${lines.join("\r\n")}\r\n`)]);
				expect(await sameByBothWays(message, cut)).toBe(message.toString("latin1"));
			}),
			{ numRuns: CASES },
		);
	}, 120_000);

	const oddity = fc.constantFrom(
		"\r\n",
		"\n",
		"\r",
		".",
		"\0",
		"\xe9",
		"\r\n.\r\n",
		"\n.\n",
		"x",
		"y".repeat(1_500),
	);
	it("gives what DATA gives also of a message that is damaged", async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(oddity, { maxLength: 40 }), cutting, async (pieces, cut) => {
				const message = Buffer.concat([HEADER, Buffer.from(`${pieces.join("")}\r\n`, "latin1")]);
				await sameByBothWays(message, cut);
			}),
			{ numRuns: CASES / 5 },
		);
	}, 60_000);

	it("gives what DATA gives of a message too large for memory", async () => {
		const message = Buffer.concat([HEADER, Buffer.from("0123456789abcdef\r\n..\r\n".repeat(20_000))]);
		const cut = { chunks: [0.1, 0.1, 0.35, 0.999], packets: [0.2, 0.5], lastIsEmpty: true };
		expect(await sameByBothWays(message, cut)).toBe(message.toString("latin1"));
	});
});
