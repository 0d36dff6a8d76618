/**
 * When a deferred message is tried again, and when it has been tried long enough. Pure.
 *
 * A message is only deferred by an attempt that reached Microsoft (a dead link defers nothing), so
 * the waits between its attempts add up to the time in which its delivery was possible. Expiry is
 * measured by that sum and never by the wall clock, which may step by years on a box without a
 * clock chip.
 */

/** Each wait is varied by up to this share either way, so that messages of one moment spread out. */
const JITTER_SHARE = 0.1;

/** The wait after attempt number `attempts` (1 = the first), without jitter; the last one repeats. */
function waitAfterMs(schedule: readonly number[], attempts: number): number {
	return schedule[Math.min(attempts, schedule.length) - 1] ?? 60_000;
}

/** The same, varied; `random` is in [0, 1). */
export function jitteredWaitMs(schedule: readonly number[], attempts: number, random: number): number {
	return Math.round(waitAfterMs(schedule, attempts) * (1 + JITTER_SHARE * (2 * random - 1)));
}

/** True when the waits up to and after attempt `attempts` reach `expireAfterMs`. */
export function isExpired(schedule: readonly number[], attempts: number, expireAfterMs: number): boolean {
	const named = Math.min(attempts, schedule.length);
	let waitedMs = 0;
	for (let attempt = 1; attempt <= named; attempt += 1) waitedMs += waitAfterMs(schedule, attempt);
	waitedMs += (attempts - named) * waitAfterMs(schedule, attempts);
	return waitedMs >= expireAfterMs;
}
