/**
 * The attempts that run at once for one app registration, whose limit several accounts may share
 * (learn.microsoft.com/graph/throttling-limits, Outlook: four for an app). For admission.ts.
 *
 * Accounts that found no slot are asked again, in the order in which they came, before the one that
 * gives a slot back: so one account's flood does not starve another's.
 */
import type { Gate } from "./gate.ts";

export class AppSlots {
	#inUse = 0;
	readonly #waiting = new Set<Gate>();

	isFull(concurrency: number): boolean {
		return this.#inUse >= concurrency;
	}

	/** Others would take a slot if there were one. */
	isWantedByOthers(gate: Gate): boolean {
		return this.#waiting.size > (this.#waiting.has(gate) ? 1 : 0);
	}

	/** False when all are in use; then the gate is named by the next `leave`. */
	enter(gate: Gate, concurrency: number): boolean {
		if (this.isFull(concurrency)) {
			this.#waiting.add(gate);
			return false;
		}
		this.#waiting.delete(gate);
		this.#inUse += 1;
		return true;
	}

	/** Gives the accounts to ask now, the longest waiting first. */
	leave(): readonly Gate[] {
		this.#inUse -= 1;
		const waiting = [...this.#waiting];
		this.#waiting.clear();
		return waiting;
	}
}
