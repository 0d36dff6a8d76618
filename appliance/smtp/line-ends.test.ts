import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { LineEnds } from "./line-ends.ts";

function mend(text: string, cuts: readonly number[] = []) {
	const ends = new LineEnds();
	const wire = Buffer.from(text, "latin1");
	const places = [...new Set(cuts.map((cut) => cut % (wire.length + 1)))].sort((a, b) => a - b);
	let from = 0;
	let mended = "";
	for (const place of [...places, wire.length]) {
		mended += ends.add(wire.subarray(from, place)).toString("latin1");
		from = place;
	}
	return { mended: mended + ends.end().toString("latin1"), count: ends.mended };
}

describe("line ends", () => {
	it.each([
		["a\r\nb\r\n", "a\r\nb\r\n"],
		["a\nb\n", "a\r\nb\r\n"],
		["a\r\r\nb", "a\r\nb"],
		["a\rb", "a b"],
		["a\r\rb", "a  b"],
		["a\0b\r\n", "ab\r\n"],
		["\n.\r\nb", "\r\n.\r\nb"],
		["a\r", "a\r\n"],
		["\r\n\0.\r\n", "\r\n.\r\n"],
		["", ""],
	])("of %j become %j", (text, expected) => {
		expect(mend(text).mended).toBe(expected);
	});

	it("of a message in order are not touched, and nothing is copied", () => {
		const chunk = Buffer.from("Subject: x\r\n\r\nbody\r\n");
		const ends = new LineEnds();
		expect(ends.add(chunk)).toBe(chunk);
		expect(ends.mended).toBe(0);
	});

	it("are CRLF alone afterwards, and the same however the bytes are cut", () => {
		const piece = fc.constantFrom("\r", "\n", "\r\n", "\0", "a", ".", "é");
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 60 }), fc.array(fc.nat(100)), (pieces, cuts) => {
				const text = pieces.join("");
				const whole = mend(text);
				expect(mend(text, cuts)).toEqual(whole);
				expect(whole.mended.replaceAll("\r\n", "")).not.toMatch(/[\r\n\0]/);
				const kept = (value: string) => value.replaceAll(/[\r\n\0 ]/g, "");
				expect(kept(whole.mended)).toBe(kept(text));
			}),
			{ numRuns: 2_000 },
		);
	});

	it("cost no memory for a peer that sends carriage returns for ever", () => {
		const ends = new LineEnds();
		let length = 0;
		for (let round = 0; round < 100; round += 1) length += ends.add(Buffer.alloc(1_000, "\r")).length;
		expect(length + ends.end().length).toBeLessThanOrEqual(100_002);
	});
});
