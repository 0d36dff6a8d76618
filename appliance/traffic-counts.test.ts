/** Traffic over restarts, crashes and clocks that jump, on a real store and a real spool. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { TrafficPoint } from "./console-services.ts";
import { Events } from "./events.ts";
import { Log } from "./log.ts";
import { parseQueueId } from "./mail/queue-id.ts";
import { finish, historyOf } from "./queue/history.ts";
import { NO_LIMITS } from "./queue/limits.ts";
import { MailDesk } from "./queue/mail-desk.ts";
import { QueueActions } from "./queue/queue-actions.ts";
import { Scheduler } from "./queue/scheduler.ts";
import { Spool } from "./queue/spool.ts";
import { SimulatedClock } from "./queue/testing/simulated-clock.ts";
import { SimulatedQueue } from "./queue/testing/simulated-queue.ts";
import type { DocumentStore } from "./store/documents.ts";
import { Storage } from "./store/storage.ts";
import { TrafficDesk } from "./traffic-counts.ts";
import { TrustedTime } from "./trusted-time.ts";

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

let folder: string;
let storage: Storage;
let clock: SimulatedClock;
let logged: string[];
const boxes: Box[] = [];

beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), "postern-traffic-"));
	storage = await Storage.open({
		stateDir: folder,
		onFatal: (error) => {
			throw error;
		},
	});
	clock = new SimulatedClock(Date.UTC(2026, 10, 20, 12));
	logged = [];
});
afterEach(async () => {
	for (const box of boxes.splice(0)) await stop(box);
	await storage.close();
	await rm(folder, { recursive: true });
});

interface Box {
	readonly traffic: TrafficDesk;
	readonly events: Events;
	readonly time: TrustedTime;
	/** As SMTP takes a message. */
	accept(device: string, text?: string): Promise<string>;
	/** As the runner settles one. */
	deliver(queueId: string): Promise<void>;
	close(): Promise<void>;
}

/** A start of the box on the card as it is. */
async function start(documents: DocumentStore = storage, waiting = () => 0): Promise<Box> {
	const log = new Log({ level: "debug", journal: false, write: (line) => void logged.push(line) });
	const events = new Events((error) => {
		throw error;
	});
	const spool = await Spool.open({ storage, stateDir: folder, clock });
	const scheduler = new Scheduler();
	const { runner } = new SimulatedQueue({
		limitsOf: () => NO_LIMITS,
		fate: () => ({ latencyMs: 0, asks: [] }),
	});
	const actions = new QueueActions({ spool, scheduler, runner, clock });
	const pause = { since: async () => null, set: async () => undefined };
	const mail = new MailDesk({ spool, scheduler, runner, clock, actions, pause });
	const time = new TrustedTime(clock);
	const traffic = await TrafficDesk.open({ documents, events, clock, time, log, mail, waiting });
	const box: Box = {
		traffic,
		events,
		time,
		async accept(device: string, text = "hello"): Promise<string> {
			const incoming = spool.receive();
			await incoming.body.write(Buffer.from(text));
			await incoming.accept({
				...{ device, account: "alerts@contoso.com", reversePath: "", recipients: ["to@example.com"] },
				...{ smtpUtf8: false, state: "incoming" },
			});
			events.emit("message-accepted", { queueId: incoming.queueId, device, sizeBytes: text.length });
			return incoming.queueId;
		},
		async deliver(queueId: string): Promise<void> {
			const shown = await spool.show(parseQueueId(queueId) ?? 0);
			if (shown === null || !("message" in shown)) throw new Error("not queued");
			const event = { atMs: clock.now(), event: "attempt 1", detail: "" };
			const { message } = shown;
			await spool.settle(
				finish(message.id, "delivered", historyOf(shown, event), clock.now()),
				false,
				"urgent",
			);
			events.emit("message-settled", { queueId, device: message.device, delivered: 1, failed: 0 });
		},
		close: () => spool.close(),
	};
	boxes.push(box);
	return box;
}

/** Power is gone: nothing of it is saved any more. */
async function crash(box: Box): Promise<void> {
	boxes.splice(boxes.indexOf(box), 1);
	await box.close();
}

