/**
 * A clock for tests: a short sleep takes no time, but the time slept has passed; a long one (half an
 * hour and more) lasts until the test lets that much pass. The wall clock can be set apart.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Clock } from "../clock.ts";

const LONG_SLEEP_MS = 30 * 60_000;

export class LeapingClock implements Clock {
	/** Every sleep asked for, in milliseconds. */
	readonly slept: number[] = [];
	readonly #sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();
	#monotonicMs = 1000;
	#wallOffsetMs = Date.now() - 1000;

	now(): number {
		return this.#monotonicMs + this.#wallOffsetMs;
	}

	monotonicMs(): number {
		return this.#monotonicMs;
	}

	async sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
		await nextTurn();
		if (signal?.aborted === true || durationMs <= 0) return;
		if (durationMs >= LONG_SLEEP_MS) {
			await this.#sleepLong(this.#monotonicMs + durationMs, signal);
			return;
		}
		this.slept.push(durationMs);
		this.pass(durationMs);
	}

	#sleepLong(untilMs: number, signal: AbortSignal | undefined): Promise<void> {
		return new Promise((resolve) => {
			this.#sleepers.add({ untilMs, wake: resolve });
			signal?.addEventListener("abort", () => resolve(), { once: true });
		});
	}

	pass(durationMs: number): void {
		this.#monotonicMs += durationMs;
		for (const sleeper of this.#sleepers) {
			if (sleeper.untilMs > this.#monotonicMs) continue;
			this.#sleepers.delete(sleeper);
			sleeper.wake();
		}
	}

	/** Sets the wall clock, as NTP does; the monotonic one does not notice. */
	setWall(nowMs: number): void {
		this.#wallOffsetMs = nowMs - this.#monotonicMs;
	}
}
