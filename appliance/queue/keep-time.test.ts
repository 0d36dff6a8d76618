import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { silentLog } from "../log.ts";
import { Storage } from "../store/storage.ts";
import { TrustedTime } from "../trusted-time.ts";
import { KeepTime } from "./keep-time.ts";
import { Scheduler } from "./scheduler.ts";
import { Spool } from "./spool.ts";
import { SimulatedClock } from "./testing/simulated-clock.ts";

const DAY_MS = 24 * 60 * 60_000;
const START_MS = Date.UTC(2026, 10, 25);

let folder: string;
let storage: Storage;
let spool: Spool;
let scheduler: Scheduler;
let clock: SimulatedClock;
let time: TrustedTime;
let keepTime: KeepTime;
beforeEach(async () => {
	folder = mkdtempSync(path.join(tmpdir(), "postern-keep-"));
	storage = await Storage.open({
		stateDir: folder,
		onFatal: (error) => {
			throw error;
		},
	});
	clock = new SimulatedClock(START_MS);
	time = new TrustedTime(clock);
	spool = await Spool.open({ storage, stateDir: folder, clock });
	scheduler = new Scheduler();
	keepTime = new KeepTime({ spool, scheduler, clock, time, log: silentLog(), keepMs: () => 90 * DAY_MS });
});
afterEach(async () => {
	await storage.close();
	await spool.close();
	rmSync(folder, { recursive: true });
});

async function failed(): Promise<number> {
	const incoming = spool.receive();
	await incoming.body.write(Buffer.from("x\r\n"));
	const envelope = { reversePath: "", recipients: ["a@b.com"], smtpUtf8: false };
	await incoming.accept({ ...envelope, device: "Copier", account: "", state: "failed" });
	scheduler.add(scheduler.lane("", "Copier"), incoming.number, "failed", 0);
	return incoming.number;
}

it("failed mail leaves after its keep time with a line of history, and not before", async () => {
	const number = await failed();
	await clock.run(89 * DAY_MS);
	time.heard(START_MS + 89 * DAY_MS);
	expect(await keepTime.look()).toBe(0);
	await clock.run(91 * DAY_MS);
	expect(await keepTime.look()).toBe(1);
	expect(await spool.show(number)).toMatchObject({ outcome: "expired" });
	expect(scheduler.failed()).toEqual([]);
});

it("a clock that jumps years removes nothing, nor one that nobody has confirmed", async () => {
	await failed();
	clock.setWall(START_MS + 3_650 * DAY_MS);
	expect(await keepTime.look()).toBe(0);
	time.heard(START_MS + 1_000);
	expect(await keepTime.look()).toBe(0);
});
