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
});
