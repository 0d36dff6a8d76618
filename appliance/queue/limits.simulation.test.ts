import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Limits, WindowLimit } from "./limits.ts";
import { mostInAnyWindow } from "./testing/any-window.ts";
import { type Fate, SimulatedQueue } from "./testing/simulated-queue.ts";
import type { AccountTrouble } from "./transport.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const ONE = "one@contoso.com";
const TWO = "two@contoso.com";
const FOREVER_MS = 1e12;

function windowLimit(change: Partial<WindowLimit>): WindowLimit {
	return {
		unit: "messages",
		most: 30,
		perMs: MINUTE_MS,
		spreadFrom: 1 / 3,
		isKept: false,
		ownerText: "the limit",
		...change,
	};
}

const SMTP: Limits = { windows: [windowLimit({})] };
const GRAPH: Limits = {
	windows: [windowLimit({ unit: "requests", most: 10_000, perMs: 10 * MINUTE_MS })],
	app: { key: "app", concurrency: 4 },
};

const taken = (latencyMs: number): Fate => ({ latencyMs, asks: [{ messages: 1, requests: 1 }] });
const refused = (trouble: Partial<AccountTrouble>, latencyMs = 50): Fate => ({
	...taken(latencyMs),
	trouble: { kind: "throttled", reason: "429", ownerText: "Microsoft asked to slow down.", ...trouble },
});

describe("whatever arrives and whatever is answered", () => {
	const arrivals = fc.array(
		fc.record({
			afterMs: fc.nat({ max: 3_000 }),
			account: fc.constantFrom(ONE, TWO),
			device: fc.constantFrom("camera", "PLC", "copier"),
			recipients: fc.integer({ min: 1, max: 4 }),
		}),
		{ minLength: 1, maxLength: 60 },
	);
	const fates: fc.Arbitrary<Fate> = fc.oneof(
		{ weight: 6, arbitrary: fc.integer({ min: 1, max: 4_000 }).map(taken) },
		// Looks before it sends, or uploads in pieces: more requests than were estimated.
		{
			weight: 2,
			arbitrary: fc
				.integer({ min: 2, max: 6 })
				.map((asks) => ({ latencyMs: 300, asks: Array(asks).fill({ requests: 1 }) as Fate["asks"] })),
		},
		{
			weight: 1,
			arbitrary: fc
				.integer({ min: 0, max: 90_000 })
				.map((retryAfterMs) => refused({ retryAfterMs, tooManyAtOnce: true })),
		},
		{ weight: 1, arbitrary: fc.constant(refused({})) },
		{ weight: 1, arbitrary: fc.constant(refused({ kind: "unreachable" })) },
	);
	const limits: Limits = {
		windows: [
			windowLimit({ most: 7, perMs: 10_000 }),
			windowLimit({ unit: "requests", most: 9, perMs: 20_000 }),
			windowLimit({ unit: "recipients", most: 12, perMs: 30_000, spreadFrom: 1 }),
		],
		app: { key: "app", concurrency: 4 },
	};

	it("no window is exceeded, no more runs at once, nothing leaves before Retry-After, and all of it leaves", async () => {
		await fc.assert(
			fc.asyncProperty(arrivals, fc.array(fates, { maxLength: 40 }), async (arriving, fated) => {
				let attempts = 0;
				const recipients: Record<string, [number, number][]> = { [ONE]: [], [TWO]: [] };
				const queue = new SimulatedQueue({
					limitsOf: () => limits,
					fate: (attempt, nowMs) => {
						const fate = fated[attempts] ?? taken(100);
						attempts += 1;
						if (fate.trouble === undefined) {
							recipients[attempt.account]?.push([nowMs, attempt.recipients.length]);
						}
						return fate;
					},
				});
				let atMs = 0;
				for (const { afterMs, account, device, recipients: count } of arriving) {
					atMs += afterMs;
					await queue.clock.run(atMs);
					queue.accept(
						account,
						device,
						Array.from({ length: count }, (_, index) => `${index}@example.com`),
					);
				}
				await queue.clock.run(FOREVER_MS, () => queue.waiting === 0);
				expect([queue.waiting, queue.delivered]).toEqual([0, arriving.length]);
				for (const account of [ONE, TWO]) {
					for (const { unit, most, perMs } of limits.windows) {
						const used = unit === "recipients" ? (recipients[account] ?? []) : queue.amounts(account, unit);
						expect([unit, mostInAnyWindow(used, perMs) <= most]).toEqual([unit, true]);
					}
				}
				expect(queue.mostAtOnce).toBeLessThanOrEqual(4);
				for (const { account, trouble, endedMs } of queue.seen) {
					const closedUntilMs = endedMs + (trouble?.retryAfterMs ?? 0);
					const early = queue.seen.filter(
						(other) =>
							other.account === account && other.startedMs > endedMs && other.startedMs < closedUntilMs,
					);
					expect(early).toEqual([]);
				}
			}),
			{ numRuns: 300 },
		);
	});
});

