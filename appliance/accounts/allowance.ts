/**
 * An allowance that fills up evenly (a token bucket), seen from what has been taken of it. For
 * device-usage.ts. Pure; the limit may change between two calls, as the owner changes it.
 */

/** So much in so much time, and at most so much at once. */
export interface Limit {
	readonly count: number;
	readonly perMs: number;
}

export class Allowance {
	/** Not yet given back by time. */
	#taken = 0;
	#atMs = 0;

	/** How long until `amount` is there; more than there can ever be is there when all is. */
	waitMs(amount: number, limit: Limit, nowMs: number): number {
		const wanted = Math.min(amount, limit.count);
		const missing = this.#takenNow(limit, nowMs) + wanted - limit.count;
		return missing <= 0 ? 0 : Math.ceil((missing * limit.perMs) / limit.count);
	}

	/** Takes it, also more than there is: the debt is waited for. */
	take(amount: number, limit: Limit, nowMs: number): void {
		this.#taken = this.#takenNow(limit, nowMs) + amount;
		this.#atMs = nowMs;
	}

	#takenNow({ count, perMs }: Limit, nowMs: number): number {
		return Math.max(0, this.#taken - ((nowMs - this.#atMs) * count) / perMs);
	}
}
