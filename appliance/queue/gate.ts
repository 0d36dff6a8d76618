/**
 * One account's way out as the runner sees it: its circuit, the slots in use and how many there may
 * be, what it waits for, and one alarm clock.
 */
import { Circuit } from "./circuit.ts";
import { Concurrency } from "./concurrency.ts";
import type { WindowLimit } from "./limits.ts";

/** The longest delay Node's timers hold; a longer one would fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export class Gate {
	readonly account: string;
	readonly circuit = new Circuit();
	readonly concurrency = new Concurrency();
	/** Slots in use. */
	inFlight = 0;
	/** Set while there is no room for the next attempt in a window of Microsoft's. */
	limited: { readonly untilMs: number; readonly limit: WindowLimit } | undefined;
	#timer: NodeJS.Timeout | undefined;
	#timerAtMs = 0;

	constructor(account: string) {
		this.account = account;
	}

	/** Calls `ring` at `atMs` (monotonic), unless an earlier call is set already. */
	wake(atMs: number, nowMs: number, ring: () => void): void {
		if (this.#timer !== undefined) {
			if (this.#timerAtMs <= atMs) return;
			clearTimeout(this.#timer);
		}
		this.#timerAtMs = atMs;
		this.#timer = setTimeout(
			() => {
				this.#timer = undefined;
				ring();
			},
			Math.min(Math.max(1, Math.ceil(atMs - nowMs)), LONGEST_TIMER_MS),
		);
	}

	cancel(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
	}
}
