import { describe, expect, it } from "vitest";
import { isDateGuessed, withRealDate } from "./late-date.ts";
import { receivedField, type Trace } from "./received.ts";

const TRACE: Trace = {
	helo: "copier",
	clientAddress: "192.168.1.50",
	hostName: "postern",
	protocol: "ESMTP",
	queueId: "3kXy9aBcDe",
	recipients: ["boss@fabrikam.com"],
	date: new Date("1970-01-01T00:01:00Z"),
	dateIsGuess: true,
};
const REAL = new Date("2026-11-25T08:00:00Z");

function dated(message: Buffer): string {
	const { replacedBytes, written } = withRealDate(message, REAL);
	return Buffer.concat([written, message.subarray(replacedBytes)]).toString("latin1");
}

describe("a message taken while the clock was not set", () => {
	it("gets the real date in our trace field, and a Date if it has none", () => {
		const message = Buffer.from(`${receivedField(TRACE)}Subject: Alarm\r\n\r\nHello\r\n`);
		expect(isDateGuessed(message)).toBe(true);
		expect(dated(message)).toBe(
			"Received: from copier ([192.168.1.50])\r\n\tby postern (Postern) with ESMTP id 3kXy9aBcDe\r\n\tfor <boss@fabrikam.com>;\r\n\t" +
				"Wed, 25 Nov 2026 08:00:00 +0000\r\nDate: Wed, 25 Nov 2026 08:00:00 +0000\r\nSubject: Alarm\r\n\r\nHello\r\n",
		);
	});

	it("keeps the Date that its device gave", () => {
		const own = "Date: Tue, 24 Nov 2026 07:00:00 +0000\r\n";
		const text = dated(Buffer.from(`${receivedField(TRACE)}${own}\r\nHello\r\n`));
		expect(text.match(/^Date:.*$/gm)).toEqual([own.trim()]);
		expect(text).not.toContain("clock not set");
	});
});

describe("any other message", () => {
	it.each([
		["taken with a clock that is right", receivedField({ ...TRACE, dateIsGuess: false })],
		[
			"that says such words elsewhere",
			`${receivedField({ ...TRACE, dateIsGuess: false })}Subject: x (clock not set)\r\n`,
		],
		["whose first field is not ours", "Subject: x; (clock not set)\r\n"],
	])("%s keeps its bytes", (_, header) => {
		const message = Buffer.from(`${header}\r\nHello\r\n`);
		expect(isDateGuessed(message)).toBe(false);
		expect(dated(message)).toBe(message.toString("latin1"));
	});
});
