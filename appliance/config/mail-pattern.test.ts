import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readMailAddress, readMailPattern } from "./mail-pattern.ts";
import { Refusal } from "./refusal.ts";

describe("mail addresses and patterns", () => {
	it("lower-cases what cannot differ by case", () => {
		expect(readMailAddress("Alerts@Contoso.COM")).toBe("alerts@contoso.com");
		expect(readMailPattern("Boss@Example.COM")).toBe("Boss@example.com");
		expect(readMailPattern("*@Contoso.com")).toBe("*@contoso.com");
		expect(readMailPattern("*")).toBe("*");
		expect(readMailAddress("grüße@bücher.example")).toBe("grüße@bücher.example");
	});

	it.each([
		"",
		"alerts",
		"@contoso.com",
		"a@",
		"a@b@c",
		"a b@c.com",
		"a@-c.com",
		"a@c..com",
		"*@c.com",
		"a\r\n@c.com",
		"a\u0000@c.com",
		"a\u202e@c.com",
	])("refuses %j as an address", (text) => {
		expect(readMailAddress(text)).toBeInstanceOf(Refusal);
	});

	it.each(["**", "*boss@c.com", "*@*", "@", "* @c.com"])("refuses %j as a pattern", (text) => {
		expect(readMailPattern(text)).toBeInstanceOf(Refusal);
	});

	it("never throws and never lets a control character through", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (local, domain) => {
				const address = readMailAddress(`${local}@${domain}`);
				if (typeof address === "string") expect(address).not.toMatch(/[\p{Cc}\s]/u);
			}),
		);
	});
});
