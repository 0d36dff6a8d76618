import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Item, type Lane, Scheduler } from "./scheduler.ts";

const ACCOUNT = "a@example.com";

function filled(...devices: readonly (readonly [string, readonly number[]])[]): Scheduler {
	const scheduler = new Scheduler();
	for (const [device, ids] of devices) {
		for (const id of ids) scheduler.add(scheduler.lane(ACCOUNT, device), id, "incoming", 0);
	}
	return scheduler;
}

/** The next messages, one at a time, as a single slot sends them. */
function served(scheduler: Scheduler, howMany: number): number[] {
	const order: number[] = [];
	for (let turn = 0; turn < howMany; turn += 1) {
		const lane = scheduler.nextLane(ACCOUNT, 0);
		if (lane === undefined) break;
		scheduler.begin(lane);
		for (const item of scheduler.take(lane, 0, 1)) {
			order.push(item.id);
			scheduler.remove(item);
		}
		lane.busy = false;
	}
	return order;
}

describe("lanes", () => {
	it("take turns, so that a flood of one device does not delay another", () => {
		const scheduler = filled(["camera", [1, 2, 3, 4, 5]], ["plc", [9]]);
		expect(served(scheduler, 3)).toEqual([1, 9, 2]);
	});

	it("of a device whose owner wants the newest first give their latest, also what arrives meanwhile", () => {
		const scheduler = new Scheduler((device) => ({ urgent: false, newestFirst: device === "camera" }));
		const lane = scheduler.lane(ACCOUNT, "camera");
		for (const id of [1, 2, 3]) scheduler.add(lane, id, "incoming", 0);
		const taken = scheduler.take(lane, 0, 1);
		expect(taken.map(({ id }) => id)).toEqual([3]);
		for (const item of taken) scheduler.putBack(item);
		scheduler.add(lane, 4, "incoming", 0);
		expect(scheduler.take(lane, 0, 9).map(({ id }) => id)).toEqual([4, 3, 2, 1]);
	});

	it("are passed over while they are busy or have nothing due", () => {
		const scheduler = filled(["camera", [1]], ["plc", []]);
		const lane = scheduler.nextLane(ACCOUNT, 0);
		if (lane === undefined) throw new Error("the camera's mail is due");
		scheduler.begin(lane);
		expect(scheduler.nextLane(ACCOUNT, 0)).toBeUndefined();
		lane.busy = false;
		const [item] = scheduler.take(lane, 0, 1);
		scheduler.move(item as Item, "deferred", 500);
		expect(scheduler.nextLane(ACCOUNT, 499)).toBeUndefined();
		expect(scheduler.nextDueAtMs(ACCOUNT)).toBe(500);
		expect(scheduler.nextLane(ACCOUNT, 500)).toBe(lane);
	});

	it("of urgent devices go before all others, from the moment the owner says so", () => {
		const urgent = new Set<string>();
		const scheduler = filled(["camera", [1, 2, 3]], ["plc", [8, 9]]);
		const ruled = new Scheduler((device) => ({ urgent: urgent.has(device), newestFirst: false }));
		for (const id of [1, 2, 3]) ruled.add(ruled.lane(ACCOUNT, "camera"), id, "incoming", 0);
		for (const id of [8, 9]) ruled.add(ruled.lane(ACCOUNT, "plc"), id, "incoming", 0);
		urgent.add("plc");
		ruled.refresh();
		expect(served(scheduler, 5)).toEqual([1, 8, 2, 9, 3]);
		expect(served(ruled, 5)).toEqual([8, 9, 1, 2, 3]);
	});
});

describe("deferred messages", () => {
	it("go before what waits in their lane, the one that was due first before the others", () => {
		const scheduler = filled(["camera", [1, 2, 3, 4]]);
		const lane = scheduler.lane(ACCOUNT, "camera");
		const dues = [300, 100, 200];
		for (const item of scheduler.take(lane, 0, 3)) scheduler.move(item, "deferred", dues.shift() ?? 0);
		expect(scheduler.nextDueAtMs(ACCOUNT)).toBe(100);
		expect(scheduler.take(lane, 250, 9).map(({ id }) => id)).toEqual([2, 3, 4]);
		expect(scheduler.nextDueAtMs(ACCOUNT)).toBe(300);
	});

	it("can be held and released whether or not their time has come", () => {
		const scheduler = filled(["camera", [1, 2]]);
		const lane = scheduler.lane(ACCOUNT, "camera");
		const items = scheduler.take(lane, 0, 2);
		for (const item of items) scheduler.move(item, "deferred", item.id * 100);
		expect(scheduler.nextLane(ACCOUNT, 150)).toBe(lane);
		for (const item of items) scheduler.move(item, "held", 0);
		expect(scheduler.nextLane(ACCOUNT, 999)).toBeUndefined();
		expect(scheduler.counts()).toMatchObject({ deferred: 0, held: 2 });
	});
});

