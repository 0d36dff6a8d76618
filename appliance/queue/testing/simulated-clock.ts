/**
 * Time that jumps to the next thing that anybody waits for: hours of a queue in seconds of a test.
 * Only for code that waits for nothing but this clock and promises.
 */
import type { Clock } from "../../clock.ts";

interface Sleeper {
	readonly atMs: number;
	readonly wake: () => void;
}

export class SimulatedClock implements Clock {
	readonly #wallAtStartMs = Date.UTC(2026, 10, 20);
	#nowMs = 0;
	/** By time; few at once. */
	readonly #sleepers: Sleeper[] = [];

	now(): number {
		return this.#wallAtStartMs + this.#nowMs;
	}

	monotonicMs(): number {
		return this.#nowMs;
	}

	sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
		if (signal?.aborted === true) return Promise.resolve();
		const { promise, resolve } = Promise.withResolvers<void>();
		const sleeper: Sleeper = { atMs: this.#nowMs + Math.max(0, durationMs), wake: resolve };
		const place = this.#sleepers.findLastIndex(({ atMs }) => atMs <= sleeper.atMs);
		this.#sleepers.splice(place + 1, 0, sleeper);
		signal?.addEventListener("abort", () => {
			const index = this.#sleepers.indexOf(sleeper);
			if (index !== -1) this.#sleepers.splice(index, 1);
			resolve();
		});
		return promise;
	}

	/** Lets time pass until `isDone`, or nobody waits for anything, or `untilMs` is reached. */
	async run(untilMs: number, isDone: () => boolean = () => false): Promise<void> {
		for (;;) {
			await settled();
			const [next] = this.#sleepers;
			if (isDone()) return;
			if (next === undefined || next.atMs > untilMs) break;
			this.#sleepers.shift();
			this.#nowMs = next.atMs;
			next.wake();
		}
		this.#nowMs = Math.max(this.#nowMs, untilMs);
	}
}

/** Every promise that waits for no timer has run on. */
function settled(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
