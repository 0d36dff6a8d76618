import { describe, expect, it } from "vitest";
import { SystemClock } from "../clock.ts";
import { SignInGuard } from "./sign-in-guard.ts";

class SettableClock extends SystemClock {
	elapsedMs = 0;
	override monotonicMs(): number {
		return this.elapsedMs;
	}
}

function guard() {
	const clock = new SettableClock();
	const signIns = new SignInGuard(clock);
	const fail = (times: number, username: string, address: string) => {
		for (let count = 0; count < times; count += 1) signIns.failed(username, address);
	};
	return { clock, signIns, fail };
}

describe("guessing", () => {
	it("locks an address after a few failures, twice as long each time", () => {
		const { clock, signIns, fail } = guard();
		fail(4, "copier", "10.0.0.9");
		expect(signIns.isLocked("other", "10.0.0.9", false)).toBe(false);
		fail(1, "copier", "10.0.0.9");
		expect(signIns.isLocked("other", "10.0.0.9", false)).toBe(true);
		clock.elapsedMs += 2001;
		expect(signIns.isLocked("other", "10.0.0.9", false)).toBe(false);
		fail(1, "copier", "::ffff:10.0.0.9");
		clock.elapsedMs += 2001;
		expect(signIns.isLocked("other", "10.0.0.9", false)).toBe(true);
		clock.elapsedMs += 2001;
		expect(signIns.isLocked("other", "10.0.0.9", false)).toBe(false);
	});

	it("locks a name that many addresses guess at, but not for those it is known at", () => {
		const { signIns, fail } = guard();
		signIns.succeeded("copier", "10.0.0.5");
		for (let host = 1; host <= 8; host += 1) fail(1, "copier", `10.9.9.${host}`);
		expect(signIns.isLocked("copier", "10.9.9.100", false)).toBe(true);
		expect(signIns.isLocked("copier", "10.0.0.5", false)).toBe(false);
		expect(signIns.isLocked("copier", "10.0.0.77", true)).toBe(false);
		expect(signIns.isLocked("plc", "10.9.9.100", false)).toBe(false);
	});

	it("never locks longer than a quarter of an hour, and is forgotten after an hour", () => {
		const { clock, signIns, fail } = guard();
		fail(200, "copier", "10.0.0.9");
		clock.elapsedMs += 15 * 60_000 - 1;
		expect(signIns.isLocked("copier", "10.0.0.9", false)).toBe(true);
		clock.elapsedMs += 2;
		expect(signIns.isLocked("copier", "10.0.0.9", false)).toBe(false);
		clock.elapsedMs += 60 * 60_000;
		fail(4, "copier", "10.0.0.9");
		expect(signIns.isLocked("copier", "10.0.0.9", false)).toBe(false);
	});

	it("takes an IPv6 network for one guesser", () => {
		const { signIns, fail } = guard();
		for (let host = 1; host <= 5; host += 1) fail(1, `user-${host}`, `2001:db8::${host}`);
		expect(signIns.isLocked("any", "2001:db8::ffff", false)).toBe(true);
		expect(signIns.isLocked("any", "2001:db8:0:1::1", false)).toBe(false);
	});

	it("is forgiven by signing in", () => {
		const { clock, signIns, fail } = guard();
		fail(5, "copier", "10.0.0.9");
		clock.elapsedMs += 5000;
		signIns.succeeded("copier", "10.0.0.9");
		fail(4, "copier", "10.0.0.9");
		expect(signIns.isLocked("copier", "10.0.0.9", false)).toBe(false);
	});

	it("holds a bounded number of counters", () => {
		const { signIns, fail } = guard();
		fail(5, "victim", "10.0.0.9");
		for (let count = 0; count < 20_000; count += 1) signIns.failed(`user-${count}`, "10.0.0.8");
		expect(signIns.isLocked("user-0", "10.0.0.7", false)).toBe(false);
		expect(signIns.isLocked("any", "10.0.0.8", false)).toBe(true);
	});
});
