import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeWords } from "./encoded-words.ts";
import { subjectOf } from "./subject.ts";

function read(value: string | Buffer): string {
	return subjectOf(Buffer.concat([Buffer.from("From: a@b.c\r\nSubject: "), Buffer.from(value), REST]));
}
const REST = Buffer.from("\r\nTo: c@d.e\r\n\r\nSubject: not this one\r\n");

describe("a subject", () => {
	it.each([
		["plain", "Scan from the 2nd floor", "Scan from the 2nd floor"],
		["folded", "Scan from\r\n the 2nd floor", "Scan from the 2nd floor"],
		["in UTF-8 as it is", "Tür offen", "Tür offen"],
		["in Latin-1 as it is", Buffer.from("Tür offen", "latin1"), "Tür offen"],
		["Q", "=?utf-8?Q?T=C3=BCr_offen?=", "Tür offen"],
		["B", "=?UTF-8?B?VMO8ciBvZmZlbg==?=", "Tür offen"],
		["with a language", "=?utf-8*de?q?T=c3=bcr?= offen", "Tür offen"],
		["several words", "=?utf-8?Q?T=C3=BCr?=\r\n =?utf-8?Q?_offen?= (3)", "Tür offen (3)"],
		["a character cut in two", "=?utf-8?B?VMM=?= =?utf-8?B?vHI=?=", "Tür"],
		["Japanese", "=?ISO-2022-JP?B?GyRCRnxLXBsoQg==?=", "日本"],
		["of Windows", "=?windows-1252?Q?=80_5?=", "€ 5"],
		["blanks within a word", "=?utf-8?Q?Door is open?=", "Door is open"],
		["an unknown character set", "=?x-nobody?Q?abc?=", "=?x-nobody?Q?abc?="],
		["half a word", "=?utf-8?Q?abc", "=?utf-8?Q?abc"],
		["controls within", "=?utf-8?Q?a=0D=0ABcc:_x=00=1B[31m?=", "a Bcc: x [31m"],
		["turned round", "abc\u202egnp.exe", "abc gnp.exe"],
		["empty", "", ""],
	])("%s", (_, written, expected) => {
		expect(read(written)).toBe(expected);
	});

	it("is cut between characters", () => {
		expect(read(encodeWords("😀".repeat(300)))).toBe("😀".repeat(200));
	});

	it("that Postern would write is read back", () => {
		const words = fc.stringMatching(/^[a-zA-ZäöüßÀ-ÿ€日本😀=?_]{1,60}$/u);
		fc.assert(
			fc.property(words, (text) => {
				expect(read(encodeWords(text))).toBe(text);
			}),
		);
	});

	it("of any bytes is one short line", () => {
		fc.assert(
			fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
				const subject = read(Buffer.from(bytes));
				expect(subject).toMatch(/^[^\p{Cc}]*$/u);
				expect([...subject].length).toBeLessThanOrEqual(200);
			}),
		);
	});

	it("is empty where there is none", () => {
		expect(subjectOf(Buffer.from("From: a@b.c\r\n\r\nSubject: of the body\r\n"))).toBe("");
		expect(subjectOf(Buffer.alloc(0))).toBe("");
	});
});
