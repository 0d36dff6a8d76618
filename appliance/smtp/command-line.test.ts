import { describe, expect, it } from "vitest";
import { argumentOf, readChunkCommand, readCommandLine } from "./command-line.ts";

describe("a command line", () => {
	it.each([
		["helo  x ", "HELO x"],
		["\tMail\tfrom:<a@b>", "MAIL from:<a@b>"],
		["QUIT\0\0", "QUIT"],
		["rset\r", "RSET"],
		["", ""],
		[" \0\t ", ""],
		["\x16\x03\x01", "\x16\x03\x01"],
	])("%j is read as %j", (line, expected) => {
		expect(readCommandLine(Buffer.from(line, "latin1")).toString("latin1")).toBe(expected);
	});

	it("has an argument in UTF-8 or none", () => {
		expect(argumentOf(Buffer.from("MAIL FROM:<jörg@b.example>"))).toBe("FROM:<jörg@b.example>");
		expect(argumentOf(Buffer.from("MAIL FROM:<j\xf6rg@b.example>", "latin1"))).toBeUndefined();
		expect(argumentOf(Buffer.from("QUIT"))).toBe("");
	});
});

describe("BDAT", () => {
	it.each([
		["10", { sizeBytes: 10, last: false }],
		["0 LAST", { sizeBytes: 0, last: true }],
		["86  last", { sizeBytes: 86, last: true }],
	])("%j says how much follows", (argument, expected) => {
		expect(readChunkCommand(argument)).toEqual(expected);
	});

	it.each(["", "LAST", "5abc", "-1", "1.5", "0x10", "10 LAST x", "9999999999999999"])(
		"%j does not",
		(argument) => {
			expect(readChunkCommand(argument)).toBeUndefined();
		},
	);
});
