/** One account's way out as the runner sees it: its circuit, the slots in use, and one alarm clock. */
import type { Clock } from "../clock.ts";
import { Circuit } from "./circuit.ts";

export class Gate {
	readonly account: string;
	readonly circuit = new Circuit();
	/** Slots in use. */
	inFlight = 0;
	readonly #clock: Clock;
	#alarm: AbortController | undefined;
	#alarmAtMs = 0;

	constructor(account: string, clock: Clock) {
		this.account = account;
		this.#clock = clock;
	}

	/** Calls `ring` at `atMs` (monotonic), unless an earlier call is set already. */
	wake(atMs: number, ring: () => void): void {
		if (this.#alarm !== undefined) {
			if (this.#alarmAtMs <= atMs) return;
			this.cancel();
		}
		const alarm = new AbortController();
		this.#alarm = alarm;
		this.#alarmAtMs = atMs;
		void this.#clock.sleep(atMs - this.#clock.monotonicMs(), alarm.signal).then(() => {
			if (alarm.signal.aborted) return;
			this.#alarm = undefined;
			ring();
		});
	}

	cancel(): void {
		this.#alarm?.abort();
		this.#alarm = undefined;
	}
}
