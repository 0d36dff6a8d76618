/** Lanes of an account served by slots of different speed, on a clock of the test's own. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Item, type Lane, Scheduler } from "./scheduler.ts";
import { MOST_TURNS, TURN_BYTES } from "./turns.ts";

const ACCOUNT = "a@example.com";
const MEGABYTE = 1024 * 1024;

interface Device {
	readonly name: string;
	readonly urgent?: boolean;
	/** Of its messages; each is sent in as many milliseconds as `msFor` says. */
	readonly sizes: readonly number[];
}

interface Served {
	readonly device: string;
	readonly index: number;
	readonly sizeBytes: number;
}

/** In the order in which they began. */
function serve(devices: readonly Device[], slots: number, msFor: (sizeBytes: number) => number): Served[] {
	const urgent = new Set(devices.filter((device) => device.urgent === true).map(({ name }) => name));
	const scheduler = new Scheduler((device) => ({ urgent: urgent.has(device), newestFirst: false }));
	const sizes = new Map<number, Served>();
	for (const { name, sizes: all } of devices) {
		for (const [index, sizeBytes] of all.entries()) {
			sizes.set(sizes.size + 1, { device: name, index, sizeBytes });
			scheduler.add(scheduler.lane(ACCOUNT, name), sizes.size, "incoming", 0);
		}
	}
	const served: Served[] = [];
	const atWork: { readonly lane: Lane; readonly item: Item; readonly untilMs: number }[] = [];
	let nowMs = 0;
	for (;;) {
		for (
			let lane = scheduler.nextLane(ACCOUNT, 0);
			lane !== undefined;
			lane = scheduler.nextLane(ACCOUNT, 0)
		) {
			if (atWork.length === slots) break;
			scheduler.begin(lane);
			const [item] = scheduler.take(lane, 0, 1);
			const message = sizes.get(item?.id ?? 0);
			if (item === undefined || message === undefined) throw new Error("a lane without work was picked");
			served.push(message);
			atWork.push({ lane, item, untilMs: nowMs + msFor(message.sizeBytes) });
		}
		atWork.sort((a, b) => a.untilMs - b.untilMs);
		const done = atWork.shift();
		if (done === undefined) return served;
		nowMs = done.untilMs;
		scheduler.charge(done.lane, sizes.get(done.item.id)?.sizeBytes ?? 0);
		scheduler.remove(done.item);
		done.lane.busy = false;
	}
}

function costOf({ sizeBytes }: Served): number {
	return Math.min(1 + sizeBytes / TURN_BYTES, MOST_TURNS);
}

const anySizes = fc.array(fc.integer({ min: 0, max: 6 * MEGABYTE }), { maxLength: 60 });
const anyDevices = fc
	.array(fc.record({ sizes: anySizes, urgent: fc.boolean() }), { minLength: 1, maxLength: 8 })
	.map((all) => all.map((device, index) => ({ ...device, name: `device ${index}` })));
const backlogs = fc
	.array(fc.array(fc.integer({ min: 0, max: 6 * MEGABYTE }), { minLength: 30, maxLength: 60 }), {
		minLength: 2,
		maxLength: 6,
	})
	.map((all) => all.map((sizes, index) => ({ name: `device ${index}`, sizes })));
const anySlots = fc.integer({ min: 1, max: 5 });

describe("whatever devices send", () => {
	it("every message is sent once, and those of a device in their order", () => {
		fc.assert(
			fc.property(anyDevices, anySlots, (devices, slots) => {
				const served = serve(devices, slots, (sizeBytes) => 50 + sizeBytes / 1_000);
				for (const { name, sizes } of devices) {
					const own = served.filter(({ device }) => device === name);
					expect(own.map(({ index }) => index)).toEqual([...sizes.keys()]);
				}
			}),
		);
	});

	it("two that both have much to send never differ by more than their largest messages", () => {
		fc.assert(
			fc.property(backlogs, (devices) => {
				const served = serve(devices, 1, () => 1);
				const left = new Map(devices.map(({ name, sizes }) => [name, sizes.length]));
				const cost = new Map<string, number>();
				for (const message of served) {
					// From here on somebody may have nothing more to send.
					if ([...left.values()].some((count) => count < 2)) break;
					left.set(message.device, (left.get(message.device) ?? 0) - 1);
					cost.set(message.device, (cost.get(message.device) ?? 0) + costOf(message));
					const costs = devices.map(({ name }) => cost.get(name) ?? 0);
					expect(Math.max(...costs) - Math.min(...costs)).toBeLessThanOrEqual(2 * MOST_TURNS);
				}
			}),
		);
	});

	it("nobody waits for ever: between two messages of a lane the others send a bounded number", () => {
		fc.assert(
			fc.property(anyDevices, anySlots, (devices, slots) => {
				const served = serve(devices, slots, () => 1);
				for (const { name, urgent } of devices) {
					let waited = 0;
					const most = (urgent ? 1 : 10) * (devices.length + slots) * MOST_TURNS;
					const last = served.findLastIndex(({ device }) => device === name);
					for (const { device } of served.slice(0, last)) {
						waited = device === name ? 0 : waited + 1;
						expect(waited).toBeLessThanOrEqual(most);
					}
				}
			}),
		);
	});
});

