import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Clock } from "./clock.ts";
import { TrustedTime } from "./trusted-time.ts";

const HOUR_MS = 3_600_000;
const YEAR_MS = 365 * 24 * HOUR_MS;
const REAL_MS = Date.UTC(2026, 10, 25, 8);

/** Real time passes by `pass`; the wall clock is off by `errorMs`. */
class BadClock implements Clock {
	errorMs: number;
	#passedMs = 0;

	constructor(errorMs: number) {
		this.errorMs = errorMs;
	}

	get realMs(): number {
		return REAL_MS + this.#passedMs;
	}

	now(): number {
		return this.realMs + this.errorMs;
	}

	monotonicMs(): number {
		return 5_000 + this.#passedMs;
	}

	pass(ms: number): void {
		this.#passedMs += ms;
	}

	sleep(): Promise<void> {
		return Promise.resolve();
	}
}

describe("trusted time", () => {
	it("is unknown until somebody says it, and then goes on through steps of the clock", () => {
		const clock = new BadClock(-56 * YEAR_MS);
		const time = new TrustedTime(clock);
		expect(time.nowMs()).toBeUndefined();
		clock.pass(HOUR_MS);
		time.heard(clock.realMs);
		clock.pass(HOUR_MS);
		expect(time.nowMs()).toBe(clock.realMs);
		clock.errorMs = 10 * YEAR_MS;
		expect(time.nowMs()).toBe(clock.realMs);
		expect(time.wallErrorMs()).toBe(10 * YEAR_MS);
	});

	it("puts right what the wrong clock said before the real time was known", () => {
		const clock = new BadClock(56 * YEAR_MS);
		const time = new TrustedTime(clock);
		clock.pass(3 * HOUR_MS);
		const reading = clock.now();
		const acceptedAt = clock.realMs;
		time.nowMs();
		clock.pass(20 * 24 * HOUR_MS);
		time.nowMs();
		clock.errorMs = 0;
		time.heard(clock.realMs);
		expect(time.ofReading(reading)).toBe(acceptedAt);
	});

	it("takes a reading of an earlier run for what it says, if that can be, else for now", () => {
		const clock = new BadClock(0);
		const time = new TrustedTime(clock);
		time.heard(clock.realMs);
		const lastWeek = clock.realMs - 7 * 24 * HOUR_MS;
		expect(time.ofReading(lastWeek)).toBe(lastWeek);
		expect(time.ofReading(0)).toBe(clock.realMs);
		expect(time.ofReading(clock.realMs + 5 * YEAR_MS)).toBe(clock.realMs);
	});

	it("never gives a time in the future, or one of a clock that had not been set", () => {
		const step = fc.record({
			passMs: fc.integer({ min: 0, max: 30 * 24 * HOUR_MS }),
			errorMs: fc.integer({ min: -60 * YEAR_MS, max: 60 * YEAR_MS }),
			heard: fc.boolean(),
		});
		void fc.assert(
			fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
				const clock = new BadClock(0);
				const time = new TrustedTime(clock);
				const readings: number[] = [];
				for (const { passMs, errorMs, heard } of steps) {
					clock.pass(passMs);
					readings.push(clock.now());
					time.nowMs();
					clock.errorMs = errorMs;
					if (heard) time.heard(clock.realMs);
				}
				time.heard(clock.realMs);
				for (const reading of readings) {
					const given = time.ofReading(reading);
					expect(given).toBeLessThanOrEqual(clock.realMs + 60_000);
					expect(given).toBeGreaterThanOrEqual(Date.UTC(2024, 0));
				}
			}),
		);
	});
});
