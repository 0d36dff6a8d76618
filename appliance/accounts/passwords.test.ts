import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { SystemClock } from "../clock.ts";
import { EXAMPLE_HASH, formatPasswordHash } from "../config/password-hash.ts";
import { Secret } from "../secret.ts";
import { type Credential, generatePassword, Passwords } from "./passwords.ts";

/** From the test suite of the reference implementation (P-H-C/phc-winner-argon2, test.c). */
const REFERENCE = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

class SettableClock extends SystemClock {
	elapsedMs = 0;
	override monotonicMs(): number {
		return this.elapsedMs;
	}
}

function hashed(hash: string): Credential {
	return { kind: "hash", hash: new Secret(hash) };
}

/** A hash that fits no known password and costs next to nothing to check. */
function cheap(): Credential {
	const cost = { memoryKib: 64, passes: 1, parallelism: 1 };
	return hashed(formatPasswordHash({ ...cost, salt: randomBytes(16), hash: randomBytes(32) }));
}

function check(
	passwords: Passwords,
	given: string,
	credential: Credential | undefined,
	peer: { username?: string; source?: string } = {},
) {
	const { username = "a", source = "10.0.0.1" } = peer;
	return passwords.check({ username, password: new Secret(given), credential, source });
}

/** How long the quickest of a few takes: what a stranger who measures would go by. */
async function quickestMs(work: () => Promise<unknown>): Promise<number> {
	let quickest = Number.POSITIVE_INFINITY;
	for (let run = 0; run < 4; run += 1) {
		const before = performance.now();
		await work();
		quickest = Math.min(quickest, performance.now() - before);
	}
	return quickest;
}

describe("passwords", () => {
	it("are hashed so that only they fit", async () => {
		const passwords = new Passwords(new SystemClock());
		const hash = await passwords.hash(new Secret("pässword"));
		expect(hash.reveal()).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/);
		const credential: Credential = { kind: "hash", hash };
		expect(await check(passwords, "pässword", credential)).toBe("right");
		expect(await check(passwords, "password", credential)).toBe("wrong");
		expect((await passwords.hash(new Secret("pässword"))).reveal()).not.toBe(hash.reveal());
	});

	it("fit hashes made elsewhere", async () => {
		const passwords = new Passwords(new SystemClock());
		expect(await check(passwords, "password", hashed(REFERENCE))).toBe("right");
		expect(await check(passwords, "Password", hashed(REFERENCE))).toBe("wrong");
	});

	it("are wrong for unknown users and damaged hashes, whatever is sent", async () => {
		const passwords = new Passwords(new SystemClock());
		for (const given of ["", "x", "\0", "x".repeat(100_000)]) {
			expect(await check(passwords, given, undefined)).toBe("wrong");
			expect(await check(passwords, given, hashed("$argon2id$broken"))).toBe("wrong");
			expect(await check(passwords, given, hashed(EXAMPLE_HASH))).toBe("wrong");
		}
	});

	it("of the configuration file are compared as they are", async () => {
		const passwords = new Passwords(new SystemClock());
		const plain: Credential = { kind: "plain", password: new Secret("sesame") };
		expect(await check(passwords, "sesame", plain)).toBe("right");
		expect(await check(passwords, "sesam", plain)).toBe("wrong");
		expect(await check(passwords, "", plain)).toBe("wrong");
	});

	it("are remembered for a while, and not across a change", async () => {
		const clock = new SettableClock();
		const passwords = new Passwords(clock);
		const checkReference = () => check(passwords, "password", hashed(REFERENCE));
		expect(await checkReference()).toBe("right");
		expect(await check(passwords, "password", hashed(EXAMPLE_HASH))).toBe("wrong");

		// With the queue full, only what is remembered gets an answer.
		const crowd = Array.from({ length: 34 }, (_, index) =>
			check(passwords, "x", cheap(), { username: `user-${index}`, source: `10.0.1.${index}` }),
		);
		expect(await checkReference()).toBe("right");
		clock.elapsedMs = 11 * 60_000;
		expect(await checkReference()).toBe("busy");
		await Promise.all(crowd);
		expect(await checkReference()).toBe("right");
	});

	it("are checked a few at a time, and beyond a short queue not at all", async () => {
		const passwords = new Passwords(new SystemClock());
		const checks = Array.from({ length: 40 }, (_, index) =>
			check(passwords, "x", cheap(), { username: `user-${index}`, source: `10.0.1.${index}` }),
		);
		const results = await Promise.all(checks);
		expect(results.filter((result) => result === "busy")).toHaveLength(6);
		expect(results.filter((result) => result === "wrong")).toHaveLength(34);
		expect(await check(passwords, "x", cheap(), { username: "later" })).toBe("wrong");
	});

	it("wait in a line that one address cannot fill", async () => {
		const passwords = new Passwords(new SystemClock());
		const flood = Array.from({ length: 40 }, (_, index) =>
			check(passwords, `guess ${index}`, cheap(), { source: "10.0.0.66" }),
		);
		expect(await check(passwords, "password", hashed(REFERENCE), { source: "10.0.0.5" })).toBe("right");
		const results = await Promise.all(flood);
		expect(results.filter((result) => result === "wrong")).toHaveLength(4);
		expect(results.filter((result) => result === "busy")).toHaveLength(36);
	});

	it("take as long when wrong for a password of the file as for an unknown user", async () => {
		const passwords = new Passwords(new SystemClock());
		const plain: Credential = { kind: "plain", password: new Secret("sesame") };
		const unknownMs = await quickestMs(() => check(passwords, "guess", undefined));
		const plainMs = await quickestMs(() => check(passwords, "guess", plain));
		expect(plainMs).toBeGreaterThan(unknownMs / 3);
	});

	it("cost one check when a device opens many connections at once", async () => {
		const passwords = new Passwords(new SystemClock());
		const credential = hashed(REFERENCE);
		const checks = Array.from({ length: 200 }, () => check(passwords, "password", credential));
		expect(new Set(await Promise.all(checks))).toEqual(new Set(["right"]));
	});
});

describe("made-up passwords", () => {
	it("are long, easy to read off, and never the same", () => {
		const made = Array.from({ length: 200 }, () => generatePassword().reveal());
		for (const password of made) expect(password).toMatch(/^([a-hj-km-np-z2-9]{4}-){3}[a-hj-km-np-z2-9]{4}$/);
		expect(new Set(made).size).toBe(200);
	});
});
