/**
 * One account's circuit: closed while mail flows, open after trouble that concerns the account or
 * the link, and then tested by one message at a time. Pure; time is monotonic milliseconds.
 *
 * A dead link is probed at most `LONGEST_PROBE_WAIT_MS` apart however long it lasts, because the
 * first message should leave within seconds of its return, and a refused connection costs nothing.
 * What Microsoft asks for (`Retry-After`) is kept, whoever is impatient. Other waits vary by a fifth
 * either way, so that the boxes behind one line do not probe in the same second.
 *
 * A short throttling is Microsoft's way of pacing and no trouble worth an alarm: `isTold` says whether
 * there is anything to tell the owner.
 */
import type { AccountTrouble } from "./transport.ts";

export type CircuitState = "closed" | "open" | "probing";

/** Permission for one attempt; handed back with what became of it. */
export interface Ticket {
	/** How often the circuit had opened when the attempt began. */
	readonly openings: number;
}

const FIRST_PROBE_WAIT_MS = 500;
/** With the jitter at most four seconds. */
const LONGEST_PROBE_WAIT_MS = 3_300;
/** Microsoft answers and does not say how long: it is not asked as often as a dead link. */
const LONGEST_THROTTLED_WAIT_MS = 30_000;
/** A bound for what may be read out of an answer (`Retry-After: 0`, a date years ahead). */
const SHORTEST_ASKED_WAIT_MS = 500;
const LONGEST_ASKED_WAIT_MS = 24 * 60 * 60 * 1_000;
/** Waiting for a person: nothing is asked of Microsoft, the sign-in itself closes the circuit. */
const SIGN_IN_LOOK_WAIT_MS = 15_000;
const BLOCKED_WAIT_MS = 60_000;
const JITTER_SHARE = 0.2;
/** Throttling up to this long is nothing to tell. */
const SHORT_THROTTLING_MS = 60_000;

export class Circuit {
	#trouble: AccountTrouble | undefined;
	#troubles = 0;
	#openings = 0;
	#openedAtMs = 0;
	#openUntilMs = 0;
	#isTold = false;
	#probe: Ticket | undefined;
	readonly #random: () => number;

	/** `random` gives numbers in [0, 1), for the jitter. */
	constructor(random: () => number = Math.random) {
		this.#random = random;
	}

	get trouble(): AccountTrouble | undefined {
		return this.#trouble;
	}

	get state(): CircuitState {
		if (this.#trouble === undefined) return "closed";
		return this.#probe === undefined ? "open" : "probing";
	}

	/** The trouble is worth telling, or the last one was when there is none. */
	get isTold(): boolean {
		return this.#isTold;
	}

	/** When the next probe may start; meaningful while open. */
	get openUntilMs(): number {
		return this.#openUntilMs;
	}

	/** May an attempt start now? While open, at most one probe at a time. */
	admits(nowMs: number): boolean {
		if (this.#trouble === undefined) return true;
		return this.#probe === undefined && nowMs >= this.#openUntilMs;
	}

	/** An attempt starts that `admits` allowed. */
	begin(): Ticket {
		const ticket = { openings: this.#openings };
		if (this.#trouble !== undefined) this.#probe = ticket;
		return ticket;
	}

	/** An attempt reached Microsoft and had an answer of its own. True when this closed the circuit. */
	succeeded(ticket: Ticket): boolean {
		const wasProbe = this.#endProbe(ticket);
		if (this.#trouble === undefined) return false;
		// It began before the trouble and says nothing about it.
		if (!wasProbe && ticket.openings < this.#openings) return false;
		this.#trouble = undefined;
		this.#troubles = 0;
		return true;
	}

	/** An attempt met trouble of the account's. True when this is news that is worth telling. */
	failed(ticket: Ticket, trouble: AccountTrouble, nowMs: number): boolean {
		this.#endProbe(ticket);
		const opens = this.#trouble === undefined;
		if (opens) {
			this.#openings += 1;
			this.#openedAtMs = nowMs;
			this.#isTold = false;
		}
		// Attempts that were in flight when the circuit opened end with the same trouble; they do not
		// push the next probe further away.
		if (opens || nowMs >= this.#openUntilMs) {
			this.#openUntilMs = nowMs + this.#waitMs(trouble);
			this.#troubles += 1;
		} else if (trouble.retryAfterMs !== undefined) {
			this.#openUntilMs = Math.max(this.#openUntilMs, nowMs + this.#waitMs(trouble));
		}
		this.#trouble = trouble;
		if (this.#isTold || this.#isShortThrottling()) return false;
		this.#isTold = true;
		return true;
	}

	/** Nothing came of the attempt; a probe that ends so must not bar the next. */
	abandon(ticket: Ticket): void {
		this.#endProbe(ticket);
	}

	/** The reason may be gone (someone signed in, the owner asked): the next attempt probes at once. */
	nudge(nowMs: number): void {
		if (this.#trouble?.retryAfterMs !== undefined) return;
		this.#openUntilMs = Math.min(this.#openUntilMs, nowMs);
		this.#troubles = 0;
	}

	#endProbe(ticket: Ticket): boolean {
		if (this.#probe !== ticket) return false;
		this.#probe = undefined;
		return true;
	}

	#isShortThrottling(): boolean {
		return this.#trouble?.kind === "throttled" && this.#openUntilMs - this.#openedAtMs <= SHORT_THROTTLING_MS;
	}

	#waitMs({ kind, retryAfterMs }: AccountTrouble): number {
		if (retryAfterMs !== undefined) {
			return Math.min(Math.max(retryAfterMs, SHORTEST_ASKED_WAIT_MS), LONGEST_ASKED_WAIT_MS);
		}
		const jitter = 1 + JITTER_SHARE * (2 * this.#random() - 1);
		return jitter * this.#plainWaitMs(kind);
	}

	#plainWaitMs(kind: AccountTrouble["kind"]): number {
		switch (kind) {
			case "unreachable":
			case "throttled": {
				const longest = kind === "throttled" ? LONGEST_THROTTLED_WAIT_MS : LONGEST_PROBE_WAIT_MS;
				return Math.min(FIRST_PROBE_WAIT_MS * 2 ** Math.min(this.#troubles, 16), longest);
			}
			case "needs-sign-in":
				return SIGN_IN_LOOK_WAIT_MS;
			case "blocked":
				return BLOCKED_WAIT_MS;
		}
	}
}
