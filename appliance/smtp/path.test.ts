import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { qualified, readPath } from "./path.ts";

describe("the address of MAIL and RCPT", () => {
	it.each([
		["FROM:<a@b.example>", "a@b.example", ""],
		["FROM:<>", "", ""],
		["FROM:< a@b.example >", "a@b.example", ""],
		["FROM: <a@b.example> SIZE=10", "a@b.example", "SIZE=10"],
		["from : <a@b.example>", "a@b.example", ""],
		["FROM <a@b.example>", "a@b.example", ""],
		["FROM:a@b.example", "a@b.example", ""],
		["FROM: a@b.example SIZE=1 BODY=8BITMIME", "a@b.example", "SIZE=1 BODY=8BITMIME"],
		['FROM:"Copier, 2nd floor" <a@b.example>', "a@b.example", ""],
		['FROM:"A <x@y.example>" <a@b.example>', "a@b.example", ""],
		["FROM:Copier <a@b.example>", "a@b.example", ""],
		["FROM:<<a@b.example>>", "a@b.example", ""],
		['FROM:<"Scanner" <a@b.example>>', "a@b.example", ""],
		["FROM:<Scanner <a@b.example>>", "a@b.example", ""],
		["FROM:<a@b.example> AUTH=<> X=<1>", "a@b.example", "AUTH=<> X=<1>"],
		["FROM:<'a@b.example'>", "a@b.example", ""],
		["FROM:<user.@b.example>", "user.@b.example", ""],
		["FROM:<a@b.example.>", "a@b.example", ""],
		["FROM:<scanner>", "scanner", ""],
		["FROM:scanner", "scanner", ""],
		["FROM:<@relay.example,@other.example:a@b.example>", "a@b.example", ""],
		['FROM:<"a b"@b.example>', '"a b"@b.example', ""],
		['FROM:<"a>b"@b.example> SIZE=1', '"a>b"@b.example', "SIZE=1"],
		["FROM:<a@[192.0.2.1]>", "a@[192.0.2.1]", ""],
		["FROM:<jörg@bücher.example>", "jörg@bücher.example", ""],
	])("%j is %j", (argument, address, parameters) => {
		expect(readPath("FROM", argument)).toEqual({ address, parameters });
	});

	it.each([
		"",
		"FROM",
		"FROM:",
		"TO:<a@b.example>",
		"FROM:<a@b.example",
		"FROM:<a@b.example> <c@d.example>",
		"FROM:<a@b.example>x",
		"FROM:<a b@c.example>",
		"FROM:<a@b@c.example>",
		"FROM:<a@b.example,c@d.example>",
		"FROM:<a\0@b.example>",
		"FROM:<a\r\n@b.example>",
		"FROM:<a\u200b@b.example>",
		"FROM:<@b.example>",
		"FROM:<a@>",
		`FROM:<${"a".repeat(600)}@b.example>`,
	])("%j is none", (argument) => {
		expect(readPath("FROM", argument)).toBeUndefined();
	});

	it("never yields blanks, controls or brackets outside quotes, whatever comes", () => {
		const piece = fc.constantFrom(
			"<",
			">",
			'"',
			"@",
			"a",
			"b.example",
			" ",
			":",
			",",
			"\\",
			"'",
			"\0",
			"=",
			"FROM:",
		);
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
				const read = readPath("FROM", `FROM:${pieces.join("")}`);
				const outside = read?.address.replaceAll(/"(?:[^"\\]|\\.)*"/g, "") ?? "";
				// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
				expect(outside).not.toMatch(/[\s<>"\u0000-\u001f]/);
			}),
			{ numRuns: 2_000 },
		);
	});

	it("is qualified when it has no domain, and only then", () => {
		expect(qualified("scanner", "contoso.com")).toBe("scanner@contoso.com");
		expect(qualified("a@b.example", "contoso.com")).toBe("a@b.example");
		expect(qualified("", "contoso.com")).toBe("");
		expect(qualified('"a@b"', "contoso.com")).toBe('"a@b"@contoso.com');
		expect(qualified("scanner", "")).toBe("scanner");
	});
});
