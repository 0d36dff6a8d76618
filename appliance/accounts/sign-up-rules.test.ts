import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { configSchema } from "../config/schema.ts";
import { judgeSignUp, type SignUpRules } from "./sign-up-rules.ts";

const rules = (allow: string[], deny: string[] = []) =>
	configSchema.parse({ sign_up: { allow, deny } }).sign_up;

const allowsSignUp = (given: SignUpRules, address: string) => judgeSignUp(given, address).may;

describe("self-service", () => {
	it("is for nobody until somebody is allowed", () => {
		fc.assert(
			fc.property(fc.emailAddress(), (address) => !allowsSignUp(configSchema.parse({}).sign_up, address)),
		);
	});

	it("is for those who are allowed and not denied, whatever the case", () => {
		const given = rules(["*@contoso.com", "boss@example.com"], ["printer@contoso.com"]);
		for (const address of ["ada@contoso.com", "ADA@CONTOSO.COM", " boss@example.com "]) {
			expect(allowsSignUp(given, address), address).toBe(true);
		}
		for (const address of [
			"printer@contoso.com",
			"Printer@Contoso.com",
			'"printer"@contoso.com',
			"ada@example.com",
			"ada@mail.contoso.com",
			"ada@contoso.com.example",
			"contoso.com",
			"",
			"*@contoso.com@example.com",
		]) {
			expect(allowsSignUp(given, address), address).toBe(false);
		}
	});

	it("denies first, whatever is allowed", () => {
		const pattern = fc.oneof(
			fc.constant("*"),
			fc.emailAddress(),
			fc.emailAddress().map((address) => `*${address.slice(address.lastIndexOf("@"))}`),
		);
		fc.assert(
			fc.property(fc.array(pattern), fc.array(pattern), fc.emailAddress(), (allow, deny, address) => {
				expect(allowsSignUp({ allow: ["*", ...allow], deny: [...deny, address] }, address)).toBe(false);
				expect(allowsSignUp({ allow, deny: ["*"] }, address)).toBe(false);
				if (allowsSignUp({ allow, deny }, address)) {
					expect(allowsSignUp({ allow: [...allow, ...deny], deny: [] }, address)).toBe(true);
				}
			}),
		);
	});

	it("takes nothing that is no address, so that nothing slips past a deny rule", () => {
		fc.assert(
			fc.property(fc.string(), (text) => {
				if (!text.includes("@")) expect(allowsSignUp({ allow: ["*"], deny: [] }, text)).toBe(false);
			}),
		);
		expect(allowsSignUp({ allow: ["*"], deny: ["ada@contoso.com"] }, "ada@contoso.com\u200b")).toBe(false);
	});

	it("says which rule decides: one of those there are, that fits, and never an allowing one where a denying one fits", () => {
		expect(judgeSignUp(rules(["*@contoso.com"], ["ada@contoso.com"]), "ADA@contoso.com")).toEqual({
			may: false,
			by: "deny",
			rule: "ada@contoso.com",
		});
		const address = fc.constantFrom("ada@contoso.com", "bob@contoso.com", "eve@example.com", "nobody");
		const pattern = fc.oneof(address, fc.constantFrom("*", "*@contoso.com", "*@example.com"));
		fc.assert(
			fc.property(fc.array(pattern), fc.array(pattern), address, (allow, deny, given) => {
				const { may, by, rule } = judgeSignUp({ allow, deny }, given);
				expect(may).toBe(by === "allow");
				const fitting = (patterns: string[]) =>
					patterns.filter((one) => judgeSignUp({ allow: [one], deny: [] }, given).may);
				if (by === "deny") expect(fitting(deny)).toContain(rule);
				else expect(fitting(deny)).toEqual([]);
				if (by === "allow") expect(fitting(allow)).toContain(rule);
				if (by === "no-rule") expect(fitting(allow)).toEqual([]);
			}),
		);
	});

	it("does not take a rule that means nothing", () => {
		for (const pattern of ["contoso.com", "*.contoso.com", "boss*@contoso.com", ""]) {
			expect(configSchema.safeParse({ sign_up: { allow: [pattern] } }).success, pattern).toBe(false);
		}
	});
});
