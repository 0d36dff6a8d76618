import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { EXAMPLE_HASH, formatPasswordHash, readPasswordHash } from "./password-hash.ts";
import { Refusal } from "./refusal.ts";

const SALT_AND_HASH = EXAMPLE_HASH.split("$").slice(4).join("$");
const BCRYPT_SALT_AND_HASH = "abcdefghijklmnopqrstuu1vOOZxWw38vlxntcI5716rPDL8C0t2K";

describe("password hashes", () => {
	it("reads back what it writes", () => {
		const bytes = fc.uint8Array({ minLength: 16, maxLength: 64 }).map((array) => Buffer.from(array));
		const numbers = fc.record({
			memoryKib: fc.integer({ min: 64, max: 131_072 }),
			passes: fc.integer({ min: 1, max: 10 }),
			parallelism: fc.integer({ min: 1, max: 8 }),
			salt: bytes,
			hash: bytes,
		});
		fc.assert(
			fc.property(numbers, (hash) => {
				expect(readPasswordHash(formatPasswordHash(hash))).toEqual(hash);
			}),
		);
	});

	it.each(["2a", "2b", "2y"])("reads bcrypt's, version %s", (version) => {
		const text = `$${version}$12$${BCRYPT_SALT_AND_HASH}`;
		expect(readPasswordHash(` ${text}\n`)).toEqual({ text, cost: 12 });
	});

	it.each([
		"",
		"$argon2id$…",
		`$argon2i$v=19$m=19456,t=2,p=1$${SALT_AND_HASH}`,
		`$argon2id$v=16$m=19456,t=2,p=1$${SALT_AND_HASH}`,
		`$argon2id$v=19$m=4194304,t=2,p=1$${SALT_AND_HASH}`,
		`$argon2id$v=19$m=19456,t=99,p=1$${SALT_AND_HASH}`,
		`$argon2id$v=19$m=19456,t=2,p=0$${SALT_AND_HASH}`,
		`$argon2id$v=19$m=7,t=2,p=1$${SALT_AND_HASH}`,
		"$2b$12$abcdefghijklmnopqrstuv",
		`$2b$03$${BCRYPT_SALT_AND_HASH}`,
		`$2b$15$${BCRYPT_SALT_AND_HASH}`,
		`$2b$99$${BCRYPT_SALT_AND_HASH}`,
		`$2x$12$${BCRYPT_SALT_AND_HASH}`,
		`$2$12$${BCRYPT_SALT_AND_HASH}`,
		`$2b$12$${BCRYPT_SALT_AND_HASH}A`,
	])("refuses %j", (text) => {
		expect(readPasswordHash(text)).toBeInstanceOf(Refusal);
	});
});
