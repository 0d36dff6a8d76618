/**
 * Reads times such as `30d`, retry schedules such as `1m, 5m*3, 1h` and rates such as `120/h`, for
 * the configuration, and writes them. Pure; a bad text gives a `Refusal`.
 */

import { CONFIGURING } from "../words/configuring.ts";
import { say } from "../words/saying.ts";
import { Refusal } from "./refusal.ts";
import { formatSize, readSize } from "./size.ts";

const UNIT_MS: Readonly<Record<string, number>> = {
	ms: 1,
	s: 1000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
	w: 604_800_000,
};
const DURATION = /^(\d{1,9}) ?(ms|s|m|h|d|w)$/;
/** Ten years: longer than any box lives, short enough to add to a date. */
const LONGEST_MS = 10 * 366 * 86_400_000;

/** A time in milliseconds, longer than none and at most ten years. */
export function readDuration(text: string): number | Refusal {
	const [, amount, unit] = DURATION.exec(text.trim()) ?? [];
	const unitMs = UNIT_MS[unit ?? ""];
	if (amount === undefined || unitMs === undefined) {
		return new Refusal(CONFIGURING.noTime);
	}
	const durationMs = Number(amount) * unitMs;
	if (durationMs === 0) return new Refusal(CONFIGURING.noTimeAtAll);
	if (durationMs > LONGEST_MS) return new Refusal(CONFIGURING.overTenYears);
	return durationMs;
}

const RETRY_STEP = /^(.+?)(?: ?\* ?(\d{1,4}))?$/;
const MOST_RETRY_STEPS = 1000;

/** A retry schedule as waits in milliseconds, `5m*3` written out thrice; the last one repeats for ever. */
export function readRetrySchedule(text: string): readonly number[] | Refusal {
	const waitsMs: number[] = [];
	for (const step of text.split(",")) {
		const [, wait = "", times = "1"] = RETRY_STEP.exec(step.trim()) ?? [];
		const waitMs = readDuration(wait);
		if (waitMs instanceof Refusal || Number(times) === 0) {
			return new Refusal(CONFIGURING.noRetrySchedule);
		}
		if (waitsMs.length + Number(times) > MOST_RETRY_STEPS) {
			return new Refusal(say(CONFIGURING.tooManyWaits, { most: MOST_RETRY_STEPS }));
		}
		for (let count = 0; count < Number(times); count += 1) waitsMs.push(waitMs);
	}
	return waitsMs;
}

/** Longer would be silence. */
const LONGEST_PAUSE_MS = 86_400_000;

/** A time of at most a day in milliseconds, for what a device leaves between two of its messages. */
export function readPause(text: string): number | Refusal {
	const pauseMs = readDuration(text);
	if (pauseMs instanceof Refusal || pauseMs <= LONGEST_PAUSE_MS) return pauseMs;
	return new Refusal(CONFIGURING.overOneDay);
}

export interface Rate {
	readonly count: number;
	readonly perMs: number;
}

/** Bytes in a time. */
export type Quota = Rate;

const QUOTA = /^(.+?) ?\/ ?(h|d|w)$/;
const QUOTA_BOUNDS = { leastBytes: 1_000, mostBytes: 10e12 };

/** Bytes per hour, day or week, from `500MB/d`. */
export function readQuota(text: string): Quota | Refusal {
	const [, size, unit] = QUOTA.exec(text.trim()) ?? [];
	const perMs = UNIT_MS[unit ?? ""];
	const bytes = size === undefined ? undefined : readSize(size, QUOTA_BOUNDS);
	if (typeof bytes === "number" && perMs !== undefined) return { count: bytes, perMs };
	return new Refusal(CONFIGURING.noQuota);
}

const RATE = /^(\d{1,7}) ?\/ ?(s|m|h|d)$/;

/** Messages per second, minute, hour or day, from `120/h`. */
export function readRate(text: string): Rate | Refusal {
	const [, count, unit] = RATE.exec(text.trim()) ?? [];
	const perMs = UNIT_MS[unit ?? ""];
	if (count === undefined || perMs === undefined || Number(count) === 0) {
		return new Refusal(CONFIGURING.noRate);
	}
	return { count: Number(count), perMs };
}

/** The shortest text that `readDuration` reads as this: `90m`, `5d`. */
export function formatDuration(ms: number): string {
	for (const unit of ["d", "h", "m", "s"]) {
		const unitMs = UNIT_MS[unit] ?? 1;
		if (ms % unitMs === 0) return `${ms / unitMs}${unit}`;
	}
	return `${ms}ms`;
}

/** `120/h` */
export function formatRate({ count, perMs }: Rate): string {
	return `${count}/${unitOf(perMs)}`;
}

/** `500MB/d` */
export function formatQuota({ count, perMs }: Quota): string {
	return `${formatSize(count)}/${unitOf(perMs)}`;
}

/** Of a rate or a quota, which know no other times. */
function unitOf(perMs: number): string {
	return Object.entries(UNIT_MS).find(([, ms]) => ms === perMs)?.[0] ?? "d";
}
