/** The look at a message as it comes in, whatever packets it comes in. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type HeaderFacts, IncomingHeader } from "./incoming-header.ts";

const FACTS: HeaderFacts = {
	reversePath: "scan@contoso.example",
	fallbackSender: "alerts@contoso.example",
	smtpUtf8: false,
	senderRule: { kind: "keep" },
	trace: {
		helo: "copier",
		clientAddress: "192.0.2.50",
		hostName: "postern",
		protocol: "ESMTP",
		queueId: "0000000001",
		recipients: ["you@example.com"],
		date: new Date("2026-11-20T09:00:00Z"),
		dateIsGuess: false,
	},
	wantsFrom: false,
	wantsSubject: false,
};

/** What is kept of a message that comes in packets of these sizes, without our trace field. */
function kept(message: Buffer, sizes: readonly number[] = [message.length]): string {
	const header = new IncomingHeader(FACTS);
	const out: Buffer[] = [];
	let isDone = false;
	const take = (look: ReturnType<IncomingHeader["add"]>) => {
		if (look === undefined) return;
		if (!("head" in look)) throw new Error("it was refused");
		isDone = true;
		out.push(look.head);
	};
	for (let at = 0, turn = 0; at < message.length; turn++) {
		const size = sizes[turn % sizes.length] ?? message.length;
		const chunk = message.subarray(at, at + size);
		if (isDone) out.push(chunk);
		else take(header.add(chunk));
		at += size;
	}
	if (!isDone) take(header.end());
	return Buffer.concat(out)
		.toString("latin1")
		.replace(/^Received: from (?:.*\r\n[ \t])*.*\r\n/, "")
		.replace(/^Message-ID: .*\.[\da-f]{12}@/m, "Message-ID: <made@");
}

const GOOD =
	"From: a@b.example\r\nTo: c@d.example\r\nDate: Fri, 20 Nov 2026 08:00:00 +0000\r\nMessage-ID: <1@b>\r\n";

describe("a message", () => {
	const starts = [
		...["", "\r\n", "From a@b Fri Nov 20 08:00:00 2026\r\n", "\r\n>From a@b\r\n", "Hello there\r\n"],
		...["Subject: x\r\n", "Subject : Störung\r\n", "\r\n\r\n", "From", "F: 1\r\n", "x".repeat(150)],
	];
	const ends = [
		"\r\n",
		"\r\nbody\r\n",
		"no empty line\r\n",
		"",
		"\r\nKühlung\r\n",
		`\r\n${"line\r\n".repeat(5000)}`,
	];
	const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 4 });

	it("is mended alike, however it is cut into packets", () => {
		const start = fc.constantFrom(...starts);
		const fields = fc.constantFrom("", GOOD, `${GOOD}Content-Type: text/plain\r\n`);
		fc.assert(
			fc.property(start, fields, fc.constantFrom(...ends), sizes, (before, header, body, cuts) => {
				const message = Buffer.from(before + header + body, "latin1");
				expect(kept(message, cuts)).toBe(kept(message));
			}),
		);
	});

	it("that is well formed keeps its bytes behind our trace field", () => {
		const message = `${GOOD}Subject: x\r\n\r\nbody\r\n`;
		expect(kept(Buffer.from(message), [7])).toBe(message);
	});

	it("in a body's own words, which look like no header, is not held back for a header's end", () => {
		const header = new IncomingHeader(FACTS);
		expect(header.add(Buffer.from("Pump 3 over temperature\r\n"))).toBeUndefined();
		expect(header.add(Buffer.from("x".repeat(20_000)))).toMatchObject({ repairs: expect.any(Array) });
	});

	it("with a header over the limit passes as it is", () => {
		const message = `${"X-A: b\r\n".repeat(40_000)}\r\nbody\r\n`;
		expect(kept(Buffer.from(message), [16_384])).toBe(message);
	});
});

describe("what was mended", () => {
	it("is told once the header has been seen", () => {
		const header = new IncomingHeader(FACTS);
		expect(header.repairs).toEqual([]);
		header.add(Buffer.from("Subject: x\r\nContent-Type: text/plain\r\n\r\n"));
		expect(header.repairs).toEqual([
			...["added Date", "added Message-ID", "added From", "added To", "added MIME-Version"],
		]);
	});
});
