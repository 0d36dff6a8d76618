import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Allowance } from "./allowance.ts";

const HOUR = 3_600_000;

describe("an allowance", () => {
	it("lets its count through at once, and then one as time gives it back", () => {
		const allowance = new Allowance();
		const limit = { count: 120, perMs: HOUR };
		for (let sent = 0; sent < 120; sent += 1) {
			expect(allowance.waitMs(1, limit, 0)).toBe(0);
			allowance.take(1, limit, 0);
		}
		expect(allowance.waitMs(1, limit, 0)).toBe(30_000);
		expect(allowance.waitMs(1, limit, 29_999)).toBeGreaterThan(0);
		expect(allowance.waitMs(1, limit, 30_000)).toBe(0);
	});

	it("lets something larger than all of it through when all of it is there, and waits off the debt", () => {
		const allowance = new Allowance();
		const limit = { count: 1_000, perMs: HOUR };
		expect(allowance.waitMs(5_000, limit, 0)).toBe(0);
		allowance.take(5_000, limit, 0);
		expect(allowance.waitMs(1, limit, 0)).toBeGreaterThan(4 * HOUR);
	});

	it("never lets more through than its count and what time has given back", () => {
		fc.assert(
			fc.property(fc.array(fc.nat({ max: 10_000 }), { maxLength: 200 }), (pauses) => {
				const allowance = new Allowance();
				const limit = { count: 10, perMs: 10_000 };
				let nowMs = 0;
				let taken = 0;
				for (const pauseMs of pauses) {
					nowMs += pauseMs;
					if (allowance.waitMs(1, limit, nowMs) > 0) continue;
					allowance.take(1, limit, nowMs);
					taken += 1;
				}
				expect(taken).toBeLessThanOrEqual(10 + nowMs / 1_000);
			}),
		);
	});
});
