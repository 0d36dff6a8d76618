/**
 * What is due, in memory: lanes of message numbers (one device sending through one account). For the
 * runner. Pure; time is monotonic milliseconds.
 *
 * A lane gives its messages one at a time and in the order in which they were accepted, so a
 * device's messages arrive in order; one that is deferred steps aside and does not hold up the
 * others. A device whose owner wants the newest first gives its latest. Lanes of an account take turns
 * (turns.ts), so a camera's flood does not delay a PLC's alarm.
 *
 * A message that simply waits for its turn is a number in its lane, eight bytes; only one that
 * something has happened to is an `Item`. So weeks offline do not fill the memory of a small board.
 */
import type { MessageState } from "../store/operations.ts";
import { type Turn, Turns } from "./turns.ts";

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

/** How a device's mail is to be handled, by its owner's word. */
export interface Handling {
	readonly urgent: boolean;
	readonly newestFirst: boolean;
}

export const AS_IT_COMES: Handling = { urgent: false, newestFirst: false };

export class Lane implements Turn {
	readonly account: string;
	readonly device: string;
	credit = 0;
	/** An attempt of this lane is in progress. */
	busy = false;
	/** Numbers of messages that wait for their turn, from `freshHead` on. */
	readonly fresh: number[] = [];
	freshHead = 0;
	/** By due time. */
	readonly deferred: Item[] = [];

	constructor(account: string, device: string) {
		this.account = account;
		this.device = device;
	}

	/** Messages that wait for their turn. */
	get waiting(): number {
		return this.fresh.length - this.freshHead;
	}
}

/** Consumed places of `fresh` are given back in steps of at least this many. */
const COMPACT_STEP = 1_024;

export class Scheduler {
	/** Messages that something has happened to; the rest are numbers in their lanes. */
	readonly #items = new Map<number, Item>();
	readonly #lanes = new Map<string, Map<string, Lane>>();
	readonly #turns = new Map<string, Turns<Lane>>();
	readonly #handling: (device: string) => Handling;

	/** `handling` is asked at each turn, so that a reload takes effect at once. */
	constructor(handling: (device: string) => Handling = () => AS_IT_COMES) {
		this.#handling = handling;
	}

	/** The message's item if something has happened to it. */
	known(id: number): Item | undefined {
		return this.#items.get(id);
	}

	/** The message's item; undefined when it is not queued. Slow for one that just waits its turn. */
	find(id: number): Item | undefined {
		const item = this.#items.get(id);
		if (item !== undefined) return item;
		const lane = this.#allLanes().find(({ fresh, freshHead }) => fresh.indexOf(id, freshHead) !== -1);
		return lane === undefined ? undefined : this.#itemOf(lane, id);
	}