describe("a scanner of 10 MB and a PLC of 2 kB, both with much to send", () => {
	it("share by what they cost, and the large one is not shut out", () => {
		const served = serve(
			[
				{ name: "scanner", sizes: Array(40).fill(10 * MEGABYTE) },
				{ name: "plc", sizes: Array(4_000).fill(2_000) },
			],
			1,
			() => 1,
		);
		const places = served.flatMap(({ device }, place) => (device === "scanner" ? [place] : []));
		const gaps = places.slice(1, 30).map((place, index) => place - (places[index] ?? 0));
		for (const gap of gaps) {
			expect(gap).toBeGreaterThan(100);
			expect(gap).toBeLessThanOrEqual(MOST_TURNS + 1);
		}
	});

	it("share in the same way when two go at once and a third device is at work", () => {
		const served = serve(
			[
				{ name: "scanner", sizes: Array(400).fill(10 * MEGABYTE) },
				{ name: "plc", sizes: Array(4_000).fill(2_000) },
				{ name: "heating", sizes: Array(4_000).fill(2_000) },
			],
			2,
			() => 1,
		).slice(0, 4_000);
		expect(served.filter(({ device }) => device === "scanner").length).toBeLessThan(4_000 / 100);
	});

	it("scans of 1 MB and of 300 kB come to the same number of octets", () => {
		const served = serve(
			[
				{ name: "large", sizes: Array(300).fill(MEGABYTE) },
				{ name: "small", sizes: Array(300).fill(300 * 1024) },
			],
			1,
			() => 1,
		).slice(0, 300);
		const octets = (name: string) =>
			served.filter(({ device }) => device === name).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
		expect(octets("large") / octets("small")).toBeGreaterThan(0.9);
		expect(octets("large") / octets("small")).toBeLessThan(1.15);
	});
});

describe("an alarm", () => {
	const cameras = (count: number) =>
		Array.from({ length: count }, (_, index) => ({
			name: `camera ${index}`,
			sizes: Array<number>(500).fill(200_000),
		}));

	it("of an urgent device is the next to go, however many cameras have pictures waiting", () => {
		const served = serve([...cameras(300), { name: "plc", urgent: true, sizes: [500, 500] }], 4, () => 1);
		expect(served.slice(0, 4).some(({ device }) => device === "plc")).toBe(true);
	});

	it("of any device goes before the second picture of a camera", () => {
		const served = serve([...cameras(3), { name: "plc", sizes: [500] }], 1, () => 1);
		expect(served.findIndex(({ device }) => device === "plc")).toBeLessThanOrEqual(3);
	});

	it("that sticks leaves every tenth turn to the others", () => {
		const stuck = { name: "plc", urgent: true, sizes: Array<number>(400).fill(500) };
		const served = serve([...cameras(2), stuck], 1, () => 1).slice(0, 400);
		const others = served.flatMap(({ device }, place) => (device === "plc" ? [] : [place]));
		expect(others).toHaveLength(40);
		expect(others.slice(1).map((place, index) => place - (others[index] ?? 0))).toEqual(Array(39).fill(10));
	});
});

describe("a lane that had the account to itself", () => {
	it("owes for its last message alone", () => {
		const scheduler = new Scheduler();
		const camera = scheduler.lane(ACCOUNT, "camera");
		const plc = scheduler.lane(ACCOUNT, "plc");
		for (let id = 1; id <= 100; id += 1) scheduler.add(camera, id, "incoming", 0);
		scheduler.begin(camera);
		for (let sent = 0; sent < 50; sent += 1) {
			for (const item of scheduler.take(camera, 0, 1)) scheduler.remove(item);
			scheduler.charge(camera, 10 * TURN_BYTES);
		}
		for (let id = 101; id <= 200; id += 1) scheduler.add(plc, id, "incoming", 0);
		camera.busy = false;
		let before = 0;
		for (let lane = scheduler.nextLane(ACCOUNT, 0); lane === plc; lane = scheduler.nextLane(ACCOUNT, 0)) {
			scheduler.begin(lane);
			for (const item of scheduler.take(lane, 0, 1)) scheduler.remove(item);
			scheduler.charge(lane, 0);
			lane.busy = false;
			before += 1;
		}
		expect(before).toBeGreaterThan(9);
		expect(before).toBeLessThan(13);
	});
});
