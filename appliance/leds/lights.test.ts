/** What the light shows, and when it changes: a driver that writes down what it was asked, and real time in small. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Clock, SystemClock } from "../clock.ts";
import { Log } from "../log.ts";
import type { LedDriver } from "./driver.ts";
import { Lights } from "./lights.ts";
import type { LightMeaning } from "./meaning.ts";
import { MEANINGS } from "./rhythms.ts";

class FakeTime extends SystemClock implements Clock {
	override monotonicMs(): number {
		return Date.now();
	}
	override sleep(durationMs: number, signal?: AbortSignal): Promise<void> {
		return new Promise((resolve) => {
			setTimeout(resolve, durationMs);
			if (signal?.aborted === true) resolve();
			signal?.addEventListener("abort", () => resolve(), { once: true });
		});
	}
}

let shown: LightMeaning[];
let names: string[];
let broken: Error | undefined;
let logged: string[];
let lights: Lights;
beforeEach(async () => {
	vi.useFakeTimers();
	[shown, names, logged, broken] = [[], ["ACT"], [], undefined];
	const driver: LedDriver = {
		get lights() {
			return names;
		},
		async show(meaning) {
			if (broken !== undefined) throw broken;
			shown.push(meaning);
		},
	};
	lights = new Lights({
		open: () => Promise.resolve({ ...driver, lights: [...names] }),
		clock: new FakeTime(),
		log: new Log({ level: "info", journal: false, write: (line) => void logged.push(line) }),
	});
	await lights.find();
});
afterEach(() => void vi.useRealTimers());

const settled = () => vi.advanceTimersByTimeAsync(0);

describe("the light", () => {
	it("is written when its meaning changes, and at no other time", async () => {
		for (const meaning of ["starting", "working", "working", "working"] as const) lights.show(meaning);
		await settled();
		expect(shown).toEqual(["starting", "working"]);
	});

	it("says for some seconds that it sends, and is not kept from trouble by it", async () => {
		lights.show("sending");
		lights.show("working");
		await vi.advanceTimersByTimeAsync(2_900);
		expect(shown).toEqual(["sending"]);
		await vi.advanceTimersByTimeAsync(200);
		expect(shown).toEqual(["sending", "working"]);
		lights.show("sending");
		lights.show("needs-you");
		await settled();
		expect(shown.at(-1)).toBe("needs-you");
	});

	it("ends with stopped, whatever else is said then", async () => {
		lights.show("working");
		await lights.stop();
		lights.show("sending");
		await vi.advanceTimersByTimeAsync(10_000);
		expect(shown).toEqual(["working", "stopped"]);
	});

	it("that cannot be set is told of once, and tried again with the next word", async () => {
		broken = new Error("EIO");
		for (let count = 0; count < 3; count += 1) {
			lights.show("working");
			await settled();
		}
		expect(logged.filter((line) => line.includes("light-not-set"))).toHaveLength(1);
		broken = undefined;
		lights.show("working");
		await settled();
		expect(shown).toEqual(["working"]);
	});

	it("that the kernel finds late is looked for again, and says what holds by then", async () => {
		names = [];
		const late = new Lights({
			open: () => Promise.resolve({ lights: [...names], show: async (meaning) => void shown.push(meaning) }),
			clock: new FakeTime(),
			log: new Log({ level: "info", journal: false, write: () => undefined }),
		});
		late.show("working");
		expect(await late.find()).toBe(false);
		await settled();
		shown = [];
		names = ["ACT"];
		expect(await late.find()).toBe(true);
		await settled();
		expect(shown).toEqual(["working"]);
	});
});

describe("a walk through all meanings", () => {
	it("shows each for whole cycles and at least five seconds, then what holds by now", async () => {
		lights.show("working");
		await settled();
		shown = [];
		const told: [LightMeaning, number][] = [];
		const startMs = Date.now();
		const walk = (async () => {
			for await (const meaning of lights.walk(new AbortController().signal)) told.push([meaning, Date.now()]);
		})();
		await vi.advanceTimersByTimeAsync(5_000);
		lights.show("needs-you");
		await vi.advanceTimersByTimeAsync(70_000);
		await walk;
		expect(told.map(([meaning]) => meaning)).toEqual(MEANINGS);
		const lengths = told.slice(1).map(([, atMs], index) => atMs - (told[index]?.[1] ?? startMs));
		expect(Math.min(...lengths)).toBeGreaterThanOrEqual(5_000);
		expect(shown).toEqual([...MEANINGS, "needs-you"]);
	});

	it("is one at a time, ends with its visitor, and needs a light", async () => {
		const leaving = new AbortController();
		const first = lights.walk(leaving.signal);
		expect((await first.next()).value).toBe("starting");
		await expect(lights.walk(leaving.signal).next()).rejects.toMatchObject({ code: "lights-busy" });
		leaving.abort();
		expect(await first.next()).toMatchObject({ done: true });
		names = [];
		const none = new Lights({
			open: () => Promise.resolve({ lights: [], show: () => Promise.resolve() }),
			clock: new FakeTime(),
			log: new Log({ level: "info", journal: false, write: () => undefined }),
		});
		await expect(none.walk(leaving.signal).next()).rejects.toMatchObject({ code: "no-lights" });
	});
});
