/**
 * What time it really is, for a box whose clock may be wrong by years: it has no clock chip, boots in 1970,
 * and is put right by the network hours later, or never. For the date of mail and for judging dates.
 *
 * The real time is known once somebody has said it over a connection that is trusted (Microsoft's `Date`);
 * from then on it is counted by the monotonic clock, so that no step of the wall clock moves it. What the
 * wall clock said earlier in this run is put right by hindsight. Durations never come from here: they are
 * the monotonic clock's. Never throws.
 */
import type { Clock } from "./clock.ts";

/** Wall and real time this close are the same time: `Date` has seconds, and answers take some to arrive. */
const SAME_TIME_MS = 60_000;
/** Offsets remembered of this run; a clock steps once or twice. */
const MOST_OFFSETS = 32;
/** Two readings of one moment, at either side of a step, may be apart this much. */
const STEP_SLACK_MS = 2_000;

/** For how long the wall clock ran at one distance from the monotonic one. */
interface Stretch {
	readonly offsetMs: number;
	readonly fromMonotonicMs: number;
	toMonotonicMs: number;
}

export class TrustedTime {
	readonly #clock: Clock;
	/** Real time minus monotonic time. */
	#realOffsetMs: number | undefined;
	readonly #stretches: Stretch[] = [];

	constructor(clock: Clock) {
		this.#clock = clock;
		this.#observe();
	}

	/** Somebody trustworthy says that it is `realMs` (since 1970) now. */
	heard(realMs: number): void {
		if (!Number.isFinite(realMs)) return;
		this.#observe();
		this.#realOffsetMs = realMs - this.#clock.monotonicMs();
	}

	/** The real time, milliseconds since 1970; undefined while nobody has said it. */
	nowMs(): number | undefined {
		this.#observe();
		if (this.#realOffsetMs === undefined) return undefined;
		const realMs = this.#realOffsetMs + this.#clock.monotonicMs();
		// A clock that is right knows it better than the last answer's seconds do.
		const wallMs = this.#clock.now();
		return Math.abs(wallMs - realMs) <= SAME_TIME_MS ? wallMs : realMs;
	}

	/**
	 * The real time at which the wall clock said `wallMs`, in this run or an earlier one. What nobody can know
	 * is taken for now: a reading of an earlier run that lies in the future or before there were such boxes.
	 */
	ofReading(wallMs: number): number {
		const nowMs = this.nowMs() ?? this.#clock.now();
		const monotonicMs = this.#monotonicOf(wallMs);
		if (monotonicMs !== undefined && this.#realOffsetMs !== undefined) {
			const realMs = this.#realOffsetMs + monotonicMs;
			return Math.abs(wallMs - realMs) <= SAME_TIME_MS ? wallMs : Math.min(realMs, nowMs);
		}
		return wallMs >= OLDEST_MS && wallMs <= nowMs + SAME_TIME_MS ? wallMs : nowMs;
	}

	/** By how much the wall clock is ahead (negative: behind); 0 while that is not known or too little to matter. */
	wallErrorMs(): number {
		const realMs = this.nowMs();
		return realMs === undefined ? 0 : this.#clock.now() - realMs;
	}

	/** When in this run the wall clock said so; the latest time if there were several. */
	#monotonicOf(wallMs: number): number | undefined {
		for (const { offsetMs, fromMonotonicMs, toMonotonicMs } of this.#stretches.toReversed()) {
			const monotonicMs = wallMs - offsetMs;
			const isWithin =
				monotonicMs >= fromMonotonicMs - STEP_SLACK_MS && monotonicMs <= toMonotonicMs + STEP_SLACK_MS;
			if (isWithin) return monotonicMs;
		}
		return undefined;
	}

	#observe(): void {
		const monotonicMs = this.#clock.monotonicMs();
		const offsetMs = this.#clock.now() - monotonicMs;
		const last = this.#stretches.at(-1);
		// Small corrections (NTP slews) are followed without a new stretch.
		if (last !== undefined && Math.abs(last.offsetMs - offsetMs) < STEP_SLACK_MS) {
			last.toMonotonicMs = monotonicMs;
			return;
		}
		this.#stretches.push({ offsetMs, fromMonotonicMs: monotonicMs, toMonotonicMs: monotonicMs });
		if (this.#stretches.length > MOST_OFFSETS) this.#stretches.shift();
	}
}

/** Before this the box itself does not know what time it is. */
const OLDEST_MS = Date.UTC(2024, 0);
