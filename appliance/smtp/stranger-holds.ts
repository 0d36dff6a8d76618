/**
 * How much strangers' mail waits for the owner's word, and how much more may. For strangers.ts.
 *
 * What is in the queue is asked of the scheduler, so that what its owner deletes there is room again at
 * once. A message counts from its first byte.
 */

interface Bounds {
	readonly messages: number;
	readonly bytes: number;
}

/** Enough for a copier that is tried out, and one scan as large as most mailboxes take. */
const OF_ONE: Bounds = { messages: 20, bytes: 25_000_000 };
/** An owner can look through these; and they are little beside the smallest card's reserve and queue. */
const IN_ALL: Bounds = { messages: 200, bytes: 100_000_000 };

/** A stranger's message that is being received. */
export interface Hold {
	/** Takes room for bytes that have come; false when there is none. */
	grow(sizeBytes: number): boolean;
	/** To be called once: the message is in the queue, or is not wanted. */
	end(isQueued: boolean): void;
}

interface Held {
	readonly address: string;
	sizeBytes: number;
	isQueued: boolean;
}

export class StrangerHolds {
	readonly #isHeld: (number: number) => boolean;
	readonly #held = new Map<number, Held>();

	/** `isHeld`: is this message still in the queue, and held? */
	constructor(isHeld: (number: number) => boolean) {
		this.#isHeld = isHeld;
	}

	/** Numbers of an address's messages in the queue, oldest first, and their size together. */
	of(address: string): { readonly numbers: readonly number[]; readonly sizeBytes: number } {
		const own = [...this.#current()].filter(([, held]) => held.address === address && held.isQueued);
		return {
			numbers: own.map(([number]) => number).sort((a, b) => a - b),
			sizeBytes: own.reduce((sum, [, { sizeBytes }]) => sum + sizeBytes, 0),
		};
	}

	/** Is there room for a message of this size (0 when unknown)? */
	hasRoom(address: string, sizeBytes: number): boolean {
		return this.#fits(address, 1, sizeBytes);
	}

	/** Undefined when there is no room. */
	begin(address: string, number: number): Hold | undefined {
		if (!this.hasRoom(address, 0)) return undefined;
		const held: Held = { address, sizeBytes: 0, isQueued: false };
		this.#held.set(number, held);
		return {
			grow: (sizeBytes) => {
				if (!this.#fits(address, 0, sizeBytes)) return false;
				held.sizeBytes += sizeBytes;
				return true;
			},
			end: (isQueued) => {
				held.isQueued = isQueued;
				if (!isQueued) this.#held.delete(number);
			},
		};
	}

	/** One of the run before. */
	found(address: string, number: number, sizeBytes: number): void {
		this.#held.set(number, { address, sizeBytes, isQueued: true });
	}

	#fits(address: string, messages: number, bytes: number): boolean {
		const all = { messages, bytes };
		const own = { messages, bytes };
		for (const [, held] of this.#current()) {
			all.messages += 1;
			all.bytes += held.sizeBytes;
			if (held.address !== address) continue;
			own.messages += 1;
			own.bytes += held.sizeBytes;
		}
		return isWithin(own, OF_ONE) && isWithin(all, IN_ALL);
	}

	/** Never more than `IN_ALL` says, so looking at all of them is cheap. */
	#current(): ReadonlyMap<number, Held> {
		for (const [number, { isQueued }] of this.#held) {
			if (isQueued && !this.#isHeld(number)) this.#held.delete(number);
		}
		return this.#held;
	}
}

function isWithin(sum: Bounds, bounds: Bounds): boolean {
	return sum.messages <= bounds.messages && sum.bytes <= bounds.bytes;
}