describe("a backlog", () => {
	async function drain(limits: Limits, messages: number, concurrency: number, latencyMs: number) {
		const queue = new SimulatedQueue({ limitsOf: () => limits, concurrency, fate: () => taken(latencyMs) });
		for (let number = 0; number < messages; number += 1) queue.accept(ONE, `device ${number % 12}`);
		await queue.clock.run(FOREVER_MS, () => queue.waiting === 0);
		return queue;
	}

	it("over SMTP drains at no less than nine tenths of 30 a minute", async () => {
		const queue = await drain(SMTP, 1_000, 2, 800);
		expect(1_000 / (queue.clock.monotonicMs() / MINUTE_MS)).toBeGreaterThan(27);
		expect(mostInAnyWindow(queue.amounts(ONE, "messages"), MINUTE_MS)).toBeLessThanOrEqual(30);
		expect(queue.told).toEqual([]);
	});

	it("over Graph drains at no less than nine tenths of 10,000 in ten minutes", async () => {
		const queue = await drain(GRAPH, 20_000, 4, 200);
		const perTenMinutes = 20_000 / (queue.clock.monotonicMs() / (10 * MINUTE_MS));
		expect(perTenMinutes).toBeGreaterThan(9_000);
		expect(mostInAnyWindow(queue.amounts(ONE, "requests"), 10 * MINUTE_MS)).toBeLessThanOrEqual(10_000);
	});

	it("of a camera lets a PLC's alarm pass within seconds, whenever it comes", async () => {
		const queue = new SimulatedQueue({ limitsOf: () => SMTP, concurrency: 2, fate: () => taken(500) });
		for (let picture = 0; picture < 500; picture += 1) queue.accept(ONE, "camera");
		for (let alarm = 1; alarm <= 40; alarm += 1) {
			await queue.clock.run(alarm * 20_300);
			queue.accept(ONE, "PLC");
		}
		await queue.clock.run(FOREVER_MS, () => queue.waiting === 0);
		const alarms = queue.seen.filter(({ device }) => device === "PLC");
		const waits = alarms.map(({ startedMs }, index) => startedMs - (index + 1) * 20_300);
		expect(Math.max(...waits)).toBeLessThan(6_000);
	});

	it("of one account leaves the slots of their app registration to another as well", async () => {
		const queue = new SimulatedQueue({ limitsOf: () => GRAPH, fate: () => taken(1_000) });
		for (let number = 0; number < 200; number += 1) queue.accept(ONE, `device ${number % 8}`);
		await queue.clock.run(5_000);
		for (let number = 0; number < 20; number += 1) queue.accept(TWO, `device ${number % 8}`);
		await queue.clock.run(20_000);
		expect(queue.mostAtOnce).toBe(4);
		expect(queue.seen.filter(({ account, delivered }) => account === TWO && delivered)).toHaveLength(20);
	});
});

describe("a limit that was reached", () => {
	const daily: Limits = {
		windows: [
			windowLimit({ unit: "recipients", most: 10, perMs: 24 * HOUR_MS, spreadFrom: 1, ownerText: "the day" }),
		],
	};

	it("is no trouble; a wait of more than a minute is told, with its end", async () => {
		const queue = new SimulatedQueue({ limitsOf: () => daily, fate: () => taken(100) });
		for (let number = 0; number < 15; number += 1) queue.accept(ONE, "copier");
		await queue.clock.run(HOUR_MS);
		expect(queue.delivered).toBe(10);
		expect(queue.told).toEqual([]);
		const waits = queue.runner.waits(ONE);
		expect(waits?.why).toBe("the day");
		// The room comes free with the first bucket of the day before, which is 24 minutes long.
		expect((waits?.untilMs ?? 0) / HOUR_MS).toBeCloseTo(24.4, 1);
		await queue.clock.run(FOREVER_MS, () => queue.waiting === 0);
		expect(queue.clock.monotonicMs() / HOUR_MS).toBeLessThan(24.5);
		expect(queue.runner.waits(ONE)).toBeUndefined();
	});

	it("is not told when it is a matter of seconds", async () => {
		const queue = new SimulatedQueue({ limitsOf: () => SMTP, fate: () => taken(100) });
		for (let number = 0; number < 60; number += 1) queue.accept(ONE, "copier");
		for (let atMs = 0; queue.waiting > 0; atMs += 500) {
			await queue.clock.run(atMs);
			expect(queue.runner.waits(ONE)).toBeUndefined();
		}
	});

	it("takes effect at once when the owner changes it", async () => {
		let limits = daily;
		const queue = new SimulatedQueue({ limitsOf: () => limits, fate: () => taken(100) });
		for (let number = 0; number < 15; number += 1) queue.accept(ONE, "copier");
		await queue.clock.run(HOUR_MS);
		limits = {
			windows: [windowLimit({ unit: "recipients", most: 100, perMs: 24 * HOUR_MS, spreadFrom: 1 })],
		};
		queue.runner.nudge();
		await queue.clock.run(HOUR_MS + MINUTE_MS);
		expect(queue.waiting).toBe(0);
	});
});

