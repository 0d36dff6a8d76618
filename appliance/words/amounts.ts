/** How long, to the fullness that a person needs: parts of other sayings. */
import { say } from "./saying.ts";

export const AMOUNTS = {
	second: "1 second",
	seconds: "{#count} seconds",
	minutes: "{#count} minutes",
	hours: "{#count} hours",
	aDay: "a day",
	days: "{#count} days",
} as const;

/** Rounded up: `90 seconds`, `12 minutes`, `5 hours`, `3 days`. */
export function period(ms: number): string {
	const seconds = Math.max(1, Math.ceil(ms / 1000));
	if (seconds === 1) return AMOUNTS.second;
	if (seconds < 120) return say(AMOUNTS.seconds, { count: seconds });
	if (seconds < 7_200) return say(AMOUNTS.minutes, { count: Math.ceil(seconds / 60) });
	if (seconds < 172_800) return say(AMOUNTS.hours, { count: Math.ceil(seconds / 3_600) });
	return say(AMOUNTS.days, { count: Math.ceil(seconds / 86_400) });
}

/** To the nearest of what counts, from a minute on: `12 minutes`, `5 hours`, `3 days`. */
export function nearly(ms: number): string {
	const minutes = ms / 60_000;
	if (minutes < 120) return say(AMOUNTS.minutes, { count: Math.round(minutes) });
	if (minutes < 2_880) return say(AMOUNTS.hours, { count: Math.round(minutes / 60) });
	return say(AMOUNTS.days, { count: Math.round(minutes / 1_440) });
}

/** Rounded down, and at least one. */
export function wholeDays(ms: number): string {
	const days = Math.max(1, Math.floor(ms / 86_400_000));
	return days === 1 ? AMOUNTS.aDay : say(AMOUNTS.days, { count: days });
}
