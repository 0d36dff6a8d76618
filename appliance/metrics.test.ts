/** Counts of mail over time, with clocks of all kinds. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Traffic } from "./metrics.ts";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;
const NOON_MS = new Date(2026, 10, 20, 12, 0, 0).getTime();

const accepted = (points: readonly { accepted: number }[]) =>
	points.reduce((sum, point) => sum + point.accepted, 0);

describe("traffic", () => {
	it("has a slice for each minute, hour and day, the present one last", () => {
		const traffic = new Traffic();
		traffic.note("Copier", { accepted: 2, acceptedBytes: 500 }, NOON_MS - 30 * 60_000);
		traffic.note("Camera", { accepted: 1 }, NOON_MS);
		const hour = traffic.series("hour", NOON_MS);
		expect([hour.length, accepted(hour), hour.at(-1)?.accepted, hour.at(-31)?.accepted]).toEqual([
			60, 3, 1, 2,
		]);
		const day = traffic.series("day", NOON_MS);
		expect([day.length, day.at(-1)?.accepted, day.at(-2)?.accepted]).toEqual([24, 1, 2]);
		const month = traffic.series("month", NOON_MS);
		expect([month.length, month.at(-1)?.accepted]).toEqual([31, 3]);
		expect(accepted(traffic.series("day", NOON_MS, "Copier"))).toBe(2);
		expect(traffic.totals).toMatchObject({ accepted: 3, acceptedBytes: 500 });
	});

	it("loses nothing: what was noted within the time is in the slices, by device and in all", () => {
		const note = fc.record({ device: fc.constantFrom("a", "b", "c"), agoMs: fc.nat(23 * HOUR_MS) });
		fc.assert(
			fc.property(fc.array(note, { maxLength: 50 }), (notes) => {
				const traffic = new Traffic();
				for (const { device, agoMs } of notes.toSorted((a, b) => b.agoMs - a.agoMs)) {
					traffic.note(device, { accepted: 1 }, NOON_MS - agoMs);
				}
				expect(accepted(traffic.series("day", NOON_MS))).toBe(notes.length);
				for (const device of ["a", "b", "c"]) {
					const own = notes.filter((one) => one.device === device).length;
					expect(accepted(traffic.series("day", NOON_MS, device))).toBe(own);
				}
			}),
		);
	});

	it("keeps the most that waited", () => {
		const traffic = new Traffic();
		for (const waiting of [3, 9, 4]) traffic.noteWaiting(waiting, NOON_MS);
		expect(traffic.series("hour", NOON_MS).at(-1)?.waiting).toBe(9);
	});

	it("survives being saved", () => {
		const traffic = new Traffic();
		traffic.note("Copier", { delivered: 4, refused: 1 }, NOON_MS);
		const again = new Traffic();
		again.restore(JSON.parse(JSON.stringify(traffic.toSave(NOON_MS))));
		expect(again.series("month", NOON_MS)).toEqual(traffic.series("month", NOON_MS));
		expect(again.series("day", NOON_MS, "Copier")).toEqual(traffic.series("day", NOON_MS, "Copier"));
	});

	it("of a box that booted in 1970 is not moved to 2026, nor what was counted in the future to now", () => {
		const traffic = new Traffic();
		traffic.note("Copier", { accepted: 5 }, 1000);
		traffic.note("Copier", { accepted: 1 }, NOON_MS);
		expect(accepted(traffic.series("month", NOON_MS))).toBe(1);
		traffic.note("Copier", { accepted: 7 }, NOON_MS + 40 * DAY_MS);
		expect(accepted(traffic.series("month", NOON_MS))).toBe(1);
	});

	it("of before is there again when a box that started in 1970, and was stopped there, knows the time", () => {
		const before = new Traffic();
		before.note("Copier", { accepted: 3 }, NOON_MS);
		const in1970 = new Traffic();
		in1970.restore(before.toSave(NOON_MS));
		in1970.note("Copier", { accepted: 5 }, 60_000);
		expect(accepted(in1970.series("month", 60_000))).toBe(5);
		const after = new Traffic();
		after.restore(in1970.toSave(120_000));
		after.note("Copier", { accepted: 1 }, NOON_MS + 60_000);
		expect(accepted(after.series("month", NOON_MS + 60_000))).toBe(4);
		expect(after.toSave(NOON_MS + 60_000).month).toHaveLength(1);
	});

	it("goes by clocks that step to and fro: no count is lost within the time, none is seen twice", () => {
		const step = fc.record({ stepMs: fc.integer({ min: -3 * HOUR_MS, max: 3 * HOUR_MS }), count: fc.nat(5) });
		fc.assert(
			fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
				const traffic = new Traffic();
				const at: { readonly ms: number; readonly count: number }[] = [];
				let nowMs = NOON_MS;
				for (const { stepMs, count } of steps) {
					nowMs += stepMs;
					traffic.note("Copier", { accepted: count }, nowMs);
					at.push({ ms: nowMs, count });
				}
				const day = traffic.series("day", nowMs);
				const [from, to] = [day[0]?.startsAtMs ?? 0, (day.at(-1)?.startsAtMs ?? 0) + HOUR_MS];
				const within = at.filter(({ ms }) => ms >= from && ms < to);
				expect(accepted(day)).toBe(within.reduce((sum, { count }) => sum + count, 0));
				expect(day.map(({ startsAtMs }) => startsAtMs)).toEqual(
					Array.from({ length: 24 }, (_, index) => from + index * HOUR_MS),
				);
			}),
		);
	});

	it("does not grow with time nor with names", () => {
		const traffic = new Traffic();
		for (let slice = 0; slice < 500; slice += 1) {
			for (let device = 0; device < 5; device += 1) {
				traffic.note(`device ${slice * 5 + device}`, { accepted: 1 }, NOON_MS + slice * 60_000);
			}
		}
		const slices = traffic.toSave(NOON_MS + 500 * 60_000);
		for (const { counts } of [...slices.hour, ...slices.day, ...slices.month]) {
			expect(Object.keys(counts).length).toBeLessThanOrEqual(201);
		}
		expect(JSON.stringify(slices).length).toBeLessThan(100_000);
	});
});
