/** Hashes that other programs made: checked as they are, by a thread that holds up nobody. */
import { describe, expect, it } from "vitest";
import { SystemClock } from "../clock.ts";
import { EXAMPLE_HASH, readPasswordHash } from "../config/password-hash.ts";
import { Secret } from "../secret.ts";
import { fitsBcrypt, wrongBcrypt } from "./bcrypt.ts";
import { Passwords } from "./passwords.ts";

/** By crypt(3) of another library (libxcrypt); the first is of the test suite of crypt_blowfish (wrapper.c). */
const MADE_ELSEWHERE: readonly (readonly [password: string, hash: string])[] = [
	["U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"],
	["copier-secret", "$2b$04$abcdefghijklmnopqrstuu1vOOZxWw38vlxntcI5716rPDL8C0t2K"],
	["pässword", "$2y$06$abcdefghijklmnopqrstuucAvzVZyxm.jXt0xAt3LTP7vrnE0I5rG"],
	["x".repeat(72), "$2b$04$abcdefghijklmnopqrstuubzadhGtS2zEF.gu0yd0opP6cVzb.e0i"],
];
const [, [, COPIER] = ["", ""], , [, LONG] = ["", ""]] = MADE_ELSEWHERE;

function check(passwords: Passwords, given: string, hash: string | undefined) {
	const credential = hash === undefined ? undefined : ({ kind: "hash", hash: new Secret(hash) } as const);
	return passwords.check({ username: "a", password: new Secret(given), credential, source: "10.0.0.1" });
}

async function quickestMs(work: () => Promise<unknown>): Promise<number> {
	const times: number[] = [];
	for (let run = 0; run < 3; run += 1) {
		const before = performance.now();
		await work();
		times.push(performance.now() - before);
	}
	return Math.min(...times);
}

describe("bcrypt hashes", () => {
	it.each(MADE_ELSEWHERE)("made elsewhere fit their password %j alone", async (password, hash) => {
		expect(readPasswordHash(hash)).toMatchObject({ text: hash });
		const passwords = new Passwords(new SystemClock());
		expect(await check(passwords, password, hash)).toBe("right");
		expect(await check(passwords, password.toUpperCase().replace("U*U", "u*u"), hash)).toBe("wrong");
		expect(await check(passwords, "", hash)).toBe("wrong");
	});

	it("count up to the 72nd byte, as where they come from, and never to a NUL", async () => {
		expect(await fitsBcrypt(`${"x".repeat(72)}tail`, LONG)).toBe(true);
		expect(await fitsBcrypt("x".repeat(71), LONG)).toBe(false);
		expect(await fitsBcrypt("copier-secret\0", COPIER)).toBe(false);
		expect(await fitsBcrypt("copier-secret\0copier-secret", COPIER)).toBe(false);
	});

	it.each(["", "x", "U*U", "\0"])("that stand for nobody fit nothing (%j)", async (given) => {
		expect(await fitsBcrypt(given, wrongBcrypt(4))).toBe(false);
	});

	it("leave the event loop free while they are checked", async () => {
		let turns = 0;
		const counting = setInterval(() => {
			turns += 1;
		}, 1);
		await fitsBcrypt("guess", wrongBcrypt(12));
		clearInterval(counting);
		expect(turns).toBeGreaterThan(20);
	});

	it("do not show which names there are: while there is one, all that is wrong takes as long", async () => {
		const passwords = new Passwords(new SystemClock());
		const dear = wrongBcrypt(11);
		passwords.expect("devices", [new Secret(EXAMPLE_HASH), new Secret(dear)]);
		const knownMs = await quickestMs(() => check(passwords, "guess", dear));
		const unknownMs = await quickestMs(() => check(passwords, "guess", undefined));
		const otherMs = await quickestMs(() => check(passwords, "guess", EXAMPLE_HASH));
		for (const ms of [unknownMs, otherMs]) expect(ms).toBeGreaterThan(knownMs / 2);
		passwords.expect("devices", [new Secret(EXAMPLE_HASH)]);
		expect(await quickestMs(() => check(passwords, "guess", undefined))).toBeLessThan(knownMs);
	});
});
