/** Secrets that came into a text by somebody else's doing. */
import { describe, expect, it } from "vitest";
import { masked, maskedValue } from "./masking.ts";

describe("masking hides", () => {
	it.each([
		"Authorization: Bearer tops3cret-value.x",
		'{"Authorization":"Basic dG9wczNjcmV0"}',
		"password=tops3cret",
		"password: tops3cret",
		'Password = "tops3cret"',
		'{"password":"tops3cret"}',
		'{"client_secret": "tops3cret \\"and more tops3cret"}',
		'error="{\\"refresh_token\\":\\"tops3cret\\"}"',
		"grant_type=refresh_token&refresh_token=tops3cret&scope=x",
		"http://localhost/?code=tops3cret&state=tops3cret",
		"proxy http://user:tops3cret@proxy.example:3128 refused",
		"eyJ0b3BzM2NyZXQ.tops3cret.tops3cret",
		"pst_tops3crettops3cret",
		"was 1.AXEAtops3crettops3crettops3cret.xyz",
		"was EwBtops3crettops3crettops3crettops3crettops3cret/ab==",
		"was M.C507_tops3crettops3crettops3cret",
		"$argon2id$v=19$m=19456$tops3cret",
		"-----BEGIN PRIVATE KEY-----\ntops3cret\n-----END PRIVATE KEY-----",
	])("what is secret in %s", (text) => {
		expect(masked(text)).not.toMatch(/tops3cret|dG9wczNjcmV0/);
		expect(masked(text)).toContain("***");
	});

	it.each([
		"550 5.7.1 Unable to relay, code 550",
		"AADSTS50173: the grant has expired due to it being revoked",
		"the password of Copier is only kept as a hash",
		"http://proxy.example:3128 refused",
	])("nothing in %s", (text) => {
		expect(masked(text)).toBe(text);
	});

	it("is done in no time with what a device may make up", () => {
		const hostile = ["a", "a.", "://", "password", "bearer ", "eyJ", "pst_", "-----BEGIN ", '\\"'];
		for (const part of hostile) expect(masked(part.repeat(100_000 / part.length)).length).toBeGreaterThan(0);
	});

	it("leaves the proxy's name, and hides a value by the name of its field", () => {
		expect(masked("http://user:tops3cret@proxy.example:3128")).toBe("http://***@proxy.example:3128");
		expect(maskedValue("refresh_token", "anything")).toBe("***");
		expect(maskedValue("device", "Copier")).toBe("Copier");
	});
});
