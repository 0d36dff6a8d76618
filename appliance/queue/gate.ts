/**
 * One account's way out as the runner sees it: its circuit, the slots in use and how many there may
 * be, what it waits for, and one alarm clock.
 */
import type { Clock } from "../clock.ts";
import { Circuit } from "./circuit.ts";
import { Concurrency } from "./concurrency.ts";
import type { WindowLimit } from "./limits.ts";

interface Limited {
	readonly limit: WindowLimit;
	/** When there will be room, as things stand. */
	readonly untilMs: number;
	/** When to ask again: no later than that. */
	readonly askAgainAtMs: number;
}

/** Timers may ring a little early by the monotonic clock. */
const SHORTEST_WAIT_MS = 1;

export class Gate {
	readonly account: string;
	readonly circuit = new Circuit();
	readonly concurrency = new Concurrency();
	/** Slots in use. */
	inFlight = 0;
	/** Set while there is no room for the next attempt in a window of Microsoft's. */
	limited: Limited | undefined;
	readonly #clock: Clock;
	#alarm: { readonly atMs: number; readonly cancel: AbortController } | undefined;

	constructor(account: string, clock: Clock) {
		this.account = account;
		this.#clock = clock;
	}

	/** Calls `ring` at `atMs` (monotonic), unless an earlier call is set already. */
	wake(atMs: number, ring: () => void): void {
		if (this.#alarm !== undefined && this.#alarm.atMs <= atMs) return;
		this.cancel();
		const alarm = { atMs, cancel: new AbortController() };
		this.#alarm = alarm;
		const waitMs = Math.max(SHORTEST_WAIT_MS, Math.ceil(atMs - this.#clock.monotonicMs()));
		void this.#clock.sleep(waitMs, alarm.cancel.signal).then(() => {
			if (this.#alarm !== alarm) return;
			this.#alarm = undefined;
			ring();
		});
	}

	cancel(): void {
		this.#alarm?.cancel.abort();
		this.#alarm = undefined;
	}
}
