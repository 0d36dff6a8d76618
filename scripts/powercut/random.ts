/** Chance that can be had again: the same seed gives the same numbers on every machine. */

const STEP = 0x6d2b79f5;
const WORD = 2 ** 32;

export class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0;
	}

	/** In [0, 1). */
	next(): number {
		// mulberry32: 32 bits of state are plenty for choosing what to cut.
		this.#state = (this.#state + STEP) >>> 0;
		let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / WORD;
	}

	/** A whole number from `least` to `most`, both among them. */
	between(least: number, most: number): number {
		return least + Math.floor(this.next() * (most - least + 1));
	}

	chance(share: number): boolean {
		return this.next() < share;
	}

	/** `count` of them, or all, in their order. */
	sample<Item>(items: readonly Item[], count: number): readonly Item[] {
		let [left, wanted] = [items.length, count];
		return items.filter(() => {
			const isTaken = this.next() * left < wanted;
			left -= 1;
			if (isTaken) wanted -= 1;
			return isTaken;
		});
	}
}
