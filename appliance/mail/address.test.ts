import { describe, expect, it } from "vitest";
import { addressKey, headerAddress, isAscii, parseAddress } from "./address.ts";

describe("an address", () => {
	it.each([
		["boss@contoso.com", "boss", "contoso.com"],
		["o'neil+scan@x_y.example", "o'neil+scan", "x_y.example"],
		['"john doe"@x.example', '"john doe"', "x.example"],
		["jörg@bücher.example", "jörg", "bücher.example"],
		["root@[192.0.2.1]", "root", "[192.0.2.1]"],
		["root@[IPv6:2001:db8::1]", "root", "[IPv6:2001:db8::1]"],
	])("%s parses", (text, localPart, domain) => {
		expect(parseAddress(text)).toEqual({ localPart, domain });
	});

	it.each([
		"",
		"postmaster",
		"@x.example",
		"a@",
		"a@b@c",
		"a b@x.example",
		"a..b@x.example",
		"a@-x.example",
		"a@x..example",
		'"open@x.example',
		"a@x.example\r\nBcc: b@x.example",
		"a\u200b@x.example",
		`${"a".repeat(65)}@x.example`,
		`a@${"x".repeat(256)}`,
	])("%j does not", (text) => {
		expect(parseAddress(text)).toBeUndefined();
	});

	it("is the same mailbox in any case, quoting and spelling of its domain", () => {
		expect(addressKey('"Boss"@BÜCHER.example')).toBe(addressKey("boss@xn--bcher-kva.example"));
		expect(addressKey('"a b"@x.example')).not.toBe(addressKey("ab@x.example"));
	});

	it("is quoted for a header when only its local part is odd", () => {
		expect(headerAddress("user.@docomo.example")).toBe('"user."@docomo.example');
		expect(headerAddress("a@x.example")).toBe("a@x.example");
		expect(headerAddress("no domain")).toBeUndefined();
	});

	it("may need SMTPUTF8", () => {
		expect([isAscii("a@x.example"), isAscii("ä@x.example")]).toEqual([true, false]);
	});
});
