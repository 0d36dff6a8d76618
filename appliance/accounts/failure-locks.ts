/**
 * Failures in a row, by key: beyond a few, each further one locks the key for twice as long. For
 * `sign-in-guard.ts`; in memory, bounded, monotonic.
 *
 * An attempt under way stands for a failure until it ends, so that attempts made all at once get no
 * further than the same attempts one after the other.
 */
import type { Clock } from "../clock.ts";
import { putNewest } from "./put-newest.ts";

const FREE_FAILURES = 5;
const FIRST_LOCK_MS = 2000;
const LONGEST_LOCK_MS = 15 * 60_000;
/** Failures are forgotten after this long without another. */
export const FORGET_AFTER_MS = 60 * 60_000;
const MOST_KEYS = 5000;

interface Failures {
	readonly count: number;
	readonly lastMs: number;
	readonly underway: number;
}

export class FailureLocks {
	readonly #clock: Clock;
	/** Least recently tried first. */
	readonly #failures = new Map<string, Failures>();

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** `busy`: as many attempts are under way as may fail yet. */
	state(key: string): "open" | "locked" | "busy" {
		const { count, lastMs, underway } = this.#find(key);
		if (lastMs + lockMsAfter(count) > this.#clock.monotonicMs()) return "locked";
		return underway < Math.max(1, FREE_FAILURES - count) ? "open" : "busy";
	}

	begin(key: string): void {
		const before = this.#find(key);
		this.#put(key, { ...before, underway: before.underway + 1 });
	}

	/** Once for each `begin`. */
	end(key: string, failed: boolean): void {
		const before = this.#find(key);
		const underway = Math.max(0, before.underway - 1);
		const failure = { count: before.count + 1, lastMs: this.#clock.monotonicMs() };
		this.#put(key, { ...before, ...(failed ? failure : {}), underway });
	}

	/** As if it had never failed. */
	forgive(key: string): void {
		this.#put(key, { ...this.#find(key), count: 0 });
	}

	#find(key: string): Failures {
		const found = this.#failures.get(key) ?? { count: 0, lastMs: 0, underway: 0 };
		const forgotten = this.#clock.monotonicMs() - found.lastMs > FORGET_AFTER_MS;
		return forgotten ? { ...found, count: 0 } : found;
	}

	#put(key: string, failures: Failures): void {
		if (failures.count === 0 && failures.underway === 0) this.#failures.delete(key);
		else putNewest(this.#failures, key, failures, MOST_KEYS);
	}
}

function lockMsAfter(failures: number): number {
	if (failures < FREE_FAILURES) return 0;
	return Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** (failures - FREE_FAILURES));
}
