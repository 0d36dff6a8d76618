/**
 * What is due, in memory: lanes of message numbers (one device sending through one account). For the
 * runner. Pure; time is monotonic milliseconds.
 *
 * A lane gives its messages one at a time and in the order in which they were accepted, so a
 * device's messages arrive in order (or the newest first, where the owner wants that); one that is
 * deferred steps aside and does not hold up the others. Lanes of an account take turns (turns.ts), so
 * a camera's flood does not delay a PLC's alarm.
 */
import type { MessageState } from "../store/operations.ts";
import { Heap } from "./heap.ts";
import { type Item, Lane } from "./lane.ts";
import { Turns } from "./turns.ts";

export type { Item, Lane } from "./lane.ts";

/** How a device's mail is to be handled, by its owner's word. */
export interface Handling {
	/** It goes before that of the account's other devices. */
	readonly urgent: boolean;
	/** Of what waits, the newest goes first. */
	readonly newestFirst: boolean;
}

export const AS_IT_COMES: Handling = { urgent: false, newestFirst: false };

/** A lane whose newest goes first takes no more at once: what comes meanwhile waits for these. */
const NEWEST_AHEAD = 4;

interface AccountLanes {
	readonly lanes: Map<string, Lane>;
	readonly turns: Turns;
	/** Messages whose time has not come. */
	readonly deferred: Heap<Item>;
}

export class Scheduler {
	/** Messages that something has happened to; the rest are numbers in their lanes. */
	readonly #items = new Map<number, Item>();
	readonly #accounts = new Map<string, AccountLanes>();
	readonly #handling: (device: string) => Handling;

