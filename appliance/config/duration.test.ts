import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	formatDuration,
	formatQuota,
	formatRate,
	readDuration,
	readQuota,
	readRate,
	readRetrySchedule,
} from "./duration.ts";
import { Refusal } from "./refusal.ts";

const MINUTE_MS = 60_000;

describe("times", () => {
	it.each([
		["30d", 2_592_000_000],
		["1m", MINUTE_MS],
		["90s", 90_000],
		["2h", 7_200_000],
		["250ms", 250],
		["1 w", 604_800_000],
	])("reads %s", (text, durationMs) => {
		expect(readDuration(text)).toBe(durationMs);
	});

	it.each(["", "d", "30", "30 days", "-1d", "1.5h", "0s", "999999w"])("refuses %j", (text) => {
		expect(readDuration(text)).toBeInstanceOf(Refusal);
	});
});

describe("retry schedules", () => {
	it("writes repetitions out", () => {
		expect(readRetrySchedule("1m, 2m, 5m*3, 15m * 4,1h")).toEqual(
			[1, 2, 5, 5, 5, 15, 15, 15, 15, 60].map((minutes) => minutes * MINUTE_MS),
		);
	});

	it.each(["", ",", "1m,", "1m*0", "5m**3", "*3", "1m 2m", "1m*1001", "1m*999, 1m*2"])(
		"refuses %j",
		(text) => {
			expect(readRetrySchedule(text)).toBeInstanceOf(Refusal);
		},
	);

	it("gives a bounded list of waits or a refusal for any text", () => {
		const step = fc.tuple(fc.integer({ min: 0, max: 99 }), fc.constantFrom("s", "m", "h", "x"), fc.nat(1200));
		const texts = fc
			.array(step)
			.map((steps) => steps.map(([n, unit, times]) => `${n}${unit}*${times}`).join(", "));
		fc.assert(
			fc.property(fc.oneof(fc.string(), texts), (text) => {
				const waitsMs = readRetrySchedule(text);
				if (waitsMs instanceof Refusal) return;
				expect(waitsMs.length).toBeGreaterThan(0);
				expect(waitsMs.length).toBeLessThanOrEqual(1000);
				expect(Math.min(...waitsMs)).toBeGreaterThan(0);
			}),
		);
	});
});

describe("rates", () => {
	it("reads messages per time", () => {
		expect(readRate("120/h")).toEqual({ count: 120, perMs: 3_600_000 });
		expect(readRate("5 / s")).toEqual({ count: 5, perMs: 1000 });
	});

	it.each(["", "120", "0/h", "h", "120/w", "-1/h", "1/ms"])("refuses %j", (text) => {
		expect(readRate(text)).toBeInstanceOf(Refusal);
	});
});

describe("quotas", () => {
	it("reads bytes per time", () => {
		expect(readQuota("500MB/d")).toEqual({ count: 500_000_000, perMs: 86_400_000 });
		expect(readQuota("1.5 GiB / w")).toEqual({ count: 1_610_612_736, perMs: 604_800_000 });
	});

	it.each(["", "500MB", "500MB/s", "0MB/d", "10B/d", "MB/d", "99999GB/d"])("refuses %j", (text) => {
		expect(readQuota(text)).toBeInstanceOf(Refusal);
	});
});

describe("times, rates and quotas that are written", () => {
	it("are read as what they were", () => {
		const amount = fc.integer({ min: 1, max: 9_999 });
		fc.assert(
			fc.property(amount, fc.constantFrom("ms", "s", "m", "h", "d"), (number, unit) => {
				const read = readDuration(`${number}${unit}`);
				if (!(read instanceof Refusal)) expect(readDuration(formatDuration(read))).toBe(read);
			}),
		);
		fc.assert(
			fc.property(amount, fc.constantFrom("s", "m", "h", "d"), (number, unit) => {
				const text = `${number}/${unit}`;
				const read = readRate(text);
				expect(read instanceof Refusal ? "refused" : formatRate(read)).toBe(text);
			}),
		);
		fc.assert(
			fc.property(
				amount,
				fc.constantFrom("kB", "MB", "KiB"),
				fc.constantFrom("h", "d", "w"),
				(number, of, unit) => {
					const read = readQuota(`${number}${of}/${unit}`);
					if (!(read instanceof Refusal)) expect(readQuota(formatQuota(read))).toEqual(read);
				},
			),
		);
	});
});
