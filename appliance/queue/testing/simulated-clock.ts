/**
 * Time that jumps to the next thing that anybody waits for: hours of a queue in seconds of a test.
 * Only for code that waits for nothing but this clock, promises, and work that it has been told of.
 */
import type { Clock } from "../../clock.ts";

interface Sleeper {
	readonly atMs: number;
	readonly wake: () => void;
}

export class SimulatedClock implements Clock {
	#wallAtStartMs: number;
	#nowMs = 0;
	/** Work of other threads, while which time stands still. */
	#underWay = 0;
	#ended = 0;
	#knowsWork = false;
	/** By time; few at once. */
	readonly #sleepers: Sleeper[] = [];

	constructor(wallMs = Date.UTC(2026, 10, 20)) {
		this.#wallAtStartMs = wallMs;
	}

	now(): number {
		return Math.floor(this.#wallAtStartMs + this.#nowMs);
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

	/** Steps the wall clock; the other goes on. */
	setWall(wallMs: number): void {
		this.#wallAtStartMs = wallMs - this.#nowMs;
	}

	/** Time stands still until this has ended. */
	async during<T>(work: Promise<T>): Promise<T> {
		this.#knowsWork = true;
		this.#underWay += 1;
		try {
			return await work;
		} finally {
			this.#underWay -= 1;
			this.#ended += 1;
		}
	}

	/** Lets time pass until `isDone`, or nobody waits for anything, or `untilMs` is reached. */
	async run(untilMs: number, isDone: () => boolean = () => false): Promise<void> {
		for (;;) {
			await this.#settled();
			const [next] = this.#sleepers;
			if (isDone()) return;
			if (next === undefined || next.atMs > untilMs) break;
			this.#sleepers.shift();
			this.#nowMs = next.atMs;
			next.wake();
		}
		this.#nowMs = Math.max(this.#nowMs, untilMs);
	}

	async #settled(): Promise<void> {
		await turn();
		// What ends elsewhere may begin something new there.
		for (let quietTurns = 0; this.#knowsWork && quietTurns < 2; ) {
			const before = this.#ended;
			await turn();
			quietTurns = this.#underWay === 0 && this.#ended === before ? quietTurns + 1 : 0;
		}
	}
}

/** Every promise that waits for no timer has run on. */
function turn(): Promise<void> {
	return new Promise((resolve) => setImmediate(resolve));
}
