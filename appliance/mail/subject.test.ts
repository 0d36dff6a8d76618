/** Subjects as a list shows them. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { subjectOf } from "./subject.ts";

const of = (subject: string) =>
	subjectOf(Buffer.from(`From: a@b.c\r\nSubject:${subject}\r\n\r\nSubject: body\r\n`));

describe("a subject", () => {
	it.each([
		[" Scan 17", "Scan 17"],
		[" =?utf-8?Q?Bericht_f=C3=BCr?= =?utf-8?Q?_M=C3=A4rz?=", "Bericht für März"],
		[" a long\r\n one", "a long one"],
		[" Größe in UTF-8", "Größe in UTF-8"],
		[" =?utf-8?B?bm8KbmV3IGxpbmU=?=", "no new line"],
		["", ""],
	])("%j reads %j", (raw, read) => {
		expect(of(raw)).toBe(read);
	});

	it("is absent when there is none", () => {
		expect(subjectOf(Buffer.from("From: a@b.c\r\n\r\nSubject: body\r\n"))).toBe("");
	});

	it("is one short line without control characters, whatever was sent", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary", maxLength: 1000 }), (text) => {
				const read = of(` ${text.replaceAll(/[\r\n]/g, "")}`);
				expect(read).not.toMatch(/\p{Cc}/u);
				expect(Array.from(read).length).toBeLessThanOrEqual(200);
			}),
		);
	});
});
