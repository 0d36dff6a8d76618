import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { displayWidth, printable, printableJson, shorten } from "./printable.ts";
import { renderTable } from "./table.ts";
import { count, localTime, size } from "./words.ts";

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not come through
const ACTS_ON_TERMINAL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const anyText = fc.string({
	unit: fc.oneof(
		fc.constantFrom("\u001b", "\n", "\u009b", "\u202e", "文", "é"),
		fc.string({ minLength: 1, maxLength: 1, unit: "binary" }),
	),
});

describe("printable", () => {
	it("lets nothing through that acts on a terminal", () => {
		fc.assert(fc.property(anyText, (text) => !ACTS_ON_TERMINAL.test(printable(text))));
		fc.assert(fc.property(anyText, (text) => !ACTS_ON_TERMINAL.test(printableJson({ text }))));
	});

	it("keeps JSON the same value", () => {
		fc.assert(
			fc.property(anyText, (text) => {
				expect(JSON.parse(printableJson({ [text]: [text] }, 2))).toEqual({ [text]: [text] });
			}),
		);
	});

	it("leaves ordinary text of any language alone", () => {
		for (const text of ["Kopierer, 2. OG", "コピー機", "ناسخة", "👩‍💻 & co"])
			expect(printable(text)).toBe(text);
	});
});

describe("renderTable", () => {
	it("aligns wide letters", () => {
		expect(
			renderTable(
				[{ title: "A" }, { title: "B", align: "right" }],
				[
					["文字", "1"],
					["x", "22"],
				],
			),
		).toBe("A      B\n文字   1\nx     22");
	});

	it("never gets wider than the terminal while a column can give way", () => {
		fc.assert(
			fc.property(
				fc.array(fc.tuple(anyText, anyText)),
				fc.integer({ min: 20, max: 120 }),
				(rows, columns) => {
					const table = renderTable(
						[
							{ title: "A", flexible: true },
							{ title: "B", flexible: true },
						],
						rows,
						columns,
					);
					for (const line of table.split("\n")) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
				},
			),
		);
	});

	it("shortens with an ellipsis", () => {
		expect(shorten("abcdef", 4)).toBe("abc…");
		expect(shorten("文文文", 4)).toBe("文…");
		expect(shorten("abcd", 4)).toBe("abcd");
	});
});

describe("words", () => {
	it("sizes, times, counts", () => {
		expect([0, 999, 1000, 2048, 9_960, 150_000_000, 999_600, 64e9].map(size)).toEqual([
			"0 B",
			"999 B",
			"1.0 kB",
			"2.0 kB",
			"10 kB",
			"150 MB",
			"1.0 MB",
			"64 GB",
		]);
		expect(localTime(null)).toBe("-");
		expect(localTime("garbage")).toBe("garbage");
		expect(localTime("2026-11-20T11:38:00.000Z")).toMatch(/^2026-11-\d\d \d\d:\d\d$/);
		expect([count(1, "message"), count(0, "message")]).toEqual(["1 message", "0 messages"]);
	});
});
