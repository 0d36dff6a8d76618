import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { retryAfterMs } from "./retry-after.ts";

const NOW = Date.parse("2026-11-20T08:00:00Z");

describe("Retry-After", () => {
	it("is read as seconds or as a date", () => {
		expect(retryAfterMs("120", NOW)).toBe(120_000);
		expect(retryAfterMs("Fri, 20 Nov 2026 08:00:30 GMT", NOW)).toBe(30_000);
		expect(retryAfterMs("Fri, 20 Nov 2026 07:00:00 GMT", NOW)).toBe(0);
	});

	it("says nothing when it is absent or unreadable", () => {
		for (const value of [undefined, "", "soon", "-5 minutes"]) {
			expect(retryAfterMs(value, NOW)).toBeUndefined();
		}
	});

	it("is never negative and never longer than a day", () => {
		fc.assert(
			fc.property(fc.oneof(fc.string(), fc.double().map(String), fc.date().map(String)), (value) => {
				const waitMs = retryAfterMs(value, NOW) ?? 0;
				expect(waitMs).toBeGreaterThanOrEqual(0);
				expect(waitMs).toBeLessThanOrEqual(86_400_000);
			}),
		);
	});
});
