/**
 * A lane: the messages of one device that go through one account, and in which order. For the
 * scheduler, which alone changes it.
 *
 * A message that simply waits for its turn is a number in its lane, eight bytes; only one that
 * something has happened to is an `Item`. So weeks offline do not fill the memory of a small board.
 */
import type { MessageState } from "../store/operations.ts";

export interface Item {
	readonly id: number;
	readonly lane: Lane;
	state: MessageState;
	/** Meaningful while deferred. */
	dueAtMs: number;
	/** Marked as being attempted on the card. */
	leased: boolean;
	/** Times in a row that an attempt of this message met trouble of its account. */
	troubles: number;
}

/** Consumed places at the head of a lane are given back in steps of at least this many. */
const COMPACT_STEP = 1_024;

export class Lane {
	readonly account: string;
	readonly device: string;
	/** Deferred messages whose time has come, the one that was due first before the others. */
	readonly due: Item[] = [];
	/** When it may begin again, when it began last, and its place among equals: see turns.ts. */
	turn = 0;
	beganAt = 0;
	arrival = 0;
	/** Numbers of messages that wait for their turn, from `#head` on, in the order of acceptance. */
	#waiting: number[] = [];
	#head = 0;
	#busy = false;
	readonly #onBusy: (lane: Lane) => void;

	/** `onBusy` is called when `busy` has been set. */
	constructor(account: string, device: string, onBusy: (lane: Lane) => void) {
		this.account = account;
		this.device = device;
		this.#onBusy = onBusy;
	}

	/** Somebody works on this lane; when it is set back, the lane stands in line again. */
	get busy(): boolean {
		return this.#busy;
	}

	set busy(isBusy: boolean) {
		this.#busy = isBusy;
		this.#onBusy(this);
	}

	/** Messages that wait for their turn. */
	get waiting(): number {
		return this.#waiting.length - this.#head;
	}

	/** It has something to send now. */
	get hasWork(): boolean {
		return this.due.length > 0 || this.waiting > 0;
	}

	waitingIds(): readonly number[] {
		return this.#waiting.slice(this.#head);
	}

	/** Slow: looks through all that waits. */
	includes(id: number): boolean {
		return this.#waiting.indexOf(id, this.#head) !== -1;
	}

	/** Oldest first. */
	setWaiting(ids: readonly number[]): void {
		this.#waiting = [...ids];
		this.#head = 0;
	}

	push(id: number): void {
		this.#waiting.push(id);
	}

	/** The oldest that waits, or the newest. */
	take(newestFirst: boolean): number | undefined {
		if (this.waiting === 0) return undefined;
		if (newestFirst) return this.#waiting.pop();
		const id = this.#waiting[this.#head];
		this.#head += 1;
		this.#compact();
		return id;
	}

	/** Where `take` finds it next; but what came after it goes before it where the newest is first. */
	putBack(id: number, newestFirst: boolean): void {
		if (newestFirst) {
			let place = this.#waiting.length;
			while (place > this.#head && (this.#waiting[place - 1] ?? 0) > id) place -= 1;
			this.#waiting.splice(place, 0, id);
		} else if (this.#head > 0) {
			this.#head -= 1;
			this.#waiting[this.#head] = id;
		} else {
			this.#waiting.unshift(id);
		}
	}

	remove(id: number): void {
		const place = this.#waiting.indexOf(id, this.#head);
		if (place === this.#head) this.#head += 1;
		else if (place !== -1) this.#waiting.splice(place, 1);
		this.#compact();
	}

	#compact(): void {
		const isEmpty = this.#head === this.#waiting.length;
		if (!isEmpty && (this.#head < COMPACT_STEP || this.#head * 2 < this.#waiting.length)) return;
		this.#waiting.splice(0, this.#head);
		this.#head = 0;
	}
}
