/**
 * Counts what happened in the last so-and-so-long, and says when there is room for more. For
 * allowances.ts. Pure; time is monotonic milliseconds.
 *
 * Time is cut into buckets, 60 to a window, and one bucket more than a window has is counted: so
 * whatever window somebody else looks at, and whenever it begins, holds no more than the limit. The price is
 * one sixty-first of the limit.
 */

const BUCKETS = 60;
const LOOK_AGAIN_MS = 250;
/** Above this share of the limit every wait may be a long one. */
const TIGHT_SHARE = 0.95;

export interface WindowTerms {
	/** Most within the window. */
	readonly most: number;
	/** Share of `most` from which on the rest is spread over the time until more comes free; 1 for never. */
	readonly spreadFrom: number;
}

/** What happened, by how long ago: for keeping it over a restart. */
export type AgedCounts = readonly (readonly [ageMs: number, count: number])[];

export class SlidingWindow {
	readonly #bucketMs: number;
	/** By bucket number, modulo its length. */
	readonly #counts = new Float64Array(BUCKETS + 1);
	/** Number of the bucket that time is in. */
	#newest = Number.NEGATIVE_INFINITY;
	#used = 0;
	/** Promised and not yet happened. */
	#held = 0;
	#lastAtMs = 0;
	/** By bucket number: what was put back, for it may have been put in the wrong place. */
	#restored: readonly (readonly [bucket: number, count: number])[] = [];

	constructor(lengthMs: number) {
		this.#bucketMs = lengthMs / BUCKETS;
	}

	used(nowMs: number): number {
		this.#shift(nowMs);
		return this.#used;
	}

	/** How long until `amount` may be taken; 0 for now. More than there can ever be waits for an empty window. */
	waitMs(amount: number, { most, spreadFrom }: WindowTerms, nowMs: number): number {
		this.#shift(nowMs);
		const taken = this.#used + this.#held;
		if (taken === 0) return 0;
		const room = most - taken;
		if (amount > room) {
			const waitMs = this.#waitForRoomMs(amount - room, nowMs);
			// What is promised may be given back at any time.
			return this.#held > 0 ? Math.min(waitMs, LOOK_AGAIN_MS) : waitMs;
		}
		if (taken < spreadFrom * most) return 0;
		const freeAtMs = this.#freeAtMs(this.#oldest());
		const dueAtMs = this.#lastAtMs + (freeAtMs - this.#lastAtMs) / (room + 1);
		return Math.max(0, dueAtMs - nowMs);
	}

	/** Little is left, or it is being spread. */
	isTight({ most, spreadFrom }: WindowTerms, nowMs: number): boolean {
		this.#shift(nowMs);
		return this.#used + this.#held >= Math.min(spreadFrom, TIGHT_SHARE) * most;
	}

	/** Promises room to something that is about to begin. */
	hold(amount: number, nowMs: number): void {
		this.#held += amount;
		this.#lastAtMs = nowMs;
	}

	/** Takes a promise back, or what is left of it. */
	letGo(amount: number): void {
		this.#held = Math.max(0, this.#held - amount);
	}

	/** It has happened. What was promised for it is let go by who promised it. */
	take(amount: number, nowMs: number): void {
		this.#shift(nowMs);
		this.#add(this.#newest, amount);
	}

	/** Oldest first. */
	counts(nowMs: number): AgedCounts {
		this.#shift(nowMs);
		const aged: [number, number][] = [];
		for (let bucket = this.#newest - BUCKETS; bucket <= this.#newest; bucket += 1) {
			const count = this.#counts[place(bucket)] ?? 0;
			if (count > 0) aged.push([Math.round(nowMs - bucket * this.#bucketMs), count]);
		}
		return aged;
	}

	/** Puts back what `counts` gave, `elapsedMs` ago; in place of what was put back before. */
	restore(counts: AgedCounts, elapsedMs: number, nowMs: number): void {
		this.#shift(nowMs);
		for (const [bucket, count] of this.#restored) {
			if (bucket >= this.#newest - BUCKETS) this.#add(bucket, -count);
		}
		this.#restored = counts
			.map(([ageMs, count]): [number, number] => {
				const bucket = Math.floor((nowMs - ageMs - elapsedMs) / this.#bucketMs);
				return [Math.min(bucket, this.#newest), count];
			})
			.filter(([bucket]) => bucket >= this.#newest - BUCKETS);
		for (const [bucket, count] of this.#restored) this.#add(bucket, count);
	}

	#add(bucket: number, amount: number): void {
		this.#counts[place(bucket)] = (this.#counts[place(bucket)] ?? 0) + amount;
		this.#used += amount;
	}

	#shift(nowMs: number): void {
		const present = Math.floor(nowMs / this.#bucketMs);
		if (present - this.#newest > BUCKETS) {
			this.#counts.fill(0);
			this.#used = 0;
			this.#newest = present;
		}
		while (this.#newest < present) {
			this.#newest += 1;
			this.#used -= this.#counts[place(this.#newest)] ?? 0;
			this.#counts[place(this.#newest)] = 0;
		}
	}

	#waitForRoomMs(missing: number, nowMs: number): number {
		let freed = 0;
		let bucket = this.#oldest();
		for (; bucket < this.#newest; bucket += 1) {
			freed += this.#counts[place(bucket)] ?? 0;
			if (freed >= missing) break;
		}
		return Math.max(1, this.#freeAtMs(bucket) - nowMs);
	}

	/** The oldest bucket in which something happened; the present one when there is none. */
	#oldest(): number {
		let bucket = this.#newest - BUCKETS;
		while (bucket < this.#newest && this.#counts[place(bucket)] === 0) bucket += 1;
		return bucket;
	}

	/** When the bucket is no longer part of any window that holds the present. */
	#freeAtMs(bucket: number): number {
		return (bucket + BUCKETS + 1) * this.#bucketMs;
	}
}

function place(bucket: number): number {
	const rest = bucket % (BUCKETS + 1);
	return rest < 0 ? rest + BUCKETS + 1 : rest;
}
