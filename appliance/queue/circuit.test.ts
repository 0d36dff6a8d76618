import { describe, expect, it } from "vitest";
import { Circuit } from "./circuit.ts";
import type { AccountTrouble } from "./transport.ts";

const unreachable: AccountTrouble = { kind: "unreachable", reason: "", ownerText: "" };
const throttled: AccountTrouble = { kind: "throttled", retryAfterMs: 5_000, reason: "", ownerText: "" };

describe("an account's circuit", () => {
	it("lets one probe through at a time, and closes when it succeeds", () => {
		const circuit = new Circuit(() => 0.5);
		expect(circuit.failed(circuit.begin(), unreachable, 0)).toBe(true);
		expect(circuit.admits(0)).toBe(false);
		expect(circuit.admits(500)).toBe(true);
		const probe = circuit.begin();
		expect([circuit.state, circuit.admits(9_999)]).toEqual(["probing", false]);
		expect(circuit.succeeded(probe)).toBe(true);
		expect(circuit.state).toBe("closed");
	});

	it("probes a dead link at least every four seconds, however long it is dead", () => {
		const circuit = new Circuit(() => 0.5);
		let nowMs = 0;
		for (let probe = 0; probe < 1_000; probe += 1) {
			circuit.failed(circuit.begin(), unreachable, nowMs);
			expect(circuit.openUntilMs - nowMs).toBeLessThanOrEqual(4_000);
			nowMs = circuit.openUntilMs;
		}
	});

	it("keeps Retry-After, although an attempt from before it succeeds and the owner is impatient", () => {
		const circuit = new Circuit(() => 0.5);
		const before = circuit.begin();
		circuit.failed(circuit.begin(), throttled, 0);
		expect(circuit.succeeded(before)).toBe(false);
		circuit.nudge(100);
		expect(circuit.admits(4_999)).toBe(false);
		expect(circuit.admits(5_000)).toBe(true);
	});

	it("is not barred by a probe of which nothing came", () => {
		const circuit = new Circuit(() => 0.5);
		circuit.failed(circuit.begin(), unreachable, 0);
		circuit.abandon(circuit.begin());
		expect(circuit.admits(500)).toBe(true);
	});

	it("probes at once when someone has signed in", () => {
		const circuit = new Circuit(() => 0.5);
		circuit.failed(circuit.begin(), { kind: "needs-sign-in", reason: "", ownerText: "" }, 0);
		expect(circuit.admits(1_000)).toBe(false);
		circuit.nudge(1_000);
		expect(circuit.admits(1_000)).toBe(true);
	});

	it("spreads the probes of many boxes, and obeys Retry-After to the second all the same", () => {
		const waits = (trouble: AccountTrouble) =>
			[0, 0.25, 0.5, 0.75, 0.999].map((random) => {
				const circuit = new Circuit(() => random);
				circuit.failed(circuit.begin(), trouble, 0);
				return Math.round(circuit.openUntilMs);
			});
		expect(waits(unreachable)).toEqual([400, 450, 500, 550, 600]);
		expect(waits(throttled)).toEqual([5_000, 5_000, 5_000, 5_000, 5_000]);
	});

	it("asks a service that throttles without saying how long less and less often, at least every 36 s", () => {
		const circuit = new Circuit(() => 0.999);
		let nowMs = 0;
		const waits: number[] = [];
		for (let probe = 0; probe < 12; probe += 1) {
			circuit.failed(circuit.begin(), { kind: "throttled", reason: "", ownerText: "" }, nowMs);
			waits.push(circuit.openUntilMs - nowMs);
			nowMs = circuit.openUntilMs;
		}
		expect(waits).toEqual([...waits].sort((a, b) => a - b));
		expect(waits.at(-1)).toBeLessThanOrEqual(36_000);
	});

	it("bounds what an answer asks for: no spinning, and no more than a day", () => {
		for (const [asked, waited] of [
			[0, 500],
			[-5, 500],
			[1e12, 86_400_000],
		] as const) {
			const circuit = new Circuit();
			circuit.failed(circuit.begin(), { ...throttled, retryAfterMs: asked }, 0);
			expect(circuit.openUntilMs).toBe(waited);
		}
	});

	it("makes no news of a throttling of seconds, and one of a longer one", () => {
		const circuit = new Circuit();
		expect(circuit.failed(circuit.begin(), throttled, 0)).toBe(false);
		circuit.succeeded(circuit.begin());
		expect(circuit.isTold).toBe(false);
		const news: boolean[] = [];
		for (let nowMs = 0; nowMs < 100_000; nowMs = circuit.openUntilMs) {
			news.push(circuit.failed(circuit.begin(), throttled, nowMs));
		}
		expect(news.filter(Boolean)).toHaveLength(1);
		expect(news.indexOf(true)).toBe(12);
		expect(circuit.isTold).toBe(true);
	});
});
