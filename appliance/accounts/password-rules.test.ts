import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { UserError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { assertStrong } from "./password-rules.ts";
import { generatePassword } from "./passwords.ts";

function refusalOf(password: string, names: readonly string[] = ["Ada Lovelace", "postern-2"]): string {
	try {
		assertStrong(new Secret(password), names);
		return "";
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		expect(error.code).toBe("password-weak");
		expect(error.hint).toMatch(/words/);
		return error.message;
	}
}

describe("a person's password", () => {
	it("is refused when it is short, common, a run, a repetition or a name, and is told why", () => {
		for (const [password, why] of [
			["", /too short/],
			["tr0ub4dor", /too short/],
			["🦀🦀🦀🦀🦀", /too short/],
			["x".repeat(300), /too long/],
			["aaaaaaaaaaaa", /repeats/],
			["abababababab", /repeats/],
			["Password123!", /tried first/],
			["P-a-s-s-w-o-r-d-1", /tried first/],
			["1234567890", /tried first/],
			["0987654321", /tried first/],
			["qwertzuiop", /tried first/],
			["qwertyuiop123", /tried first/],
			["1q2w3e4r5t6y", /tried first/],
			["Willkommen2026", /tried first/],
			["raspberrypi", /tried first/],
			["adalovelace1815", /a name/],
			["Ada Lovelace!", /a name/],
			["postern2postern2", /a name/],
		] as const) {
			expect(refusalOf(password), password).toMatch(why);
		}
	});

	it("is taken when it is long and nobody's first guess, without signs or capitals", () => {
		for (const password of [
			"lantern walrus gravel",
			"correct horse battery staple",
			"ganz schön schräg hier",
			"ada plays the trombone",
			"密码很长也没有关系的哦",
		]) {
			expect(refusalOf(password), password).toBe("");
		}
		for (let count = 0; count < 100; count += 1) expect(refusalOf(generatePassword().reveal())).toBe("");
	});

	it("is judged, whatever it is, and never repeated in the answer", () => {
		fc.assert(
			fc.property(fc.string({ unit: "binary", maxLength: 300 }), fc.array(fc.string()), (password, names) => {
				const refusal = refusalOf(password, names);
				if (password.length >= 10 && refusal !== "") expect(refusal).not.toContain(password);
			}),
		);
	});
});
