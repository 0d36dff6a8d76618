/**
 * The only way to read time. `SystemClock` for the appliance; tests give their own.
 *
 * Two times are kept apart: `now()` is the wall clock and may step by years on a box without
 * a clock chip; `monotonicMs()` never goes back within one run and decides timeouts and retries.
 */
import { setTimeout as delay } from "node:timers/promises";

export interface Clock {
	/** Wall clock, milliseconds since 1970. */
	now(): number;
	/** Milliseconds since an arbitrary start; never steps. */
	monotonicMs(): number;
	/** Resolves after `durationMs`, or at once (without error) when `signal` aborts. */
	sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
}

/** The longest delay Node's timers hold (2^31 - 1 ms); a longer one would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

export class SystemClock implements Clock {
	now(): number {
		return Date.now();
	}

	monotonicMs(): number {
		return performance.now();
	}

	async sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
		const boundedMs = Math.min(Math.max(0, durationMs), LONGEST_TIMER_MS);
		try {
			await delay(boundedMs, undefined, signal === undefined ? {} : { signal });
		} catch (error) {
			if (signal?.aborted !== true) throw error;
		}
	}
}