async function stop(box: Box): Promise<void> {
	if (boxes.includes(box)) boxes.splice(boxes.indexOf(box), 1);
	await box.traffic.stop();
	await box.close();
}

function totals(points: readonly TrafficPoint[]) {
	const of = (key: "accepted" | "delivered" | "failed" | "refused" | "acceptedBytes") =>
		points.reduce((sum, point) => sum + point[key], 0);
	return [of("accepted"), of("delivered"), of("failed"), of("refused"), of("acceptedBytes")];
}

describe("traffic", () => {
	it("is what happened, in all and of each device; strangers count for the box alone", async () => {
		const box = await start();
		const { traffic, events } = box;
		await box.deliver(await box.accept("Copier", "12345"));
		await box.accept("Camera", "123");
		await box.accept("stranger 192.168.1.77", "1");
		events.emit("message-settled", { queueId: "x", device: "Camera", delivered: 0, failed: 2 });
		events.emit("message-settled", { queueId: "x", device: "Postern (reports)", delivered: 1, failed: 0 });
		events.emit("peer-refused", { address: "192.168.1.50", device: "Copier" });
		events.emit("peer-refused", { address: "192.168.1.99", device: "" });
		for (const span of ["hour", "day", "month"] as const) {
			expect(totals(traffic.series(span))).toEqual([3, 1, 1, 2, 9]);
			expect(totals(traffic.series(span, "Copier"))).toEqual([1, 1, 0, 1, 5]);
			expect(totals(traffic.series(span, "Camera"))).toEqual([1, 0, 1, 0, 3]);
			expect(totals(traffic.series(span, "stranger 192.168.1.77"))).toEqual([0, 0, 0, 0, 0]);
		}
		expect(traffic.totals()).toEqual({ accepted: 3, delivered: 1, failed: 1, refused: 2, acceptedBytes: 9 });
		expect(
			traffic
				.series("hour")
				.map(({ startsAt }) => startsAt)
				.slice(-2),
		).toEqual(["2026-11-20T11:59:00.000Z", "2026-11-20T12:00:00.000Z"]);
	});

	it("is the same after a stop and a start; what is since the start begins anew", async () => {
		const before = await start();
		await before.deliver(await before.accept("Copier"));
		before.events.emit("peer-refused", { address: "192.168.1.50", device: "Copier" });
		const series = before.traffic.series("day");
		await stop(before);
		const { traffic } = await start();
		expect(traffic.series("day")).toEqual(series);
		expect(totals(traffic.series("month", "Copier"))).toEqual([1, 1, 0, 1, 5]);
		expect(traffic.totals().accepted).toBe(0);
	});

	it("after crashes is counted again from what the card holds, once", async () => {
		const before = await start();
		await before.deliver(await before.accept("Copier"));
		await before.traffic.save();
		await before.deliver(await before.accept("Copier"));
		for (let number = 0; number < 250; number += 1) await before.accept("Camera");
		const expected = totals(before.traffic.series("day"));
		await crash(before);
		const again = await start();
		expect(totals(again.traffic.series("day"))).toEqual(expected);
		await again.accept("Camera");
		await crash(again);
		const third = await start();
		expect(totals(third.traffic.series("day", "Camera"))).toEqual([251, 0, 0, 0, 251 * 5]);
		await stop(third);
		expect(totals((await start()).traffic.series("day", "Camera"))[0]).toBe(251);
	});

	it("begins with what comes when nothing was ever saved", async () => {
		const before = await start();
		await before.accept("Copier");
		await crash(before);
		await storage.remove("traffic", "counts");
		const again = await start();
		expect(totals(again.traffic.series("day"))[0]).toBe(0);
		await again.accept("Copier");
		again.events.emit("peer-refused", { address: "1.2.3.4", device: "" });
		await again.traffic.save();
		await again.accept("Copier");
		await crash(again);
		expect(totals((await start()).traffic.series("day"))[0]).toBe(2);
	});

	it("writes nothing while nothing is counted, whatever waits", async () => {
		let writes = 0;
		const counting: DocumentStore = {
			list: (kind) => storage.list(kind),
			change: (kind, changes) => storage.change(kind, changes),
			remove: (kind, key) => storage.remove(kind, key),
			put: async (...document) => {
				writes += 1;
				await storage.put(...document);
			},
		};
		const box = await start(counting, () => 7);
		for (let hour = 0; hour < 5; hour += 1) {
			box.traffic.sample();
			await box.traffic.save();
		}
		expect(writes).toBe(0);
		expect(box.traffic.series("hour").at(-1)?.waiting).toBe(7);
		expect(box.traffic.series("hour", "Copier").at(-1)?.waiting).toBe(0);
		await box.accept("Copier");
		await box.traffic.save();
		await box.traffic.save();
		expect(writes).toBe(1);
	});

	it("that the card refuses is saved the next time, and what it has damaged begins anew", async () => {
		let isFull = true;
		const refusing: DocumentStore = {
			list: (kind) => storage.list(kind),
			change: (kind, changes) => storage.change(kind, changes),
			remove: (kind, key) => storage.remove(kind, key),
			put: async (...document) => {
				if (isFull) throw new Error("The card is full.");
				await storage.put(...document);
			},
		};
		const box = await start(refusing);
		await box.accept("Copier");
		await box.traffic.save();
		expect(logged.join()).toContain("traffic-not-saved");
		isFull = false;
		await stop(box);
		expect(totals((await start()).traffic.series("day"))[0]).toBe(1);
		for (const value of [
			"?",
			{ lastId: "!", slices: {} },
			{ lastId: "0", slices: { hour: [{}], day: [], month: [] } },
		]) {
			await storage.put("traffic", "counts", value);
			expect(totals((await start()).traffic.series("day"))[0]).toBe(0);
		}
		expect(logged.join()).toContain("traffic-left-out");
	});

	it("goes by the real time once somebody has said it, whatever the box's clock says", async () => {
		clock.setWall(60_000);
		const box = await start();
		await box.accept("Copier");
		expect(box.traffic.series("day").at(-1)).toMatchObject({
			startsAt: "1970-01-01T00:00:00.000Z",
			accepted: 1,
		});
		box.time.heard(Date.UTC(2026, 10, 20, 12));
		await box.accept("Copier");
		expect(box.traffic.series("day").at(-1)).toMatchObject({
			startsAt: "2026-11-20T12:00:00.000Z",
			accepted: 1,
		});
	});

	it("of weeks is still there after a start in 1970 and a power cut before the clock is right", async () => {
		const before = await start();
		await before.accept("Copier");
		await stop(before);
		clock.setWall(60_000);
		const in1970 = await start();
		await in1970.accept("Copier");
		await in1970.traffic.save();
		await crash(in1970);
		clock.setWall(Date.UTC(2026, 10, 21, 12));
		const month = (await start()).traffic.series("month");
		expect(totals(month)[0]).toBe(1);
		expect(month.at(-2)?.accepted).toBe(1);
	});

	it("adds up, however it goes on: the slices of a month are all that happened in it", async () => {
		const step = fc.record({
			what: fc.constantFrom("accept", "refuse", "restart", "save"),
			device: fc.constantFrom("Copier", "Camera"),
			laterMs: fc.nat(DAY_MS),
		});
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
				await storage.remove("traffic", "counts");
				const counts = { accepted: 0, refused: 0 };
				let box = await start();
				for (const { what, device, laterMs } of steps) {
					clock.setWall(clock.now() + laterMs);
					if (what === "accept") {
						await box.accept(device);
						counts.accepted += 1;
					} else if (what === "refuse") {
						box.events.emit("peer-refused", { address: "192.168.1.50", device });
						counts.refused += 1;
					} else if (what === "save") {
						await box.traffic.save();
					} else {
						await stop(box);
						box = await start();
					}
				}
				const [accepted, , , refused] = totals(box.traffic.series("month"));
				expect({ accepted, refused }).toEqual(counts);
				const ofDevices = ["Copier", "Camera"].map(
					(device) => totals(box.traffic.series("month", device))[0] ?? 0,
				);
				expect(ofDevices.reduce((a, b) => a + b)).toBe(counts.accepted);
				await stop(box);
			}),
			{ numRuns: 20 },
		);
	});
});
