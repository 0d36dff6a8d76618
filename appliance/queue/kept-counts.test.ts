import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { silentLog } from "../log.ts";
import type { DocumentStore } from "../store/documents.ts";
import { Storage } from "../store/storage.ts";
import { Allowances } from "./allowances.ts";
import { KeptCounts } from "./kept-counts.ts";
import type { Limits } from "./limits.ts";
import { SimulatedClock } from "./testing/simulated-clock.ts";

const ACCOUNT = "alerts@contoso.com";
const HOUR_MS = 3_600_000;
const LIMITS: Limits = {
	windows: [
		{ unit: "recipients", most: 100, perMs: 24 * HOUR_MS, spreadFrom: 1, isKept: true, ownerText: "the day" },
	],
};

const cleanUps: (() => Promise<void> | void)[] = [];
afterEach(async () => {
	for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

async function openCard(): Promise<{ storage: DocumentStore; writes: () => number }> {
	const folder = mkdtempSync(path.join(tmpdir(), "postern-kept-"));
	cleanUps.push(() => rmSync(folder, { recursive: true, force: true }));
	const storage = await Storage.open({
		stateDir: folder,
		onFatal: (error) => {
			throw error;
		},
	});
	cleanUps.push(() => storage.close());
	let writes = 0;
	const counting: DocumentStore = {
		list: (kind) => storage.list(kind),
		put: (kind, key, value) => {
			writes += 1;
			return storage.put(kind, key, value);
		},
		change: (kind, changes) => storage.change(kind, changes),
		remove: (kind, key) => storage.remove(kind, key),
	};
	return { storage: counting, writes: () => writes };
}

/** One run of the box; its wall clock may stand elsewhere than it should. */
async function start(documents: DocumentStore, wallMs: number) {
	const clock = new SimulatedClock();
	let aheadMs = wallMs;
	const wall = { ...pick(clock), now: () => aheadMs + clock.monotonicMs() };
	const kept = await KeptCounts.open({ documents, clock: wall, log: silentLog() });
	const allowances = new Allowances({ limitsOf: () => LIMITS, clock: wall, kept });
	const setClock = (toMs: number) => {
		aheadMs = toMs - clock.monotonicMs();
	};
	return {
		clock,
		kept,
		allowances,
		setClock,
		room: (recipients: number) => allowances.wait(ACCOUNT, { recipients }),
	};
}

function pick(clock: SimulatedClock) {
	return {
		monotonicMs: () => clock.monotonicMs(),
		sleep: (durationMs: number, signal?: AbortSignal) => clock.sleep(durationMs, signal),
	};
}

describe("recipients of a day", () => {
	it("are remembered over a restart, and free up a day after they were sent to", async () => {
		const { storage } = await openCard();
		const first = await start(storage, 1e12);
		first.allowances.count(ACCOUNT, { recipients: 90 });
		await first.clock.run(2 * HOUR_MS);
		await first.kept.close();
		const second = await start(storage, 1e12 + 3 * HOUR_MS);
		expect(second.room(10)).toBeUndefined();
		const wait = second.room(11);
		expect((wait?.waitMs ?? 0) / HOUR_MS).toBeGreaterThan(20.9);
		expect((wait?.waitMs ?? 0) / HOUR_MS).toBeLessThan(22);
	});

	it("are forgotten by a twentieth at most when the box crashes, and seldom written", async () => {
		const { storage, writes } = await openCard();
		const first = await start(storage, 1e12);
		for (let message = 0; message < 98; message += 1) first.allowances.count(ACCOUNT, { recipients: 1 });
		// Nothing is closed; the writes that were begun reach the card.
		await new Promise((resolve) => setTimeout(resolve, 300));
		expect(writes()).toBeLessThanOrEqual(20);
		const second = await start(storage, 1e12 + 1_000);
		expect(second.room(5)).toBeUndefined();
		expect(second.room(6)).toBeDefined();
	});

	it("are not freed by a clock that has lost its time", async () => {
		const { storage } = await openCard();
		const first = await start(storage, 1e12);
		first.allowances.count(ACCOUNT, { recipients: 90 });
		await first.kept.close();
		const second = await start(storage, 0);
		expect(second.room(11)).toBeDefined();
		await second.clock.run(25 * HOUR_MS);
		expect(second.room(100)).toBeUndefined();
	});

	it("are freed when the clock is put right, and those of this run are not", async () => {
		const { storage } = await openCard();
		const first = await start(storage, 1e12);
		first.allowances.count(ACCOUNT, { recipients: 90 });
		await first.kept.close();
		const second = await start(storage, 0);
		expect(second.room(11)).toBeDefined();
		second.allowances.count(ACCOUNT, { recipients: 10 });
		await second.clock.run(HOUR_MS);
		second.setClock(1e12 + 72 * HOUR_MS);
		expect(second.room(90)).toBeUndefined();
		expect(second.room(91)).toBeDefined();
	});

	it("do not stop mail when what the card has cannot be read or written", async () => {
		const { storage } = await openCard();
		await storage.put("allowance", ACCOUNT, { savedAtMs: "yesterday", counts: [[1]] });
		const refusing: DocumentStore = { ...storage, put: () => Promise.reject(new Error("full")) };
		const box = await start(refusing, 1e12);
		box.allowances.count(ACCOUNT, { recipients: 50 });
		await box.kept.close();
		expect(box.room(50)).toBeUndefined();
	});
});
