/** How long somebody stays signed in, and what is kept of it. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { AccessBench, DAY_MS, FAR, NEAR, PASSWORD, sessionIn } from "./testing/access-bench.ts";

let bench: AccessBench;
beforeEach(async () => {
	bench = await AccessBench.open();
	await bench.claim();
});
afterEach(() => bench.close());

const signIn = async () => sessionIn(await bench.signIn("owner", PASSWORD));
const isIn = (token: { reveal(): string }) => bench.people.session(token.reveal(), NEAR) !== undefined;

describe("a session", () => {
	it("outlives a restart, with the key of its CSRF tokens, which is not on the card", async () => {
		const { session, token } = await signIn();
		await bench.restart();
		const back = bench.people.session(token.reveal(), FAR);
		expect(back).toMatchObject({ id: session.id, name: "owner", role: "owner", peer: FAR });
		expect(back?.startedAt).toBe(session.startedAt);
		expect(back?.csrfKey.reveal()).toBe(session.csrfKey.reveal());
		const stored = await bench.stored();
		expect(stored).not.toContain(session.csrfKey.reveal());
		expect(stored).not.toContain(token.reveal());
	});

	it("has a token and a CSRF key of its own each time, and an id that is neither", async () => {
		const [one, other] = [await signIn(), await signIn()];
		expect(one.token.reveal()).not.toBe(other.token.reveal());
		expect(one.session.csrfKey.reveal()).not.toBe(other.session.csrfKey.reveal());
		expect(Buffer.from(one.token.reveal(), "base64url")).toHaveLength(32);
		expect(one.token.reveal()).not.toContain(one.session.id);
		expect(bench.people.session(one.session.id, NEAR)).toBeUndefined();
	});

	it("is nothing that anybody can make up", () => {
		for (const token of ["", "x", "__proto__", "A".repeat(43), "x".repeat(1_000_000)]) {
			expect(bench.people.session(token, NEAR)).toBeUndefined();
		}
	});

	it("ends a week after it was last used", async () => {
		const { token } = await signIn();
		for (let day = 0; day < 3; day += 1) {
			bench.clock.pass(6 * DAY_MS);
			expect(isIn(token)).toBe(true);
		}
		bench.clock.pass(7 * DAY_MS);
		expect(isIn(token)).toBe(false);
	});

	it("ends a month after it began, however busy, over restarts too", async () => {
		const { token } = await signIn();
		for (let day = 0; day < 29; day += 1) {
			bench.clock.pass(DAY_MS);
			if (day % 5 === 0) await bench.restart();
			expect(isIn(token)).toBe(true);
		}
		bench.clock.pass(DAY_MS);
		expect(isIn(token)).toBe(false);
		await bench.restart();
		expect(await bench.storage.list("session")).toEqual([]);
	});

	it("does not end when the wall clock of a box without one leaps", async () => {
		bench.clock.wallMs = 0;
		const { token } = await signIn();
		bench.clock.wallMs = Date.UTC(2026, 10, 20);
		expect(isIn(token)).toBe(true);
	});

	it("is not written when it is used", async () => {
		const { token } = await signIn();
		const before = await bench.stored();
		bench.clock.pass(DAY_MS);
		expect(isIn(token)).toBe(true);
		expect(await bench.stored()).toBe(before);
	});

	it("ends at once when it is signed out or ended from elsewhere", async () => {
		const [one, other, third] = [await signIn(), await signIn(), await signIn()];
		await bench.people.signOut(one.token.reveal());
		await bench.people.endSession("owner", other.session.id);
		await bench.people.endSession("somebody else", third.session.id);
		expect([one, other, third].map(({ token }) => isIn(token))).toEqual([false, false, true]);
		await bench.restart();
		expect([one, other, third].map(({ token }) => isIn(token))).toEqual([false, false, true]);
	});
});

describe("the sessions of a person", () => {
	it("are listed, the newest first, with when and from where they were last used", async () => {
		bench.clock.pass(1000);
		const { session, token } = await signIn();
		bench.clock.pass(1000);
		bench.people.session(token.reveal(), FAR);
		const [first, ...others] = bench.people.sessions("OWNER");
		expect(first).toEqual({
			id: session.id,
			name: "owner",
			role: "owner",
			startedAt: "2026-11-20T12:00:01.000Z",
			lastSeenAt: "2026-11-20T12:00:02.000Z",
			peer: FAR,
		});
		expect(others).toHaveLength(1);
		expect(bench.people.sessions("nobody")).toEqual([]);
	});

	it("are twenty at most: the oldest makes room", async () => {
		const tokens = [];
		for (let count = 0; count < 21; count += 1) tokens.push((await signIn()).token);
		expect(bench.people.sessions("owner")).toHaveLength(20);
		expect(tokens.map(isIn)).toEqual([false, ...Array(20).fill(true)]);
		expect(await bench.storage.list("session")).toHaveLength(20);
	});
});