describe("a lane whose newest goes first", () => {
	const newestFirst = () => new Scheduler(() => ({ urgent: false, newestFirst: true }));

	it("gives what came last, and few at once so that the next picture does not wait long", () => {
		const scheduler = newestFirst();
		const lane = scheduler.lane(ACCOUNT, "camera");
		for (let id = 1; id <= 50; id += 1) scheduler.add(lane, id, "incoming", 0);
		expect(scheduler.take(lane, 0, 16).map(({ id }) => id)).toEqual([50, 49, 48, 47]);
	});

	it("lets what came meanwhile go before what was put back", () => {
		const scheduler = newestFirst();
		const lane = scheduler.lane(ACCOUNT, "camera");
		for (const id of [1, 2, 3, 4]) scheduler.add(lane, id, "incoming", 0);
		const taken = scheduler.take(lane, 0, 3);
		scheduler.add(lane, 5, "incoming", 0);
		for (const item of taken.slice(1).reverse()) scheduler.putBack(item);
		expect(scheduler.take(lane, 0, 4).map(({ id }) => id)).toEqual([5, 3, 2, 1]);
	});
});

describe("a lane", () => {
	it("gives back the order it had when messages were not attempted after all", () => {
		const scheduler = filled(["camera", [1, 2, 3, 4]]);
		const lane = scheduler.lane(ACCOUNT, "camera");
		const taken = scheduler.take(lane, 0, 3);
		for (const item of taken.slice(1).reverse()) scheduler.putBack(item);
		expect(scheduler.take(lane, 0, 9).map(({ id }) => id)).toEqual([2, 3, 4]);
	});

	it.each([false, true])(
		"never loses, repeats or reorders a message, whatever its owner and the cloud do (newest first: %s)",
		(newestFirst) => {
			const step = fc.record({ what: fc.constantFrom(...STEPS), which: fc.nat(30) });
			fc.assert(
				fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
					const twin = new Twin(newestFirst);
					for (const { what, which } of steps) {
						twin[what](which);
						twin.agree();
					}
				}),
				{ numRuns: 400 },
			);
		},
	);
});

const STEPS = ["add", "take", "deliver", "defer", "putBack", "hold", "release", "discard"] as const;

/** A lane of the scheduler's, and the same as three plain lists. */
class Twin {
	readonly #newestFirst: boolean;
	readonly #scheduler: Scheduler;
	readonly #lane: Lane;
	#waiting: number[] = [];
	#active: number[] = [];
	#aside: number[] = [];
	#lastId = 0;

	constructor(newestFirst: boolean) {
		this.#newestFirst = newestFirst;
		this.#scheduler = new Scheduler(() => ({ urgent: false, newestFirst }));
		this.#lane = this.#scheduler.lane(ACCOUNT, "camera");
	}

	add(): void {
		this.#lastId += 1;
		this.#scheduler.add(this.#lane, this.#lastId, "incoming", 0);
		this.#waiting.push(this.#lastId);
	}

	take(which: number): void {
		const limit = 1 + (which % 3);
		const ids = this.#scheduler.take(this.#lane, 0, limit).map(({ id }) => id);
		const wanted = this.#newestFirst
			? this.#waiting.splice(-limit).reverse()
			: this.#waiting.splice(0, limit);
		expect(ids).toEqual(wanted);
		this.#active.push(...ids);
	}

	deliver(which: number): void {
		this.#with(this.#active, which, (item) => this.#scheduler.remove(item));
	}

	discard(which: number): void {
		this.#with(this.#waiting, which, (item) => this.#scheduler.remove(item));
	}

	defer(which: number): void {
		this.#with(this.#active, which, (item) => {
			this.#scheduler.move(item, "deferred", 1_000);
			this.#aside.push(item.id);
		});
	}

	hold(which: number): void {
		this.#with(this.#waiting, which, (item) => {
			this.#scheduler.move(item, "held", 0);
			this.#aside.push(item.id);
		});
	}

	release(which: number): void {
		this.#with(this.#aside, which, (item) => {
			this.#scheduler.move(item, "incoming", 0);
			this.#waiting.push(item.id);
		});
	}

	putBack(): void {
		this.#with(this.#active, this.#active.length - 1, (item) => {
			this.#scheduler.putBack(item);
			if (!this.#newestFirst) this.#waiting.unshift(item.id);
			else this.#waiting.splice(this.#waiting.findLastIndex((id) => id < item.id) + 1, 0, item.id);
		});
	}

	agree(): void {
		const { incoming, active, deferred, held } = this.#scheduler.counts();
		const lengths = [this.#waiting.length, this.#active.length, this.#aside.length];
		expect([incoming, active, deferred + held]).toEqual(lengths);
		const all = [...this.#waiting, ...this.#active, ...this.#aside].sort();
		expect([...this.#scheduler.all()].map(({ id }) => id).sort()).toEqual(all);
	}

	#with(list: number[], which: number, act: (item: Item) => void): void {
		if (list.length === 0) return;
		const [id = 0] = list.splice(which % list.length, 1);
		const item = this.#scheduler.find(id);
		if (item === undefined) throw new Error(`message ${id} is lost`);
		act(item);
	}
}
