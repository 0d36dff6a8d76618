/** What rhythms.ts claims of itself: each is told from each by a person, also by one who sees no colours, and none does harm. */
import { describe, expect, it } from "vitest";
import type { LightMeaning } from "./meaning.ts";
import { cycleMs, litShare, MEANINGS, RHYTHMS, type Rhythm, TROUBLES } from "./rhythms.ts";

/** Flashes in a cycle; a steady light has none. */
const flashes = (rhythm: Rhythm) => Math.floor(rhythm.length / 2);
const longer = (a: number, b: number) => Math.max(a, b) / Math.min(a, b);

const PAIRS = MEANINGS.flatMap((one, index) =>
	MEANINGS.slice(index + 1).map((other): [LightMeaning, LightMeaning] => [one, other]),
);

describe("the rhythms", () => {
	it("are one for each meaning", () => {
		expect(new Set(MEANINGS)).toEqual(new Set(Object.keys(RHYTHMS)));
		expect(MEANINGS).toHaveLength(9);
	});

	it.each(PAIRS)("%s and %s are apart by count, by share of light or by pace", (one, other) => {
		const [a, b] = [RHYTHMS[one], RHYTHMS[other]];
		const isApart =
			flashes(a) !== flashes(b) ||
			Math.abs(litShare(a) - litShare(b)) >= 0.29 ||
			longer(cycleMs(a), cycleMs(b)) >= 3;
		expect(isApart).toBe(true);
	});

	it.each(Object.entries(RHYTHMS))("%s flashes at most three times in any second", (_, rhythm) => {
		const litAt: number[] = [];
		for (let atMs = 0, step = 0; atMs < 20_000; step += 1) {
			if (step % 2 === 0) litAt.push(atMs);
			atMs += rhythm[step % rhythm.length] ?? 1_000;
			if (rhythm.length === 1) break;
		}
		const within = litAt.map((from) => litAt.filter((at) => at >= from && at < from + 1_000).length);
		expect(Math.max(...within)).toBeLessThanOrEqual(3);
	});

	it.each(Object.entries(RHYTHMS))(
		"%s has nothing too short to be seen, or too long to wait for",
		(_, rhythm) => {
			expect(rhythm.length === 1 || rhythm.length % 2 === 0).toBe(true);
			expect(Math.min(...rhythm)).toBeGreaterThanOrEqual(100);
			if (rhythm.length > 1) expect(cycleMs(rhythm)).toBeLessThanOrEqual(4_000);
		},
	);

	it("are mostly dark for trouble, and at least half lit while mail is in good hands", () => {
		const dark = MEANINGS.filter((meaning) => litShare(RHYTHMS[meaning]) < 0.3);
		expect(new Set(dark)).toEqual(TROUBLES);
	});
});
