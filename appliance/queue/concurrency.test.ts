import { describe, expect, it } from "vitest";
import { Concurrency } from "./concurrency.ts";

describe("how many attempts run at once", () => {
	it("is what the transport allows, until something is learned", () => {
		expect(new Concurrency().limit(4, 1e9)).toBe(4);
	});

	it("is one after an outage, and one more with each that succeeds", () => {
		const concurrency = new Concurrency();
		concurrency.restart(0);
		const limits = [0, 1, 2, 3, 4].map(() => {
			const limit = concurrency.limit(4, 10);
			concurrency.succeeded();
			return limit;
		});
		expect(limits).toEqual([1, 2, 3, 4, 4]);
	});

	it("grows with time alone, so that one long upload does not hold up the rest", () => {
		const concurrency = new Concurrency();
		concurrency.restart(0);
		let nowMs = 0;
		for (let look = 0; concurrency.limit(4, nowMs) < 4; look += 1) {
			nowMs = concurrency.lookAgainAtMs(4, nowMs) ?? Number.NaN;
			expect(look).toBeLessThan(10);
		}
		expect(nowMs).toBeLessThan(10_000);
		expect(concurrency.lookAgainAtMs(4, nowMs)).toBeUndefined();
	});

	it("is one less for some minutes when Microsoft says that it was too many, never less than one", () => {
		const concurrency = new Concurrency();
		concurrency.crowded(4, 0);
		concurrency.crowded(4, 10);
		expect(concurrency.limit(4, 20)).toBe(3);
		for (let refusal = 1; refusal < 10; refusal += 1) concurrency.crowded(4, refusal * 5_000);
		expect(concurrency.limit(4, 50_000)).toBe(1);
		expect(concurrency.limit(4, 50_000 + 60_000)).toBe(1);
		expect(concurrency.limit(4, 50_000 + 10 * 60_000)).toBe(4);
	});
});
