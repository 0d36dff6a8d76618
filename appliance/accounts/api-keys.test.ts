/** Keys of programs: made, used, ended. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { KeyScope } from "../console-services.ts";
import { AccessBench, codeOf, DAY_MS, FAR, HOUR_MS, NEAR } from "./testing/access-bench.ts";

let bench: AccessBench;
beforeEach(async () => {
	bench = await AccessBench.open();
});
afterEach(() => bench.close());

function add(change: { label?: string; scopes?: readonly KeyScope[]; expiresAt?: string | null } = {}) {
	return bench.keys.add({
		label: "Zabbix",
		scopes: ["read"],
		expiresAt: null,
		createdBy: "owner",
		...change,
	});
}

describe("an API key", () => {
	it("is shown once, kept as a hash, and found after a restart", async () => {
		const { key, secret } = await add({ scopes: ["mail", "read", "mail"] });
		expect(key).toMatchObject({
			label: "Zabbix",
			scopes: ["read", "mail"],
			lastUsedAt: null,
			createdBy: "owner",
		});
		expect(secret.reveal()).toMatch(/^pst_[\w-]{43}$/);
		await bench.restart();
		expect(bench.keys.find(secret.reveal(), NEAR)).toMatchObject({ id: key.id, scopes: ["read", "mail"] });
		expect(await bench.stored()).not.toContain(secret.reveal());
		expect(bench.log).toMatch(/api-key-made id=\S+ label=Zabbix scopes=read,mail by=owner/);
		expect(bench.log).not.toContain(secret.reveal());
	});

	it("ends when its day has come, or when it is removed, for good", async () => {
		const ending = await add({ expiresAt: "2026-11-21T12:00:00Z" });
		const removed = await add();
		bench.clock.pass(DAY_MS - 1);
		expect(bench.keys.find(ending.secret.reveal(), NEAR)).toBeDefined();
		bench.clock.pass(1);
		expect(bench.keys.find(ending.secret.reveal(), NEAR)).toBeUndefined();
		await bench.keys.remove(removed.key.id);
		expect(bench.keys.find(removed.secret.reveal(), NEAR)).toBeUndefined();
		await bench.restart();
		expect(bench.keys.list().map(({ id }) => id)).toEqual([ending.key.id]);
		expect(bench.keys.find(removed.secret.reveal(), NEAR)).toBeUndefined();
		expect(await codeOf(bench.keys.remove(removed.key.id))).toBe("key-unknown");
	});

	it("tells when it was last used; the card hears of it once a day", async () => {
		const { secret } = await add();
		const use = async () => {
			bench.keys.find(secret.reveal(), NEAR);
			await bench.keys.idle();
			return bench.stored();
		};
		const first = await use();
		expect(first).toContain("2026-11-20T12:00:00.000Z");
		bench.clock.pass(HOUR_MS);
		expect(await use()).toBe(first);
		expect(bench.keys.list()).toMatchObject([{ lastUsedAt: "2026-11-20T13:00:00.000Z" }]);
		bench.clock.pass(DAY_MS);
		expect(await use()).toContain("2026-11-21T13:00:00.000Z");
	});

	it("cannot be guessed at: the address is locked, right or wrong, and its neighbours are not", async () => {
		const { secret } = await add();
		for (const guess of ["", "pst_", "x".repeat(100_000), "pst_guess", "__proto__"]) {
			expect(bench.keys.find(guess, FAR)).toBeUndefined();
		}
		expect(await codeOf(() => bench.keys.find(secret.reveal(), FAR))).toBe("sign-in-locked");
		expect(bench.keys.find(secret.reveal(), NEAR)).toBeDefined();
		bench.clock.pass(HOUR_MS);
		expect(bench.keys.find(secret.reveal(), FAR)).toBeDefined();
		expect(bench.log).toMatch(/api-key-refused address=203\.0\.113\.9 reason=unknown/);
	});

	it("that has ended is no guess: other programs at that address go on", async () => {
		const ended = await add({ expiresAt: "2026-11-20T13:00:00Z" });
		const { secret } = await add();
		bench.clock.pass(HOUR_MS);
		for (let count = 0; count < 20; count += 1) bench.keys.find(ended.secret.reveal(), NEAR);
		expect(bench.keys.find(secret.reveal(), NEAR)).toBeDefined();
	});

	it("is not made without a name, something it may do, and an end that is still to come", async () => {
		for (const change of [
			{ label: " " },
			{ label: "a\nb" },
			{ label: "x".repeat(65) },
			{ scopes: [] },
			{ scopes: ["everything" as KeyScope] },
			{ expiresAt: "tomorrow" },
			{ expiresAt: "2026-11-20T12:00:00Z" },
		]) {
			expect(await codeOf(add(change)), JSON.stringify(change)).toBe("key-invalid");
		}
		expect(bench.keys.list()).toEqual([]);
	});

	it("that cannot be read is left out and told of", async () => {
		await bench.storage.put("api-key", "damaged", { label: "x" });
		await bench.restart();
		expect(bench.keys.list()).toEqual([]);
		expect(bench.log).toMatch(/api-key-left-out id=damaged/);
	});
});