	/** `handling` is asked as it is needed; see also `refresh`. */
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
		const lane = this.#allLanes().find((candidate) => candidate.includes(id));
		return lane === undefined ? undefined : this.#itemOf(lane, id);
	}

	/** Those that something has happened to, in whatever state; every other message waits in its lane. */
	touched(): Iterable<Item> {
		return this.#items.values();
	}

	/** Every queued message. Those that just wait become items: for actions on all of them. */
	*all(): Iterable<Item> {
		for (const lane of this.#allLanes()) for (const id of lane.waitingIds()) yield this.#itemOf(lane, id);
		for (const item of [...this.#items.values()]) if (item.state !== "incoming") yield item;
	}

	/** Messages that wait or are due some time, of all the account's lanes. */
	load(account: string): number {
		const { lanes, deferred } = this.#account(account);
		let load = deferred.size;
		for (const { waiting, due, busy } of lanes.values()) load += waiting + due.length + Number(busy);
		return load;
	}

	/** By device, the messages of an account that wait for their turn and that nothing has happened to yet. */
	waiting(account: string): readonly { readonly device: string; readonly ids: readonly number[] }[] {
		return [...this.#account(account).lanes.values()]
			.map((lane) => ({ device: lane.device, ids: lane.waitingIds().filter((id) => !this.#items.has(id)) }))
			.filter(({ ids }) => ids.length > 0);
	}

	/** Takes those of `ids` that still wait out of their lane. */
	takeWaiting(lane: Lane, ids: readonly number[]): number[] {
		const wanted = new Set(ids.filter((id) => !this.#items.has(id)));
		const taken = lane.waitingIds().filter((id) => wanted.has(id));
		lane.setWaiting(lane.waitingIds().filter((id) => !wanted.has(id)));
		this.#turns(lane).update(lane);
		return taken;
	}

	/** Puts messages into a lane, in the order in which they were accepted. */
	giveWaiting(lane: Lane, ids: readonly number[]): void {
		lane.setWaiting([...lane.waitingIds(), ...ids].sort((a, b) => a - b));
		this.#turns(lane).update(lane);
	}

	/** Messages whose mark on the card says "being attempted" although they wait. */
	leasedButWaiting(): number[] {
		const items = [...this.#items.values()];
		return items.filter(({ leased, state }) => leased && state === "incoming").map(({ id }) => id);
	}

	/** Messages that failed and wait for their owner, oldest first. */
	failed(): number[] {
		const failed = [...this.#items.values()].filter(({ state }) => state === "failed");
		return failed.map(({ id }) => id).sort((a, b) => a - b);
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
		const { lanes, turns } = this.#account(account);
		let lane = lanes.get(device);
		if (lane === undefined) {
			lane = new Lane(account, device, (changed) => turns.update(changed));
			lanes.set(device, lane);
		}
		return lane;
	}

	accounts(): IterableIterator<string> {
		return this.#accounts.keys();
	}

	/** A queued message, as the card has it; `active` is one whose attempt was cut off. */
	add(lane: Lane, id: number, state: MessageState, dueAtMs: number): void {
		if (state === "incoming" || state === "active") {
			lane.push(id);
			if (state === "active") this.#itemOf(lane, id).leased = true;
			this.#turns(lane).update(lane);
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
		if (state === "incoming") item.lane.push(item.id);
		if (state === "deferred") this.#account(item.lane.account).deferred.add(item);
		this.#turns(item.lane).update(item.lane);
	}

	/** Back to where it came from in its lane: it was not attempted after all. */
	putBack(item: Item): void {
		const { lane } = item;
		item.state = "incoming";
		lane.putBack(item.id, this.#handling(lane.device).newestFirst);
		this.#turns(lane).update(lane);
	}

	remove(item: Item): void {
		this.#takeOut(item);
		this.#items.delete(item.id);
		this.#turns(item.lane).update(item.lane);
	}

	/** The lane of the account whose turn it is: not busy, with a message due. */
	nextLane(account: string, nowMs: number): Lane | undefined {
		const lanes = this.#accounts.get(account);
		if (lanes === undefined) return undefined;
		becomeDue(lanes, nowMs);
		return lanes.turns.next;
	}

	/** A lane of the account is not busy and has a message due. */
	isAnyDue(account: string, nowMs: number): boolean {
		return this.nextLane(account, nowMs) !== undefined;
	}

	/** The lane begins work: its turn is taken. */
	begin(lane: Lane): void {
		this.#turns(lane).begin(lane);
	}

	/** What the lane sends now has this size; large ones use up more turns. */
	charge(lane: Lane, sizeBytes: number): void {
		this.#turns(lane).charge(lane, sizeBytes);
	}

	/** How devices are to be handled may have changed. */
	refresh(): void {
		for (const { turns } of this.#accounts.values()) turns.refresh();
	}

	/** Takes up to `limit` messages that are due from the lane, in its order; they become active. */
	take(lane: Lane, nowMs: number, limit: number): Item[] {
		becomeDue(this.#account(lane.account), nowMs);
		const { newestFirst } = this.#handling(lane.device);
		const most = newestFirst ? Math.min(limit, NEWEST_AHEAD) : limit;
		const taken: Item[] = [];
		while (taken.length < most) {
			const item = this.#takeNext(lane, newestFirst);
			if (item === undefined) break;
			item.state = "active";
			taken.push(item);
		}
		this.#turns(lane).update(lane);
		return taken;
	}

	/** When the next deferred message of the account is due that was not at the last look, or undefined. */
	nextDueAtMs(account: string): number | undefined {
		return this.#accounts.get(account)?.deferred.first?.dueAtMs;
	}

	counts(): Record<MessageState, number> {
		const counts = { incoming: 0, active: 0, deferred: 0, held: 0, failed: 0 };
		for (const { state } of this.#items.values()) if (state !== "incoming") counts[state] += 1;
		for (const lane of this.#allLanes()) counts.incoming += lane.waiting;
		return counts;
	}

	#allLanes(): Lane[] {
		return [...this.#accounts.values()].flatMap(({ lanes }) => [...lanes.values()]);
	}

	#account(account: string): AccountLanes {
		let found = this.#accounts.get(account);
		if (found === undefined) {
			const turns = new Turns((device) => this.#handling(device).urgent);
			found = { lanes: new Map(), turns, deferred: new Heap(isDueBefore) };
			this.#accounts.set(account, found);
		}
		return found;
	}

	#turns({ account }: Lane): Turns {
		return this.#account(account).turns;
	}

	#itemOf(lane: Lane, id: number): Item {
		let item = this.#items.get(id);
		if (item === undefined) {
			item = { id, lane, state: "incoming", dueAtMs: 0, leased: false, troubles: 0 };
			this.#items.set(id, item);
		}
		return item;
	}

	#takeNext(lane: Lane, newestFirst: boolean): Item | undefined {
		const due = lane.due.shift();
		if (due !== undefined) return due;
		const id = lane.take(newestFirst);
		return id === undefined ? undefined : this.#itemOf(lane, id);
	}

	/** Out of the line that its present state put it in. */
	#takeOut(item: Item): void {
		const { id, lane, state } = item;
		if (state === "incoming") {
			lane.remove(id);
		} else if (state === "deferred" && !this.#account(lane.account).deferred.remove(item)) {
			const place = lane.due.indexOf(item);
			if (place !== -1) lane.due.splice(place, 1);
		}
	}
}

/** Deferred messages whose time has come stand before those that wait in their lanes. */
function becomeDue({ deferred, turns }: AccountLanes, nowMs: number): void {
	for (let item = deferred.first; item !== undefined && item.dueAtMs <= nowMs; item = deferred.first) {
		deferred.remove(item);
		item.lane.due.push(item);
		turns.update(item.lane);
	}
}

function isDueBefore(a: Item, b: Item): boolean {
	return a.dueAtMs < b.dueAtMs || (a.dueAtMs === b.dueAtMs && a.id < b.id);
}
