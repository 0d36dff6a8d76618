import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Item, Scheduler } from "./scheduler.ts";

const ACCOUNT = "a@example.com";

function filled(...devices: readonly (readonly [string, readonly number[]])[]): Scheduler {
	const scheduler = new Scheduler();
	for (const [device, ids] of devices) {
		for (const id of ids) scheduler.add(scheduler.lane(ACCOUNT, device), id, "incoming", 0);
	}
	return scheduler;
}

describe("lanes", () => {
	it("take turns, so that a flood of one device does not delay another", () => {
		const scheduler = filled(["camera", [1, 2, 3, 4, 5]], ["plc", [9]]);
		const order: number[] = [];
		for (let turn = 0; turn < 3; turn += 1) {
			const lane = scheduler.nextLane(ACCOUNT, 0);
			if (lane === undefined) break;
			scheduler.begin(lane);
			for (const item of scheduler.take(lane, 0, 1)) {
				order.push(item.id);
				scheduler.remove(item);
			}
			lane.busy = false;
		}
		expect(order).toEqual([1, 9, 2]);
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
});

describe("a lane", () => {
	it("gives back the order it had when messages were not attempted after all", () => {
		const scheduler = filled(["camera", [1, 2, 3, 4]]);
		const lane = scheduler.lane(ACCOUNT, "camera");
		const taken = scheduler.take(lane, 0, 3);
		for (const item of taken.slice(1).reverse()) scheduler.putBack(item);
		expect(scheduler.take(lane, 0, 9).map(({ id }) => id)).toEqual([2, 3, 4]);
	});

	it("never loses, repeats or reorders a message, whatever its owner and the cloud do", () => {
		const step = fc.record({ what: fc.constantFrom(...STEPS), which: fc.nat(30) });
		fc.assert(
			fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
				const twin = new Twin();
				for (const { what, which } of steps) {
					twin[what](which);
					twin.agree();
				}
			}),
			{ numRuns: 400 },
		);
	});
});

const STEPS = ["add", "take", "deliver", "defer", "putBack", "hold", "release", "discard"] as const;

/** A lane of the scheduler's, and the same as three plain lists. */
class Twin {
	readonly #scheduler = new Scheduler();
	readonly #lane = this.#scheduler.lane(ACCOUNT, "camera");
	#waiting: number[] = [];
	#active: number[] = [];
	#aside: number[] = [];
	#lastId = 0;

	add(): void {
		this.#lastId += 1;
		this.#scheduler.add(this.#lane, this.#lastId, "incoming", 0);
		this.#waiting.push(this.#lastId);
	}

	take(which: number): void {
		const limit = 1 + (which % 3);
		const ids = this.#scheduler.take(this.#lane, 0, limit).map(({ id }) => id);
		expect(ids).toEqual(this.#waiting.splice(0, limit));
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
			this.#waiting.unshift(item.id);
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
