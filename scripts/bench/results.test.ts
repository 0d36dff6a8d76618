import { describe, expect, it } from "vitest";
import { chartOf } from "./chart.ts";
import type { Figure } from "./figure.ts";
import { type Results, resultsPage } from "./results.ts";
import type { Line } from "./table.ts";

const rate: Figure = {
	...{ title: "accept <10>", unit: "/s", value: "rate", decimals: 0 },
	wanted: [{ atLeastTimes: 1.5, of: "naive" }],
};
const own: Figure = {
	title: "memory | idle",
	unit: "MB",
	value: "mb",
	decimals: 1,
	wanted: [{ atMost: 90 }],
};
const LINES: readonly Line[] = [
	{
		...{ measurement: "accept-10", figure: rate },
		runs: { postern: [{ rate: 1600 }, { rate: 2000 }], naive: [{ rate: 900 }, { rate: 900 }] },
	},
	{
		...{ measurement: "accept-1", figure: rate },
		runs: {
			postern: [{ rate: 400 }],
			naive: [{ rate: 200 }],
			postfix: [{ rate: 320 }],
			haraka: [{ rate: 100 }],
		},
	},
	{ measurement: "idle", figure: own, runs: { postern: [{ mb: 50 }] } },
];
const RESULTS: Results = {
	...{ date: new Date("2026-11-26T18:00:00Z"), machine: "2 cores (a CPU) · Linux 6", runs: 2 },
	...{ isQuick: false, minutes: 42, lines: LINES, notes: ["of Postern alone"], gaps: ["postfix: not here"] },
};

describe("the page of results", () => {
	it("has each figure with its spread, its verdict and the command that measures it again", () => {
		const page = resultsPage(RESULTS);
		expect(page).toContain("on 2026-11-26; it took 42 minutes");
		expect(page).toContain("- 2 cores (a CPU)\n- Linux 6\n");
		expect(page).toContain(
			"| accept <10> | /s | 1800 (1600…2000) | 900 (900…900) | – | – | 2.00 × naive | ≥ 1.5 × naive | yes | `npm run bench -- --only accept-10` |",
		);
		expect(page).toContain(
			"| 400 | 200 | 320 | 100 | 2.00&nbsp;×&nbsp;naive<br>1.25&nbsp;×&nbsp;postfix<br>4.00&nbsp;×&nbsp;haraka |",
		);
		expect(page).toContain("| memory \\| idle | MB | 50.0 |");
		expect(page).toContain("- postfix: not here");
		expect(page).toContain("## How to read this on a Pi");
		expect(page).not.toContain("Short runs");
	});

	it("says of short runs that they are short", () => {
		expect(resultsPage({ ...RESULTS, isQuick: true })).toContain("not for quoting");
	});
});

describe("the chart", () => {
	it("draws the figures that have a reference, each to its own scale, and escapes their names", () => {
		const svg = chartOf(LINES);
		expect(svg).toContain("accept &lt;10&gt;, /s");
		expect(svg).not.toContain("memory");
		const [postern, naive] = [...svg.matchAll(/width="([\d.]+)" height="14"/g)].map(([, width]) =>
			Number(width),
		);
		expect((postern ?? 0) / (naive ?? 1)).toBeCloseTo(2, 2);
		expect(svg.match(/<text/g)?.length).toBe(14);
	});

	it("is an empty picture without figures", () => {
		expect(chartOf([])).toMatch(/^<svg [^>]*height="32"/);
	});
});
