/**
 * How each meaning looks on one light of one colour: a rhythm, so that nobody needs to tell colours apart. Data, for the
 * kernel (kernel-pattern.ts), the console's pictures and the legend of the README.
 *
 * What keeps them apart for a person at three metres: how often it flashes in a cycle, how much of the time it is lit, how
 * long a cycle lasts. Mostly lit is well, mostly dark is trouble; the more flashes, the graver. No rhythm comes near three
 * flashes a second, where light begins to harm some people (WCAG 2.3.1). rhythms.test.ts holds all of this.
 */
import type { LightMeaning } from "./meaning.ts";

/** Milliseconds lit, dark, lit, dark, …, and again; one number alone is light that stays. */
export type Rhythm = readonly number[];

/** The least a person counts in passing, and the dark between two flashes that belong together. */
const FLASH_MS = 200;
const GAP_MS = 300;

const STEADY_MS = 10_000;

export const RHYTHMS: Readonly<Record<LightMeaning, Rhythm>> = {
	starting: [1_000, 1_000],
	setup: [900, GAP_MS, FLASH_MS, 900],
	working: [STEADY_MS],
	sending: [1_000, FLASH_MS],
	offline: [2_400, FLASH_MS, FLASH_MS, FLASH_MS],
	"needs-you": [FLASH_MS, GAP_MS, FLASH_MS, 1_500],
	storage: [FLASH_MS, GAP_MS, FLASH_MS, GAP_MS, FLASH_MS, 1_500],
	updating: [250, 250],
	stopped: [100, 3_900],
};

/** In the order in which they are shown to somebody who learns them: a box's life, then its troubles. */
export const MEANINGS: readonly LightMeaning[] = [
	...(["starting", "setup", "working", "sending", "offline"] as const),
	...(["needs-you", "storage", "updating", "stopped"] as const),
];

/** For these there is somebody to do something: a red light shows them and nothing else. */
export const TROUBLES: ReadonlySet<LightMeaning> = new Set(["needs-you", "storage", "stopped"]);

/** How long one cycle lasts. */
export function cycleMs(rhythm: Rhythm): number {
	return rhythm.reduce((sum, ms) => sum + ms, 0);
}

/** 0 to 1. */
export function litShare(rhythm: Rhythm): number {
	const litMs = rhythm.filter((_, index) => index % 2 === 0).reduce((sum, ms) => sum + ms, 0);
	return litMs / cycleMs(rhythm);
}
