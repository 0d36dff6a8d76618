/**
 * So many attempts at once and one more each while, by key: slows what many addresses do together
 * without ever shutting anybody out for long. For `sign-in-guard.ts`; in memory, bounded, monotonic.
 */
import type { Clock } from "../clock.ts";
import { putNewest } from "./put-newest.ts";

const MOST_KEYS = 5000;

export interface Allowance {
	readonly attempts: number;
	/** Until one that was used is there again. */
	readonly refillMs: number;
}

interface Use {
	readonly used: number;
	readonly asOfMs: number;
}

export class Allowances {
	readonly #clock: Clock;
	readonly #allowance: Allowance;
	/** Least recently used first. */
	readonly #uses = new Map<string, Use>();

	constructor(clock: Clock, allowance: Allowance) {
		this.#clock = clock;
		this.#allowance = allowance;
	}

	isSpent(key: string): boolean {
		return this.#used(key) > this.#allowance.attempts - 1;
	}

	take(key: string): void {
		this.#put(key, this.#used(key) + 1);
	}

	/** For an attempt that turned out not to be a guess. */
	giveBack(key: string): void {
		this.#put(key, this.#used(key) - 1);
	}

	#used(key: string): number {
		const use = this.#uses.get(key);
		if (use === undefined) return 0;
		const refilled = (this.#clock.monotonicMs() - use.asOfMs) / this.#allowance.refillMs;
		return Math.max(0, use.used - refilled);
	}

	#put(key: string, used: number): void {
		if (used <= 0) this.#uses.delete(key);
		else putNewest(this.#uses, key, { used, asOfMs: this.#clock.monotonicMs() }, MOST_KEYS);
	}
}
