import { describe, expect, it } from "vitest";
import type { Figure } from "./figure.ts";
import { formatTable } from "./table.ts";

const rate: Figure = {
	title: "durable accept",
	unit: "/s",
	value: "accepted",
	decimals: 0,
	wanted: [
		{ atLeastTimes: 1.5, of: "naive" },
		{ atLeastTimes: 2.5, of: "postfix" },
	],
};
const flushes: Figure = {
	title: "flushes",
	unit: "",
	value: "flushes",
	decimals: 2,
	wanted: [{ atMost: 0.35 }],
};
const measurement = "accept";
const runs = (...values: number[]) => values.map((accepted) => ({ accepted }));

describe("the table", () => {
	it("shows medians with their spread, ratios, and that every want is met", () => {
		const table = formatTable([
			{
				measurement,
				figure: rate,
				runs: { postern: runs(1600, 1700, 1500), naive: runs(1000), postfix: runs(600) },
			},
		]);
		expect(table).toContain("1600 (1500…1700)");
		expect(table).toContain("1.60 × naive, 2.67 × postfix");
		expect(table).toContain("≥ 1.5 × naive, ≥ 2.5 × postfix");
		expect(table).toMatch(/yes$/m);
	});

	it("says NO when one want of several is missed", () => {
		const table = formatTable([
			{ measurement, figure: rate, runs: { postern: runs(1600), naive: runs(1000), postfix: runs(700) } },
		]);
		expect(table).toMatch(/NO$/m);
	});

	it("leaves the verdict open where a reference or Postern is missing", () => {
		expect(
			formatTable([{ measurement, figure: rate, runs: { postern: runs(1600), naive: runs(1000) } }]),
		).toMatch(/\?$/m);
		expect(formatTable([{ measurement, figure: flushes, runs: { naive: [{ flushes: 2 }] } }])).toMatch(
			/\?$/m,
		);
	});

	it("measures numbers of its own against Postern alone", () => {
		const table = formatTable([
			{ measurement, figure: flushes, runs: { postern: [{ flushes: 0.3 }], naive: [{ flushes: 2 }] } },
		]);
		expect(table).toMatch(/0\.30 +2\.00 +– +– +0\.15 × naive +≤ 0\.35 +yes$/m);
	});
});
