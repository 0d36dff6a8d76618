/**
 * What is due, in memory: every queued message as a small item in a lane (one device sending through
 * one account). For the runner. Pure; time is monotonic milliseconds.
 *
 * A lane gives its messages one at a time and in the order in which they were accepted, so a
 * device's messages arrive in order; one that is deferred steps aside and does not hold up the
 * others. Lanes of an account take turns, so a camera's flood does not delay a PLC's alarm.
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

export class Lane {
	readonly account: string;
	readonly device: string;
	/** An attempt of this lane is in progress. */
	busy = false;
	readonly fresh: Item[] = [];
	freshHead = 0;
	readonly deferred: Item[] = [];

	constructor(account: string, device: string) {
		this.account = account;
		this.device = device;
	}
}

/** Consumed places of `fresh` are given back in steps of at least this many. */
const COMPACT_STEP = 1_024;

export class Scheduler {
	readonly #items = new Map<number, Item>();
	readonly #lanes = new Map<string, Map<string, Lane>>();
	readonly #turn = new Map<string, number>();

	get size(): number {
		return this.#items.size;
	}

	items(): IterableIterator<Item> {
		return this.#items.values();
	}

	find(id: number): Item | undefined {
		return this.#items.get(id);
	}

	lane(account: string, device: string): Lane {
		let lanes = this.#lanes.get(account);
		if (lanes === undefined) {
			lanes = new Map();
			this.#lanes.set(account, lanes);
		}
		let lane = lanes.get(device);
		if (lane === undefined) {
			lane = new Lane(account, device);
			lanes.set(device, lane);
		}
		return lane;
	}

	accounts(): IterableIterator<string> {
		return this.#lanes.keys();
	}

	add(lane: Lane, id: number, state: MessageState, dueAtMs: number): Item {
		const item: Item = { id, lane, state, dueAtMs, leased: state === "active", troubles: 0 };
		this.#items.set(id, item);
		this.#place(item);
		return item;
	}

	/** Puts an item where its (new) state belongs. */
	move(item: Item, state: MessageState, dueAtMs: number): void {
		item.state = state;
		item.dueAtMs = dueAtMs;
		this.#place(item);
	}

	/** Back to the head of its lane: it was not attempted after all. */
	putBack(item: Item): void {
		const { lane } = item;
		item.state = "incoming";
		if (lane.freshHead > 0) {
			lane.freshHead -= 1;
			lane.fresh[lane.freshHead] = item;
		} else {
			lane.fresh.unshift(item);
		}
	}

	remove(item: Item): void {
		this.#items.delete(item.id);
		// Its places in the lane are passed over when they come up: the state says it is gone.
		item.state = "failed";
	}

	/** The lane of the account whose turn it is: not busy, with a message due. */
	nextLane(account: string, nowMs: number): Lane | undefined {
		const lanes = [...(this.#lanes.get(account)?.values() ?? [])];
		const start = this.#turn.get(account) ?? 0;
		for (let step = 0; step < lanes.length; step += 1) {
			const lane = lanes[(start + step) % lanes.length];
			if (lane !== undefined && !lane.busy && this.#peek(lane, nowMs) !== undefined) return lane;
		}
		return undefined;
	}

	/** The lane begins work: the turn passes to the one after it. */
	begin(lane: Lane): void {
		lane.busy = true;
		const lanes = [...(this.#lanes.get(lane.account)?.values() ?? [])];
		this.#turn.set(lane.account, lanes.indexOf(lane) + 1);
	}

	/** Takes up to `limit` messages that are due from the lane, oldest first; they become active. */
	take(lane: Lane, nowMs: number, limit: number): Item[] {
		const taken: Item[] = [];
		while (taken.length < limit) {
			const item = this.#peek(lane, nowMs);
			if (item === undefined) break;
			if (item.state === "deferred") lane.deferred.shift();
			else lane.freshHead += 1;
			item.state = "active";
			taken.push(item);
		}
		return taken;
	}

	/** When the next deferred message of the account is due, or undefined. */
	nextDueAtMs(account: string): number | undefined {
		let earliest: number | undefined;
		for (const lane of this.#lanes.get(account)?.values() ?? []) {
			dropStale(lane);
			const [first] = lane.deferred;
			if (first !== undefined && (earliest === undefined || first.dueAtMs < earliest))
				earliest = first.dueAtMs;
		}
		return earliest;
	}

	counts(): Record<MessageState, number> {
		const counts = { incoming: 0, active: 0, deferred: 0, held: 0, failed: 0 };
		for (const item of this.#items.values()) counts[item.state] += 1;
		return counts;
	}

	#peek(lane: Lane, nowMs: number): Item | undefined {
		dropStale(lane);
		const [due] = lane.deferred;
		if (due !== undefined && due.dueAtMs <= nowMs) return due;
		return lane.fresh[lane.freshHead];
	}

	#place(item: Item): void {
		const { lane } = item;
		if (item.state === "incoming" || item.state === "active") {
			item.state = "incoming";
			lane.fresh.push(item);
		} else if (item.state === "deferred") {
			insertByDue(lane.deferred, item);
		}
	}
}

/** Passes over items that left `incoming` or `deferred` while they stood in line. */
function dropStale(lane: Lane): void {
	while (lane.freshHead < lane.fresh.length && lane.fresh[lane.freshHead]?.state !== "incoming") {
		lane.freshHead += 1;
	}
	if (lane.freshHead >= COMPACT_STEP && lane.freshHead * 2 >= lane.fresh.length) {
		lane.fresh.splice(0, lane.freshHead);
		lane.freshHead = 0;
	}
	while (lane.deferred.length > 0 && lane.deferred[0]?.state !== "deferred") lane.deferred.shift();
}

/** Deferred messages are few (each has met an answer of its own), so a sorted array is enough. */
function insertByDue(deferred: Item[], item: Item): void {
	let low = 0;
	let high = deferred.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((deferred[middle]?.dueAtMs ?? 0) <= item.dueAtMs) low = middle + 1;
		else high = middle;
	}
	deferred.splice(low, 0, item);
}
