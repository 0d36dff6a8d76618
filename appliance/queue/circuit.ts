/**
 * One account's circuit: closed while mail flows, open after trouble that concerns the account or
 * the link, and then tested by one message at a time. Pure; time is monotonic milliseconds.
 *
 * A dead link is probed at most `LONGEST_PROBE_WAIT_MS` apart however long it lasts, because the
 * first message should leave within seconds of its return, and a refused connection costs nothing.
 */
import type { AccountTrouble } from "./transport.ts";

export type CircuitState = "closed" | "open" | "probing";

const FIRST_PROBE_WAIT_MS = 500;
const LONGEST_PROBE_WAIT_MS = 4_000;
/** Waiting for a person: nothing is asked of Microsoft, the sign-in itself closes the circuit. */
const SIGN_IN_LOOK_WAIT_MS = 15_000;
const BLOCKED_WAIT_MS = 60_000;

export class Circuit {
	#trouble: AccountTrouble | undefined;
	#troubles = 0;
	#openUntilMs = 0;
	#probing = false;

	get trouble(): AccountTrouble | undefined {
		return this.#trouble;
	}

	get state(): CircuitState {
		if (this.#trouble === undefined) return "closed";
		return this.#probing ? "probing" : "open";
	}

	/** When the next probe may start; meaningful while open. */
	get openUntilMs(): number {
		return this.#openUntilMs;
	}

	/** May an attempt start now? While open, at most one probe at a time. */
	admits(nowMs: number): boolean {
		if (this.#trouble === undefined) return true;
		return !this.#probing && nowMs >= this.#openUntilMs;
	}

	/** An attempt starts that `admits` allowed. */
	begin(): void {
		if (this.#trouble !== undefined) this.#probing = true;
	}

	/** An attempt reached Microsoft and had an answer of its own. True when this closed the circuit. */
	succeeded(): boolean {
		const closes = this.#trouble !== undefined;
		this.#trouble = undefined;
		this.#troubles = 0;
		this.#probing = false;
		return closes;
	}

	/** An attempt met trouble of the account's. True when this opened the circuit. */
	failed(trouble: AccountTrouble, nowMs: number): boolean {
		const opens = this.#trouble === undefined;
		this.#probing = false;
		// Attempts that were in flight when the circuit opened end with the same trouble; they do not
		// push the next probe further away.
		if (opens || nowMs >= this.#openUntilMs) {
			this.#openUntilMs = nowMs + waitMs(trouble, this.#troubles);
			this.#troubles += 1;
		} else if (trouble.retryAfterMs !== undefined) {
			this.#openUntilMs = Math.max(this.#openUntilMs, nowMs + trouble.retryAfterMs);
		}
		this.#trouble = trouble;
		return opens;
	}

	/** The reason may be gone (someone signed in, the owner asked): the next attempt probes at once. */
	nudge(nowMs: number): void {
		this.#openUntilMs = Math.min(this.#openUntilMs, nowMs);
		this.#troubles = 0;
	}
}

function waitMs(trouble: AccountTrouble, earlier: number): number {
	if (trouble.retryAfterMs !== undefined) return trouble.retryAfterMs;
	switch (trouble.kind) {
		case "unreachable":
		case "throttled":
			return Math.min(FIRST_PROBE_WAIT_MS * 2 ** Math.min(earlier, 16), LONGEST_PROBE_WAIT_MS);
		case "needs-sign-in":
			return SIGN_IN_LOOK_WAIT_MS;
		case "blocked":
			return BLOCKED_WAIT_MS;
	}
}
