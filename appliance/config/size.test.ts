import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Refusal } from "./refusal.ts";
import { formatSize, readSize } from "./size.ts";

const ANY = { leastBytes: 0, mostBytes: 1e15 };

describe("sizes", () => {
	it.each([
		["150MB", 150_000_000],
		["64 KiB", 65_536],
		["1.5G", 1_500_000_000],
		["1k", 1000],
		["2mib", 2_097_152],
		["17B", 17],
		["17", 17],
		[4096, 4096],
	])("reads %s", (text, bytes) => {
		expect(readSize(text, ANY)).toBe(bytes);
	});

	it.each(["", "MB", "150XB", "-1MB", "1 000", "1ib", "1e3", "0x10", -5, Number.NaN])(
		"refuses %s",
		(text) => {
			expect(readSize(text, ANY)).toBeInstanceOf(Refusal);
		},
	);

	it("says what the bounds are", () => {
		const bounds = { leastBytes: 1000, mostBytes: 150 * 2 ** 20 };
		expect(readSize("151MiB", bounds)).toMatchObject({ why: "is too large; at most 150MiB" });
		expect(readSize("1B", bounds)).toMatchObject({ why: "is too small; at least 1kB" });
	});

	it("reads back every size that it writes, and never throws", () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 1e12 }), (bytes) => {
				expect(readSize(formatSize(bytes), ANY)).toBe(bytes);
			}),
		);
		fc.assert(fc.property(fc.string(), (text) => void readSize(text, ANY)));
	});
});