describe("what Microsoft answers", () => {
	it("429 for a moment is obeyed and no trouble, and no message is overtaken for it", async () => {
		const queue = new SimulatedQueue({
			limitsOf: () => GRAPH,
			fate: (_, nowMs) => (nowMs < 40_000 ? refused({ retryAfterMs: 8_000 }) : taken(100)),
		});
		const order: number[] = [];
		queue.events.on("message-settled", () => order.push(queue.delivered));
		for (let number = 0; number < 20; number += 1) queue.accept(ONE, "copier");
		await queue.clock.run(FOREVER_MS, () => queue.waiting === 0);
		expect(queue.told).toEqual([]);
		expect(queue.seen.filter(({ delivered }) => delivered).every(({ number }) => number === 1)).toBe(true);
		expect(queue.clock.monotonicMs()).toBeLessThan(60_000);
	});

	it("429 for longer is told once, and so is its end", async () => {
		const queue = new SimulatedQueue({
			limitsOf: () => GRAPH,
			fate: (_, nowMs) => (nowMs < 200_000 ? refused({ retryAfterMs: 45_000 }) : taken(100)),
		});
		queue.accept(ONE, "copier");
		await queue.clock.run(FOREVER_MS, () => queue.waiting === 0);
		expect(queue.told).toEqual(["throttled", "recovered"]);
	});

	it("too much at once lowers what runs at once for some minutes", async () => {
		let atOnce = 0;
		let most = 0;
		// Another program uses the mailbox: only two more are let in.
		const queue = new SimulatedQueue({
			limitsOf: () => GRAPH,
			fate: (attempt, nowMs) => {
				atOnce = queue.seen.filter(({ endedMs }) => endedMs > nowMs).length + 1;
				if (nowMs > 60_000) most = Math.max(most, atOnce);
				return atOnce > 2
					? refused({ retryAfterMs: 1_000, tooManyAtOnce: true })
					: taken(700 + attempt.number);
			},
		});
		for (let number = 0; number < 500; number += 1) queue.accept(ONE, `device ${number % 9}`);
		await queue.clock.run(FOREVER_MS, () => queue.waiting === 0);
		expect(queue.delivered).toBe(500);
		const refusals = queue.seen.filter(({ trouble }) => trouble !== undefined).length;
		expect(refusals).toBeLessThan(10);
		expect(queue.told).toEqual([]);
	});

	it("after an outage one attempt runs, then two, and the limit is reached within seconds", async () => {
		const queue = new SimulatedQueue({
			limitsOf: () => GRAPH,
			fate: (_, nowMs) => (nowMs < HOUR_MS ? refused({ kind: "unreachable" }) : taken(1_000)),
		});
		for (let number = 0; number < 300; number += 1) queue.accept(ONE, `device ${number % 9}`);
		await queue.clock.run(FOREVER_MS, () => queue.waiting === 0);
		const sent = queue.seen.filter(({ delivered }) => delivered);
		const backAtMs = sent[0]?.startedMs ?? 0;
		expect(backAtMs - HOUR_MS).toBeLessThan(4_000);
		const running = (afterMs: number) =>
			sent.filter(({ startedMs, endedMs }) => startedMs <= backAtMs + afterMs && endedMs > backAtMs + afterMs)
				.length;
		expect([running(500), running(1_500), running(2_500), running(6_500)]).toEqual([1, 1, 2, 4]);
		expect(queue.told).toEqual(["unreachable", "recovered"]);
	});
});