	/** Every queued message. Those that just wait become items: for actions on all of them. */
	*all(): Iterable<Item> {
		for (const lane of this.#allLanes()) {
			for (const id of lane.fresh.slice(lane.freshHead)) yield this.#items.get(id) ?? this.#itemOf(lane, id);
		}
		for (const item of [...this.#items.values()]) if (item.state !== "incoming") yield item;
	}

	/** Messages that wait or are due some time, of all the account's lanes. */
	load(account: string): number {
		const lanes = [...(this.#lanes.get(account)?.values() ?? [])];
		return lanes.reduce(
			(sum, { waiting, deferred, busy }) => sum + waiting + deferred.length + Number(busy),
			0,
		);
	}

	/** By device, the messages of an account that wait for their turn and that nothing has happened to yet. */
	waiting(account: string): readonly { readonly device: string; readonly ids: readonly number[] }[] {
		const lanes = [...(this.#lanes.get(account)?.values() ?? [])];
		return lanes
			.map(({ device, fresh, freshHead }) => ({
				device,
				ids: fresh.slice(freshHead).filter((id) => !this.#items.has(id)),
			}))
			.filter(({ ids }) => ids.length > 0);
	}

	/** Takes those of `ids` that still wait out of their lane. */
	takeWaiting(lane: Lane, ids: readonly number[]): number[] {
		const wanted = new Set(ids);
		const waiting = lane.fresh.slice(lane.freshHead);
		const taken = waiting.filter((id) => wanted.has(id) && !this.#items.has(id));
		const gone = new Set(taken);
		lane.fresh.splice(0, lane.fresh.length, ...waiting.filter((id) => !gone.has(id)));
		lane.freshHead = 0;
		return taken;
	}

	/** Puts messages into a lane, in the order in which they were accepted. */
	giveWaiting(lane: Lane, ids: readonly number[]): void {
		const waiting = [...lane.fresh.slice(lane.freshHead), ...ids].sort((a, b) => a - b);
		lane.fresh.splice(0, lane.fresh.length, ...waiting);
		lane.freshHead = 0;
	}

	/** Messages whose mark on the card says "being attempted" although they wait. */
	leasedButWaiting(): number[] {
		const items = [...this.#items.values()];
		return items.filter(({ leased, state }) => leased && state === "incoming").map(({ id }) => id);
	}

	/** Messages that failed and wait for their owner, oldest first. */
	failed(): number[] {
		const items = [...this.#items.values()];
		return items
			.filter(({ state }) => state === "failed")
			.map(({ id }) => id)
			.sort((a, b) => a - b);
	}

	/** Messages that are held, by the device they are of, oldest first. */
	heldByDevice(): readonly { readonly device: string; readonly ids: readonly number[] }[] {
		const held = new Map<string, number[]>();
		for (const { id, lane, state } of this.#items.values()) {
			if (state !== "held") continue;
			held.set(lane.device, [...(held.get(lane.device) ?? []), id]);
		}
		return [...held].map(([device, ids]) => ({ device, ids: ids.sort((a, b) => a - b) }));
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
			this.#turnsOf(account).add(lane);
		}
		return lane;
	}

	accounts(): IterableIterator<string> {
		return this.#lanes.keys();
	}

	/** A queued message, as the card has it; `active` is one whose attempt was cut off. */
	add(lane: Lane, id: number, state: MessageState, dueAtMs: number): void {
		if (state === "incoming" || state === "active") {
			lane.fresh.push(id);
			if (state === "active") this.#itemOf(lane, id).leased = true;
		} else {
			this.move(this.#itemOf(lane, id), state, dueAtMs);
		}
	}

	/** A message that is committed as being attempted: next in its lane. */
	addLeased(lane: Lane, id: number): void {
		this.add(lane, id, "active", 0);
	}

	/** Puts an item where its (new) state belongs. */
	move(item: Item, state: MessageState, dueAtMs: number): void {
		this.#takeOut(item);
		item.state = state;
		item.dueAtMs = dueAtMs;
		if (state === "incoming") item.lane.fresh.push(item.id);
		if (state === "deferred") insertByDue(item.lane.deferred, item);
	}

	/** Back to the head of its lane: it was not attempted after all. */
	putBack(item: Item): void {
		const { lane } = item;
		item.state = "incoming";
		if (this.#handling(lane.device).newestFirst) {
			lane.fresh.push(item.id);
			return;
		}
		if (lane.freshHead > 0) {
			lane.freshHead -= 1;
			lane.fresh[lane.freshHead] = item.id;
		} else {
			lane.fresh.unshift(item.id);
		}
	}

	remove(item: Item): void {
		this.#takeOut(item);
		this.#items.delete(item.id);
	}

	/** The lane of the account whose turn it is: not busy, with a message due. */
	nextLane(account: string, nowMs: number): Lane | undefined {
		return this.#turns.get(account)?.next(
			(lane) => !lane.busy && isDue(lane, nowMs),
			({ device }) => this.#handling(device).urgent,
		);
	}

	/** A lane of the account is not busy and has a message due. */
	isAnyDue(account: string, nowMs: number): boolean {
		return this.#turns.get(account)?.lanes.some((lane) => !lane.busy && isDue(lane, nowMs)) ?? false;
	}

	/** An attempt of one of the lane's messages was made: it counts against the lane's share. */
	charge(lane: Lane, sizeBytes: number): void {
		this.#turnsOf(lane.account).charge(lane, sizeBytes);
	}

	/** The lane begins work: the turn passes to the one after it. */
	begin(lane: Lane): void {
		lane.busy = true;
		this.#turnsOf(lane.account).take(lane, this.#handling(lane.device).urgent);
	}

	/** Takes up to `limit` messages that are due from the lane, in its order; they become active. */
	take(lane: Lane, nowMs: number, limit: number): Item[] {
		const taken: Item[] = [];
		while (taken.length < limit) {
			const item = this.#takeNext(lane, nowMs);
			if (item === undefined) break;
			item.state = "active";
			taken.push(item);
		}
		return taken;
	}

	/** When the next deferred message of the account is due, or undefined. */
	nextDueAtMs(account: string): number | undefined {
		// A busy lane is looked at when its work ends; its overdue mail must not hide another's.
		const lanes = [...(this.#lanes.get(account)?.values() ?? [])].filter(({ busy }) => !busy);
		const dues = lanes.flatMap(({ deferred: [first] }) => (first === undefined ? [] : [first.dueAtMs]));
		return dues.length === 0 ? undefined : Math.min(...dues);
	}

	counts(): Record<MessageState, number> {
		const counts = { incoming: 0, active: 0, deferred: 0, held: 0, failed: 0 };
		for (const { state } of this.#items.values()) if (state !== "incoming") counts[state] += 1;
		for (const lane of this.#allLanes()) counts.incoming += lane.waiting;
		return counts;
	}

	#turnsOf(account: string): Turns<Lane> {
		let turns = this.#turns.get(account);
		if (turns === undefined) {
			turns = new Turns();
			this.#turns.set(account, turns);
		}
		return turns;
	}

	#allLanes(): Lane[] {
		return [...this.#lanes.values()].flatMap((lanes) => [...lanes.values()]);
	}

	#itemOf(lane: Lane, id: number): Item {
		let item = this.#items.get(id);
		if (item === undefined) {
			item = { id, lane, state: "incoming", dueAtMs: 0, leased: false, troubles: 0 };
			this.#items.set(id, item);
		}
		return item;
	}

	#takeNext(lane: Lane, nowMs: number): Item | undefined {
		const [due] = lane.deferred;
		if (due !== undefined && due.dueAtMs <= nowMs) return lane.deferred.shift();
		if (lane.waiting > 0 && this.#handling(lane.device).newestFirst) {
			const newest = lane.fresh.pop();
			return newest === undefined ? undefined : this.#itemOf(lane, newest);
		}
		const id = lane.fresh[lane.freshHead];
		if (id === undefined) return undefined;
		lane.freshHead += 1;
		compact(lane);
		return this.#itemOf(lane, id);
	}

	/** Out of the line that its present state put it in. */
	#takeOut({ id, lane, state }: Item): void {
		if (state === "incoming") {
			const place = lane.fresh.indexOf(id, lane.freshHead);
			if (place === lane.freshHead) lane.freshHead += 1;
			else if (place !== -1) lane.fresh.splice(place, 1);
			compact(lane);
		} else if (state === "deferred") {
			const place = lane.deferred.findIndex((item) => item.id === id);
			if (place !== -1) lane.deferred.splice(place, 1);
		}
	}
}

function isDue({ deferred: [first], waiting }: Lane, nowMs: number): boolean {
	return waiting > 0 || (first !== undefined && first.dueAtMs <= nowMs);
}

function compact(lane: Lane): void {
	if (lane.freshHead < COMPACT_STEP || lane.freshHead * 2 < lane.fresh.length) return;
	lane.fresh.splice(0, lane.freshHead);
	lane.freshHead = 0;
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
