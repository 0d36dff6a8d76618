import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { afterEach, expect, test, vi } from "vitest";
import { giveBackWhenQuiet } from "./memory.ts";

const ends: (() => void)[] = [];
afterEach(() => {
	for (const end of ends.splice(0)) end();
});

const MEGABYTE = 1024 * 1024;

/** Old enough that no passing collection takes it. */
function peak(): void {
	let kept: string[][] = Array.from({ length: 100 }, (_, part) =>
		Array.from({ length: 10_000 }, (_, at) => `${part} ${at}`),
	);
	expect(kept.flat()).toHaveLength(1_000_000);
	kept = [];
}

test("what a peak has left is given back once it is quiet", async () => {
	const elsewhere = vi.fn();
	ends.push(giveBackWhenQuiet({ alsoElsewhere: elsewhere, system: undefined, lookEveryMs: 500 }));
	await vi.waitFor(() => expect(elsewhere).toHaveBeenCalled(), { timeout: 10_000, interval: 1_000 });
	const atRestBytes = process.memoryUsage.rss();
	elsewhere.mockClear();
	peak();
	expect(process.memoryUsage.rss()).toBeGreaterThan(atRestBytes + 30 * MEGABYTE);
	await vi.waitFor(() => expect(elsewhere).toHaveBeenCalled(), { timeout: 10_000, interval: 1_000 });
	expect(process.memoryUsage.rss()).toBeLessThan(atRestBytes + 20 * MEGABYTE);
});

test("threads that give back at the same moment do not take the means from each other", async () => {
	const gate = new Int32Array(new SharedArrayBuffer(4));
	const memory = new URL("./memory.ts", import.meta.url).href;
	const program = `
		const { parentPort, workerData } = require("node:worker_threads");
		import(${JSON.stringify(memory)}).then(({ giveBack }) => {
			parentPort.postMessage("here");
			Atomics.wait(workerData, 0, 0);
			giveBack();
		});`;
	const threads = Array.from({ length: 12 }, () => new Worker(program, { eval: true, workerData: gate }));
	await Promise.all(threads.map((thread) => once(thread, "message")));
	const ends = threads.map((thread) => once(thread, "exit"));
	Atomics.store(gate, 0, 1);
	Atomics.notify(gate, 0);
	expect((await Promise.all(ends)).map(([code]) => code)).toEqual(threads.map(() => 0));
});
