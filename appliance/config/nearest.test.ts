import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { nearest } from "./nearest.ts";

const KEYS = ["listen", "listen_tls", "listen_submission", "max_message_size", "strangers", "name"];

describe("the nearest right name", () => {
	it.each([
		["listn", "listen"],
		["lsiten", "listen"],
		["listen-tls", "listen_tls"],
		["LISTEN", "listen"],
		["max_msg_size", "max_message_size"],
		["stranger", "strangers"],
		["nmae", "name"],
	])("for %s is %s", (word, expected) => {
		expect(nearest(word, KEYS)).toBe(expected);
	});

	it("is none when nothing is near", () => {
		expect(nearest("colour", KEYS)).toBeUndefined();
		expect(nearest("", KEYS)).toBeUndefined();
		expect(nearest("x".repeat(100_000), KEYS)).toBeUndefined();
	});

	it("finds a right name itself, and one slip away", () => {
		fc.assert(
			fc.property(fc.constantFrom(...KEYS), fc.nat(30), (key, at) => {
				expect(nearest(key, KEYS)).toBe(key);
				const index = at % key.length;
				expect(nearest(key.slice(0, index) + key.slice(index + 1), KEYS)).toBe(key);
			}),
		);
	});
});
