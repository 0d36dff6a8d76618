import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { SlidingWindow } from "./sliding-window.ts";
import { mostInAnyWindow } from "./testing/any-window.ts";

const MINUTE_MS = 60_000;

function begin(window: SlidingWindow, nowMs: number): void {
	window.hold(1, nowMs);
	window.letGo(1);
	window.take(1, nowMs);
}

describe("a sliding window", () => {
	it("is never exceeded, whatever arrives and from wherever somebody counts", () => {
		const arrivals = fc.array(
			fc.record({ afterMs: fc.nat({ max: 20_000 }), amount: fc.integer({ min: 1, max: 6 }) }),
			{ maxLength: 200 },
		);
		fc.assert(
			fc.property(arrivals, fc.constantFrom(0.1, 0.5, 1), fc.nat(1e9), (given, spreadFrom, startMs) => {
				const window = new SlidingWindow(MINUTE_MS);
				const terms = { most: 30, spreadFrom };
				const taken: [number, number][] = [];
				let nowMs = startMs;
				for (const { afterMs, amount } of given) {
					nowMs += afterMs;
					for (let waitMs = 1; waitMs > 0; nowMs += waitMs) waitMs = window.waitMs(amount, terms, nowMs);
					window.hold(amount, nowMs);
					window.letGo(amount);
					window.take(amount, nowMs);
					taken.push([nowMs, amount]);
				}
				expect(mostInAnyWindow(taken, MINUTE_MS)).toBeLessThanOrEqual(terms.most);
			}),
		);
	});

	it("lets a backlog drain at no less than nine tenths of the limit, however it is spread", () => {
		for (const spreadFrom of [0, 0.5, 1]) {
			for (const most of [1, 2, 7, 30, 10_000]) {
				const window = new SlidingWindow(MINUTE_MS);
				let taken = 0;
				let nowMs = 0;
				while (nowMs < 20 * MINUTE_MS) {
					const waitMs = window.waitMs(1, { most, spreadFrom }, nowMs);
					if (waitMs === 0) {
						begin(window, nowMs);
						taken += 1;
					}
					nowMs += waitMs;
				}
				expect([most, spreadFrom, taken >= 0.9 * 20 * most]).toEqual([most, spreadFrom, true]);
			}
		}
	});

	it("lets half a minute's messages leave at once, and then has room every few seconds", () => {
		const window = new SlidingWindow(MINUTE_MS);
		const terms = { most: 30, spreadFrom: 0.5 };
		let nowMs = 0;
		let longestMs = 0;
		for (let message = 0; message < 200; message += 1) {
			const waitMs = window.waitMs(1, terms, nowMs);
			if (message < 15) expect(waitMs).toBe(0);
			longestMs = Math.max(longestMs, waitMs);
			nowMs += waitMs;
			begin(window, nowMs);
		}
		expect(longestMs).toBeLessThan(5_000);
	});

	it("takes what is larger than the limit when nothing else was taken", () => {
		const window = new SlidingWindow(MINUTE_MS);
		const terms = { most: 10, spreadFrom: 1 };
		expect(window.waitMs(25, terms, 0)).toBe(0);
		window.take(25, 0);
		const waitMs = window.waitMs(1, terms, 0);
		expect(waitMs).toBeGreaterThanOrEqual(MINUTE_MS);
		expect(window.waitMs(1, terms, waitMs)).toBe(0);
	});

	it("counts what is promised until that is let go", () => {
		const window = new SlidingWindow(MINUTE_MS);
		const terms = { most: 10, spreadFrom: 1 };
		window.hold(6, 0);
		expect(window.waitMs(5, terms, 0)).toBeGreaterThan(0);
		window.letGo(4);
		window.take(4, 0);
		expect(window.used(0)).toBe(4);
		expect(window.waitMs(4, terms, 0)).toBe(0);
		expect(window.waitMs(5, terms, 0)).toBeGreaterThan(0);
		window.letGo(2);
		expect(window.waitMs(6, terms, 0)).toBe(0);
	});

	it("is the same after it was kept and put back, less what time has freed", () => {
		const entries = fc.array(fc.tuple(fc.nat(30_000), fc.integer({ min: 1, max: 9 })), { maxLength: 40 });
		fc.assert(
			fc.property(entries, fc.nat(2 * MINUTE_MS), fc.nat(1e6), (given, elapsedMs, restartMs) => {
				const before = new SlidingWindow(MINUTE_MS);
				let nowMs = 0;
				for (const [afterMs, amount] of given) {
					nowMs += afterMs;
					before.take(amount, nowMs);
				}
				const after = new SlidingWindow(MINUTE_MS);
				after.restore(before.counts(nowMs), elapsedMs, restartMs);
				const exact = given.length === 0 ? 0 : before.used(nowMs + elapsedMs);
				// A bucket is moved as a whole, so it may be counted for one bucket's time too long or too short.
				expect(after.used(restartMs)).toBeLessThanOrEqual(before.used(nowMs));
				expect(after.used(restartMs + 1_001)).toBeLessThanOrEqual(exact);
			}),
		);
	});
});
