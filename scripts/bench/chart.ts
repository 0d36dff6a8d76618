/**
 * The figures that have a reference, as bars: an SVG that is read without colours, in a browser and on a forge's page. Each
 * figure has a scale of its own, from nothing to its largest value. Pure.
 */
import { CONTENDERS, type ContenderName } from "./contender.ts";
import { spreadOf } from "./statistics.ts";
import { type Line, valuesOf } from "./table.ts";

const WIDTH = 860;
const MARGIN = 16;
const NAMES_WIDTH = 84;
const VALUES_WIDTH = 150;
const BAR_HEIGHT = 14;
const BAR_GAP = 4;
const TITLE_HEIGHT = 20;
const FIGURE_GAP = 14;
const BARS_WIDTH = WIDTH - 2 * MARGIN - NAMES_WIDTH - VALUES_WIDTH;
const FILLS: Readonly<Record<ContenderName, string>> = {
	postern: "#1f5f8b",
	naive: "#9aa5ad",
	postfix: "#c9d0d5",
	haraka: "#eef1f3",
};

export function chartOf(lines: readonly Line[]): string {
	const parts: string[] = [];
	let y = MARGIN;
	for (const line of lines.filter(hasReference)) {
		const { text, height } = figureOf(line, y);
		parts.push(text);
		y += height + FIGURE_GAP;
	}
	const height = Math.max(y - FIGURE_GAP, MARGIN) + MARGIN;
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" fill="#1c2529" role="img" aria-label="Postern beside its references; the figures are in the table">
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${parts.join("\n")}
</svg>
`;
}

function hasReference({ figure, runs }: Line): boolean {
	return CONTENDERS.filter((name) => valuesOf(figure, runs, name).length > 0).length > 1;
}

function figureOf({ figure, runs }: Line, y: number): { readonly text: string; readonly height: number } {
	const bars = CONTENDERS.flatMap((name) => {
		const values = valuesOf(figure, runs, name);
		return values.length === 0 ? [] : [{ name, ...spreadOf(values) }];
	});
	const largest = Math.max(...bars.map(({ most }) => most));
	const lengthOf = (value: number) => (largest > 0 ? (value / largest) * BARS_WIDTH : 0);
	const unit = figure.unit === "" ? "" : `, ${figure.unit}`;
	const better = figure.wanted.some((wanted) => "atMost" in wanted) ? " (less is better)" : "";
	const title = textAt(MARGIN, y + 12, `${figure.title}${unit}${better}`, ' font-weight="bold"');
	const drawn = bars.map(({ name, median, least, most }, index) => {
		const top = y + TITLE_HEIGHT + index * (BAR_HEIGHT + BAR_GAP);
		const left = MARGIN + NAMES_WIDTH;
		const middle = top + BAR_HEIGHT / 2;
		const value = median.toFixed(figure.decimals);
		return [
			textAt(MARGIN, top + 11, name),
			`<rect x="${left}" y="${top}" width="${rounded(lengthOf(median))}" height="${BAR_HEIGHT}" fill="${FILLS[name]}" stroke="#1c2529" stroke-width="0.5"/>`,
			`<path d="M${rounded(left + lengthOf(least))} ${middle}H${rounded(left + lengthOf(most))}" stroke="#1c2529"/>`,
			textAt(rounded(left + lengthOf(most)) + 6, top + 11, value),
		].join("\n");
	});
	return {
		text: [title, ...drawn].join("\n"),
		height: TITLE_HEIGHT + bars.length * (BAR_HEIGHT + BAR_GAP) - BAR_GAP,
	};
}

function textAt(x: number, y: number, text: string, more = ""): string {
	const clean = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
	return `<text x="${x}" y="${y}"${more}>${clean}</text>`;
}

const rounded = (value: number) => Math.round(value * 10) / 10;
