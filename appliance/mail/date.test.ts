import fc from "fast-check";
import { expect, it } from "vitest";
import { formatDate, parseDate } from "./date.ts";

it("a date that was written is read again, to the second", () => {
	const date = fc.date({ min: new Date("1971-01-01"), max: new Date("2099-12-31"), noInvalidDate: true });
	fc.assert(
		fc.property(date, (any) => {
			expect(parseDate(formatDate(any))).toBe(Math.floor(any.getTime() / 1000) * 1000);
		}),
	);
});

it("the zone counts", () => {
	expect(parseDate("20 Nov 2026 08:00:00 +0130")).toBe(Date.UTC(2026, 10, 20, 6, 30));
	expect(parseDate("20 Nov 2026 08:00:00 -0500")).toBe(Date.UTC(2026, 10, 20, 13));
});

it("what is no date is none", () => {
	for (const text of [
		"",
		"today",
		"2026-11-20",
		"20 Foo 2026 08:00",
		"32 Nov 2026 08:00",
		"20 Nov 2026 24:00",
	]) {
		expect(parseDate(text)).toBeUndefined();
	}
});
