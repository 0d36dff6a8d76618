/** The log in memory: what it keeps, in which order, and that a line is read as it was written. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Log } from "./log.ts";
import { fieldsOf, LogRing } from "./log-ring.ts";

function ringed(): { readonly ring: LogRing; readonly log: Log } {
	const ring = new LogRing(() => 0);
	return { ring, log: new Log({ level: "info", journal: false, write: () => undefined, ring }) };
}

const texts = (ring: LogRing) => [...ring.newestFirst()].map(({ text }) => text);

describe("the log in memory", () => {
	it("gives fields back as they were, whatever a device put into them", () => {
		fc.assert(
			fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), fc.string({ maxLength: 300 }), (a, b) => {
				const { ring, log } = ringed();
				log.info("told", { a, b });
				const [line] = ring.newestFirst();
				expect(fieldsOf(line?.text ?? "")).toEqual({ a, b });
			}),
		);
	});

	it("keeps a warning through a flood of mail", () => {
		const { ring, log } = ringed();
		log.warning("account-trouble", { account: "alerts@contoso.com" });
		for (let number = 0; number < 20_000; number += 1) log.info("mail-accepted", { number });
		const lines = [...ring.newestFirst()];
		expect(lines.at(-1)).toMatchObject({ event: "account-trouble", number: 1 });
		expect(lines).toHaveLength(4001);
		expect(lines[0]?.text).toBe(" number=19999");
	});

	it("keeps the newest, whole and in order, in a bounded room, whatever their sizes", () => {
		const size = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 3000 }));
		fc.assert(
			fc.property(fc.array(size, { minLength: 1, maxLength: 40 }), (sizes) => {
				const ring = new LogRing(() => 0);
				const pushed: string[] = [];
				for (let number = 0; number < 2500; number += 1) {
					const wanted = sizes[number % sizes.length] ?? 0;
					const text = wanted === 0 ? "" : ` n=${number}-${"é".repeat(wanted)}`;
					pushed.push(text.length > 2000 ? `${text.slice(0, 2000)}…` : text);
					ring.add("info", "told", text);
				}
				const kept = texts(ring);
				expect(kept).toEqual(pushed.slice(-kept.length).reverse());
				const bytes = kept.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
				expect(bytes).toBeLessThanOrEqual(1_200_000);
				// Room is not wasted: what was dropped would not have fitted.
				const dropped = pushed.slice(0, pushed.length - kept.length);
				if (dropped.length > 0) expect(bytes).toBeGreaterThan(1_200_000 - 3 * 4003);
			}),
			{ numRuns: 25 },
		);
	});

	it("shows a line that was too long up to where it was cut", () => {
		const { ring, log } = ringed();
		log.error("fault", { before: 1, error: `a "quoted" ${"x".repeat(5000)}` });
		const [line] = ring.newestFirst();
		const { before, error } = fieldsOf(line?.text ?? "");
		expect(before).toBe("1");
		expect(error).toMatch(/^a "quoted" x{1900,}…$/);
	});
});
