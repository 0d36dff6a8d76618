/**
 * How soon an account may ask for a token again after it was refused one. MSAL forgets its own
 * throttling whenever its cache is reloaded, and Microsoft answers insistence with AADSTS50196 and
 * worse; so every refresh passes here. One gate per account.
 */
import type { Clock } from "../clock.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { SignInFault } from "./sign-in-errors.ts";

/** A line that is down is no storm for Microsoft, and mail shall leave within seconds of its return. */
const UNREACHED_MS = 1000;
const FIRST_WAIT_MS = 5000;
const LONGEST_WAIT_MS = 10 * 60_000;

export class RefreshGate {
	readonly #clock: Clock;
	#closedUntilMs = Number.NEGATIVE_INFINITY;
	#failures = 0;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Milliseconds until a request may be made; 0 when it may now. */
	waitMs(): number {
		return Math.max(0, this.#closedUntilMs - this.#clock.monotonicMs());
	}

	opened(): void {
		this.#failures = 0;
		this.#closedUntilMs = Number.NEGATIVE_INFINITY;
	}

	/**
	 * Closes it for as long as a transient fault calls for; `Retry-After` is obeyed to the second. A
	 * refusal of another kind belongs to one resource, and whoever asked for it remembers it.
	 */
	refused(fault: SignInFault): void {
		if (fault.kind === "transient") this.#closedUntilMs = this.#clock.monotonicMs() + this.#waitAfter(fault);
	}

	#waitAfter(fault: SignInFault): number {
		if (!fault.reached) return UNREACHED_MS;
		this.#failures += 1;
		const growingMs = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#failures - 1));
		const jitteredMs = growingMs * (0.8 + 0.4 * Math.random());
		return retryAfterMs(fault.retryAfter, this.#clock.now()) ?? jitteredMs;
	}
}
