/**
 * Every failure that the sandbox can provoke, over both ways out, with small and large messages: nothing
 * is lost, nothing arrives twice, and the outcome, the reply and the owner's text are those of the tables.
 */
import { randomBytes } from "node:crypto";
import { afterEach, describe, expect, it } from "vitest";
import type { FaultOrder } from "../sandbox/faults.ts";
import { SENDER, WayOut } from "./way-out.ts";

interface Expected {
	readonly state: "delivered" | "failed";
	/** Of the last attempt. */
	readonly reply?: RegExp;
	readonly ownerText?: RegExp;
}

interface Row {
	readonly name: string;
	/** One that decides by itself what goes wrong (sandbox/magic.ts). */
	readonly recipient?: string;
	/** Without `where` and place: those are the way's. */
	readonly fault?: Omit<FaultOrder, "where" | "path" | "stage">;
	readonly graph: Expected | "not there";
	readonly smtp: Expected | "not there";
	readonly messages?: number;
}

const ARRIVES: Expected = { state: "delivered", reply: /^250 2\.0\.0 / };

const ROWS: readonly Row[] = [
	{ name: "nothing goes wrong", graph: ARRIVES, smtp: ARRIVES },
	...[500, 502, 503, 504].map((status) => ({
		name: `answered ${status}, not taken`,
		fault: { action: "answer", status, times: 2 } as const,
		graph: ARRIVES,
		smtp: "not there" as const,
	})),
	{
		name: "asked to wait a second (429)",
		fault: { action: "answer", status: 429, retryAfterSeconds: 1 },
		graph: ARRIVES,
		smtp: "not there",
	},
	{
		name: "a sign-in refused once (401)",
		fault: { action: "answer", status: 401 },
		graph: ARRIVES,
		smtp: "not there",
	},
	{
		name: "success in form only (200)",
		fault: {
			action: "answer",
			status: 200,
			body: "<html>Sign in to the Wi-Fi</html>",
			contentType: "text/html",
		},
		graph: ARRIVES,
		smtp: "not there",
	},
	{
		name: "refused for now (451)",
		fault: { action: "answer", reply: "451 4.7.0 Temporary server error. Please try again later.", times: 2 },
		graph: "not there",
		smtp: ARRIVES,
	},
	{
		name: "too many connections (432)",
		fault: { action: "answer", reply: "432 4.3.2 Concurrent connections limit exceeded." },
		graph: "not there",
		smtp: ARRIVES,
	},
	{
		name: "the connection breaks, not taken",
		fault: { action: "drop", times: 2 },
		graph: ARRIVES,
		smtp: ARRIVES,
	},
	{ name: "silence, not taken", fault: { action: "hang" }, graph: ARRIVES, smtp: ARRIVES },
	{
		name: "taken, and the connection breaks",
		fault: { action: "accept-then-drop", times: 100 },
		messages: 100,
		graph: ARRIVES,
		smtp: ARRIVES,
	},
	{
		name: "taken, and then silence",
		fault: { action: "accept-then-hang", times: 100 },
		messages: 100,
		graph: ARRIVES,
		smtp: ARRIVES,
	},
	{
		name: "taken, and answered 504",
		fault: { action: "accept-then-answer", status: 504, times: 100 },
		messages: 100,
		graph: ARRIVES,
		// A 4xx after the message says that it was not taken (RFC 5321 §4.2.1).
		smtp: "not there",
	},
	{
		name: "not allowed to send as From",
		recipient: "senddenied@fabrikam.com",
		graph: { state: "failed", reply: /^550 5\.7\.60 /, ownerText: /From address/ },
		smtp: { state: "failed", reply: /^554 5\.2\.252 /, ownerText: /From address/ },
	},
	{
		name: "a recipient that does not exist",
		recipient: "invalid@fabrikam.com",
		graph: { state: "failed", reply: /^550 5\.1\.\d /, ownerText: /recipient's address/ },
		smtp: { state: "failed", reply: /^550 5\.1\.1 /, ownerText: /recipient's address/ },
	},
	{
		name: "too large for the mailbox",
		recipient: "toolarge@fabrikam.com",
		graph: { state: "failed", reply: /^552 5\.3\.4 /, ownerText: /larger than Microsoft accepts/ },
		smtp: { state: "failed", reply: /^552 5\.3\.4 /, ownerText: /larger than Microsoft accepts/ },
	},
	{ name: "an answer that gets lost", recipient: "lost@fabrikam.com", graph: ARRIVES, smtp: ARRIVES },
];

let way: WayOut | undefined;
afterEach(async () => {
	await way?.close();
	way = undefined;
});

/** A hundred failures in a row are a hundred pauses, each with a slow start behind it. */
const PATIENCE_MS = 280_000;

const DEVICES = 12;
let serial = 0;

function small(to: string): Buffer {
	serial += 1;
	return Buffer.from(
		`From: ${SENDER}\r\nTo: ${to}\r\nSubject: Alarm ${serial}\r\nMessage-ID: <m${serial}@device.test>\r\nDate: Wed, 25 Nov 2026 08:00:00 +0000\r\n\r\nDoor ${serial} is open.\r\n`,
	);
}

/** What `messages` of them became: each arrived once at `to`, or failed with what the table says. */
async function judge(box: WayOut, ids: readonly string[], to: string, expected: Expected): Promise<void> {
	await box.drained(PATIENCE_MS);
	const entries = await Promise.all(ids.map((id) => box.show(id)));
	expect(entries.map(({ state }) => state)).toEqual(ids.map(() => expected.state));
	const arrived = box.cloud.control.arrived().flatMap(({ recipients }) => recipients);
	const reached = arrived.filter((address) => address.toLowerCase() === to).length;
	expect(reached).toBe(expected.state === "delivered" ? ids.length : 0);
	expect(box.cloud.control.duplicates()).toEqual([]);
	for (const { recipientStates } of entries) {
		for (const { reply, ownerText } of recipientStates) {
			if (expected.reply !== undefined) expect(reply).toMatch(expected.reply);
			if (expected.ownerText !== undefined) expect(ownerText).toMatch(expected.ownerText);
			else expect(ownerText).toBe("");
		}
	}
}

/** Over what Graph takes in one request: one file by upload session, one in a request of its own. */
function large(to: string): Buffer {
	const file = (name: string, sizeBytes: number) =>
		`--b\r\nContent-Type: application/pdf; name="${name}"\r\nContent-Transfer-Encoding: base64\r\n\r\n${randomBytes(sizeBytes).toString("base64").replaceAll(/.{76}/g, "$&\r\n")}\r\n`;
	const header = small(to).toString().split("\r\n\r\n", 1)[0];
	return Buffer.from(
		`${header}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n${file("one.pdf", 3_300_000)}${file("two.pdf", 50_000)}--b--\r\n`,
	);
}

/** Where a large message may meet a fault over Graph. */
const STEPS = ["/messages", "createUploadSession", "/uploads/", "/attachments", "/send"];

describe("a large message over graph", () => {
	for (const row of ROWS.filter(
		({ graph, recipient }) => graph !== "not there" && recipient !== "lost@fabrikam.com",
	)) {
		const expected = row.graph;
		if (expected === "not there") continue;
		// In form only, and not to be believed anywhere; at other steps 200 is what Graph answers.
		const steps = row.fault === undefined ? [""] : row.name.startsWith("success") ? ["/send"] : STEPS;
		it(
			`${row.name}, at each step: ${expected.state}`,
			async () => {
				const box = await WayOut.open("graph");
				way = box;
				const to = row.recipient ?? "boss@fabrikam.com";
				const ids: string[] = [];
				for (const [index, path] of steps.entries()) {
					// Each device meets its own fault; the order to send is the one that matters most, so it has many.
					if (row.fault !== undefined)
						box.cloud.control.fail({
							...row.fault,
							times: Math.min(row.fault.times ?? 1, 2),
							where: "graph",
							path,
						});
					ids.push(await box.take(large(to), [to], `Copier ${index}`));
					await box.drained(PATIENCE_MS);
				}
				await judge(box, ids, to, expected);
			},
			PATIENCE_MS + 20_000,
		);
	}
});

describe.each([
	["small", small, "graph", { where: "graph", path: "sendMail" }],
	["small", small, "smtp", { where: "smtp", stage: "end" }],
	["large", large, "smtp", { where: "smtp", stage: "end" }],
] as const)("a %s message", (size, make, kind, place) => {
	for (const row of ROWS) {
		const expected = row[kind];
		if (expected === "not there") continue;
		it(
			`over ${kind}: ${row.name}: ${expected.state}`,
			async () => {
				way = await WayOut.open(kind);
				const to = row.recipient ?? "boss@fabrikam.com";
				if (row.fault !== undefined) way.cloud.control.fail({ ...row.fault, ...place });
				const ids: string[] = [];
				const messages = Math.min(row.messages ?? 1, size === "large" ? 3 : 100);
				for (let sent = 0; sent < messages; sent += 1) {
					// Several devices, because a device's messages go one after the other.
					ids.push(await way.take(make(to), [to], `Camera ${sent % DEVICES}`));
				}
				await judge(way, ids, to, expected);
			},
			PATIENCE_MS + 20_000,
		);
	}
});
