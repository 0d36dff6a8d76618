import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ConnectionLimits } from "./connection-limits.ts";

const take = (limits: ConnectionLimits, address: string, count: number, isKnown = true) =>
	Array.from({ length: count }, () => limits.admits(address, isKnown)).filter(Boolean).length;

describe("connection limits", () => {
	it("give one address its share, a stranger a small one", () => {
		const limits = new ConnectionLimits();
		expect(take(limits, "192.0.2.1", 300)).toBe(100);
		expect(take(limits, "192.0.2.2", 300, false)).toBe(20);
	});

	it("leave places for the quiet when a few hold nearly all", () => {
		const limits = new ConnectionLimits();
		for (const number of [1, 2, 3, 4]) take(limits, `192.0.2.${number}`, 100);
		expect(take(limits, "192.0.2.5", 100)).toBe(5);
		expect(take(limits, "192.0.2.6", 100)).toBe(5);
	});

	it("leave places for devices, from however many addresses strangers come", () => {
		const limits = new ConnectionLimits();
		for (let number = 0; number < 250; number += 1) take(limits, `198.51.100.${number}`, 20, false);
		expect(take(limits, "198.51.100.251", 1, false)).toBe(0);
		expect(take(limits, "192.0.2.1", 40)).toBe(40);
	});

	it("give every place back, whatever comes and goes", () => {
		const step = fc.tuple(fc.nat(5), fc.boolean());
		fc.assert(
			fc.property(fc.array(step, { maxLength: 2_000 }), (steps) => {
				const limits = new ConnectionLimits();
				const open: string[] = [];
				for (const [number, leaves] of steps) {
					const address = `192.0.2.${number}`;
					const at = open.indexOf(address);
					if (leaves && at !== -1) limits.left(open.splice(at, 1)[0] ?? "");
					else if (limits.admits(address, true)) open.push(address);
				}
				for (const address of open) limits.left(address);
				expect(take(limits, "192.0.2.1", 300)).toBe(100);
			}),
			{ numRuns: 50 },
		);
	});
});
