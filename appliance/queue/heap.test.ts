import fc from "fast-check";
import { expect, it } from "vitest";
import { Heap } from "./heap.ts";

it("has the least at its head, whatever came and went in whatever order", () => {
	const step = fc.record({ add: fc.boolean(), value: fc.nat(50), which: fc.nat(100) });
	fc.assert(
		fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
			const heap = new Heap<{ value: number }>((a, b) => a.value < b.value);
			const twin: { value: number }[] = [];
			for (const { add, value, which } of steps) {
				if (add || twin.length === 0) {
					const entry = { value };
					heap.add(entry);
					twin.push(entry);
				} else {
					const [entry = { value: 0 }] = twin.splice(which % twin.length, 1);
					expect(heap.remove(entry)).toBe(true);
					expect(heap.remove(entry)).toBe(false);
				}
				expect(heap.size).toBe(twin.length);
				expect(heap.first?.value).toBe(twin.length === 0 ? undefined : Math.min(...twin.map((e) => e.value)));
			}
		}),
	);
});
