/**
 * How many attempts of one account may run at once: what its transport allows, less what was learned.
 * For gate.ts. Pure; time is monotonic milliseconds.
 *
 * After an outage one attempt runs, and one more with each that succeeds, so that the boxes behind one
 * provider do not all come back with all they have (the slow start of RFC 5681 §3.1). Time alone
 * raises it as well: a first message of 150 MB must not keep an alarm waiting for minutes.
 *
 * When Microsoft says that too much ran at once (429 MailboxConcurrency, SMTP 432), another program
 * uses the mailbox too: one less is run for some minutes.
 */

/** Slow start gains one attempt in this time without a success. */
const RAMP_MS = 2_000;
/** Refusals of attempts that ran together are one refusal. */
const SAME_CROWD_MS = 3_000;
/** One attempt more is dared after so long without a refusal. */
const QUIET_MS = 3 * 60_000;

export class Concurrency {
	/** Attempts at once in slow start. */
	#start = Number.POSITIVE_INFINITY;
	#startAtMs = 0;
	/** Attempts at once that Microsoft did not mind. */
	#ceiling = Number.POSITIVE_INFINITY;
	#crowdedAtMs = Number.NEGATIVE_INFINITY;

	/** At least 1. */
	limit(most: number, nowMs: number): number {
		const start = this.#start + (nowMs - this.#startAtMs) / RAMP_MS;
		const ceiling = this.#ceiling + Math.max(0, nowMs - this.#crowdedAtMs) / QUIET_MS;
		if (start >= most) this.#start = Number.POSITIVE_INFINITY;
		if (ceiling >= most) this.#ceiling = Number.POSITIVE_INFINITY;
		return Math.max(1, Math.floor(Math.min(most, start, ceiling)));
	}

	/** When to look again whether time has raised the limit; undefined when it is `most`. */
	lookAgainAtMs(most: number, nowMs: number): number | undefined {
		return this.limit(most, nowMs) < most ? nowMs + RAMP_MS : undefined;
	}

	/** The way is open again: begin with one. */
	restart(nowMs: number): void {
		this.#start = 1;
		this.#startAtMs = nowMs;
	}

	/** True when that raised the limit. */
	succeeded(): boolean {
		this.#start += 1;
		return Number.isFinite(this.#start);
	}

	/** Refused because too much ran at once, under the limit in force for `most`. */
	crowded(most: number, nowMs: number): void {
		if (nowMs - this.#crowdedAtMs < SAME_CROWD_MS) return;
		this.#ceiling = Math.max(1, this.limit(most, nowMs) - 1);
		this.#crowdedAtMs = nowMs;
	}
}
