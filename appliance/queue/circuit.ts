/**
 * One account's circuit: closed while mail flows, open after trouble that concerns the account or
 * the link, and then tested by one message at a time. Pure; time is monotonic milliseconds.
 *
 * A dead link is probed at most `LONGEST_PROBE_WAIT_MS` apart however long it lasts, because the
 * first message should leave within seconds of its return, and a refused connection costs nothing.
 * What Microsoft asks for (`Retry-After`) is kept, whoever is impatient.
 */
import type { AccountTrouble } from "./transport.ts";

export type CircuitState = "closed" | "open" | "probing";

/** Permission for one attempt; handed back with what became of it. */
export interface Ticket {
	/** How often the circuit had opened when the attempt began. */
	readonly openings: number;
}

const FIRST_PROBE_WAIT_MS = 500;
const LONGEST_PROBE_WAIT_MS = 4_000;
/** Waiting for a person: nothing is asked of Microsoft, the sign-in itself closes the circuit. */
const SIGN_IN_LOOK_WAIT_MS = 15_000;
const BLOCKED_WAIT_MS = 60_000;

export class Circuit {
	#trouble: AccountTrouble | undefined;
	#troubles = 0;
	#openings = 0;
	#openUntilMs = 0;
	#probe: Ticket | undefined;

	get trouble(): AccountTrouble | undefined {
		return this.#trouble;
	}

	get state(): CircuitState {
		if (this.#trouble === undefined) return "closed";
		return this.#probe === undefined ? "open" : "probing";
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

	/** An attempt met trouble of the account's. True when this opened the circuit. */
	failed(ticket: Ticket, trouble: AccountTrouble, nowMs: number): boolean {
		this.#endProbe(ticket);
		const opens = this.#trouble === undefined;
		if (opens) this.#openings += 1;
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
