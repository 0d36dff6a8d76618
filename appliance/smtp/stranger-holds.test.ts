import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Hold, StrangerHolds } from "./stranger-holds.ts";

const A = "192.168.1.50";
const B = "192.168.1.51";

describe("strangers' mail", () => {
	it("is bounded for one, in messages and in bytes, and the next has room", () => {
		const holds = new StrangerHolds(() => true);
		for (let number = 1; number <= 20; number += 1) holds.found(A, number, 1_000);
		expect(holds.begin(A, 21)).toBeUndefined();
		const hold = holds.begin(B, 22);
		expect(hold?.grow(25_000_000)).toBe(true);
		expect(hold?.grow(1)).toBe(false);
		expect(holds.hasRoom(B, 1)).toBe(false);
		hold?.end(false);
		expect(holds.hasRoom(B, 25_000_000)).toBe(true);
		expect(holds.hasRoom(B, 25_000_001)).toBe(false);
	});

	it("has room again for what its owner has deleted", () => {
		const deleted = new Set<number>();
		const holds = new StrangerHolds((number) => !deleted.has(number));
		for (let number = 1; number <= 20; number += 1) holds.found(A, number, 1_000);
		deleted.add(7);
		expect(holds.of(A).numbers).not.toContain(7);
		expect(holds.of(A).sizeBytes).toBe(19_000);
		expect(holds.begin(A, 21)).toBeDefined();
	});
});

interface Step {
	readonly of: number;
	readonly does: "begin" | "grow" | "keep" | "drop";
	readonly bytes: number;
}

/** What was kept of each address, in bytes; the message begun first grows and ends first. */
function play(holds: StrangerHolds, steps: readonly Step[]): ReadonlyMap<string, number> {
	const open: { readonly hold: Hold; readonly address: string; bytes: number }[] = [];
	const kept = new Map<string, number>();
	for (const [number, { of, does, bytes }] of steps.entries()) {
		const address = `10.0.0.${of}`;
		const hold = does === "begin" ? holds.begin(address, number) : undefined;
		if (hold !== undefined) open.push({ hold, address, bytes: 0 });
		const [first] = open;
		if (first === undefined || does === "begin") continue;
		if (does === "grow") {
			if (first.hold.grow(bytes)) first.bytes += bytes;
			continue;
		}
		open.shift()?.hold.end(does === "keep");
		if (does === "keep") kept.set(first.address, (kept.get(first.address) ?? 0) + first.bytes);
	}
	return kept;
}

it("whatever comes at once and ends however, no bound is passed", () => {
	const step = fc.record({
		of: fc.nat(30),
		does: fc.constantFrom("begin" as const, "grow" as const, "keep" as const, "drop" as const),
		bytes: fc.nat(9_000_000),
	});
	fc.assert(
		fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
			const holds = new StrangerHolds(() => true);
			const kept = play(holds, steps);
			expect([...kept.values()].reduce((a, b) => a + b, 0)).toBeLessThanOrEqual(100_000_000);
			for (const [address, bytes] of kept) {
				expect(bytes).toBeLessThanOrEqual(25_000_000);
				expect(holds.of(address).sizeBytes).toBe(bytes);
				expect(holds.of(address).numbers.length).toBeLessThanOrEqual(20);
			}
		}),
	);
});
