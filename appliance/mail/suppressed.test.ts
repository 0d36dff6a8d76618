import { describe, expect, it } from "vitest";
import { suppressedSplice } from "./suppressed.ts";

const SINCE_MS = Date.UTC(2026, 1, 3, 4, 5, 6);
const FIELD = "X-Postern-Suppressed: 12 since 2026-02-03T04:05:06.000Z\r\n";

function counted(message: string): string {
	const bytes = Buffer.from(message);
	const { at, removedBytes, inserted } = suppressedSplice(bytes, { count: 12, sinceMs: SINCE_MS });
	return Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + removedBytes)]).toString();
}

describe("a message that stands for twelve others", () => {
	it.each([
		["Subject: Door open\r\n", "Subject: [+12] Door open\r\n"],
		["SUBJECT :Door open\r\n", "SUBJECT : [+12] Door open\r\n"],
		["Subject:\tDoor\r\n open\r\n", "Subject: [+12]\tDoor\r\n open\r\n"],
		["Subject:\r\n", "Subject: [+12]\r\n"],
		["Subject: =?utf-8?Q?T=C3=BCr?=\r\n", "Subject: [+12] =?utf-8?Q?T=C3=BCr?=\r\n"],
		[`Subject: ${"x".repeat(70)}\r\n`, `Subject: [+12]\r\n ${"x".repeat(70)}\r\n`],
		[`Subject:${"x".repeat(990)}\r\n`, `Subject: [+12]\r\n ${"x".repeat(990)}\r\n`],
	])("says so before its subject: %j", (subject, wanted) => {
		const rest = ["From: plc@example.com\r\n", "X-Last: 1\r\n\r\nSubject: no field\r\n"];
		expect(counted(rest.join(subject))).toBe(rest.join(FIELD + wanted));
	});

	it("gets a subject when it has none", () => {
		expect(counted("From: a@b.c\r\n\r\nSubject: no field\r\n")).toBe(
			`${FIELD}Subject: [+12]\r\nFrom: a@b.c\r\n\r\nSubject: no field\r\n`,
		);
		expect(counted("")).toBe(`${FIELD}Subject: [+12]\r\n`);
	});
});
