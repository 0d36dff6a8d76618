/**
 * The table at the end: a line per figure, Postern beside the references, what is wanted of it and
 * whether it is met. Pure.
 */
import { CONTENDERS, type ContenderName } from "./contender.ts";
import type { Figure, Values, Wanted } from "./figure.ts";
import { median, spreadOf } from "./statistics.ts";

/** The runs of each contender that took part, in order. */
type Runs = Readonly<Partial<Record<ContenderName, readonly Values[]>>>;

export interface Line {
	/** Name of its measurement, for `--only`. */
	readonly measurement: string;
	readonly figure: Figure;
	readonly runs: Runs;
}

export const HEADER = ["figure", "unit", ...CONTENDERS, "ratio", "wanted", "met"] as const;
const NOTHING = "–";

export function formatTable(lines: readonly Line[]): string {
	const rows = [HEADER, ...lines.map(cells)];
	const widths = HEADER.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? "").length)));
	const formatted = rows.map((row) => row.map((cell, column) => pad(cell, widths[column] ?? 0, column)));
	return `${formatted.map((row) => row.join("  ").trimEnd()).join("\n")}\n`;
}

/** Names to the left, numbers to the right. */
function pad(cell: string, width: number, column: number): string {
	return column >= 2 && column < 2 + CONTENDERS.length ? cell.padStart(width) : cell.padEnd(width);
}

/** As the header has them. */
export function cells({ figure, runs }: Line): string[] {
	const judged = figure.wanted.map((wanted) => judge(figure, runs, wanted));
	return [
		figure.title,
		figure.unit,
		...CONTENDERS.map((name) => formatRuns(figure, valuesOf(figure, runs, name))),
		ratios(figure, runs),
		figure.wanted.map(formatWanted).join(", ") || NOTHING,
		verdict(judged),
	];
}

export function valuesOf(figure: Figure, runs: Runs, name: ContenderName): readonly number[] {
	return (runs[name] ?? []).map((values) => values[figure.value]).filter((value) => value !== undefined);
}

/** Median, and the least and most when they differ. */
function formatRuns(figure: Figure, values: readonly number[]): string {
	if (values.length === 0) return NOTHING;
	const spread = spreadOf(values);
	const [middle, least, most] = [spread.median, spread.least, spread.most].map((value) =>
		value.toFixed(figure.decimals),
	);
	return values.length === 1 ? `${middle}` : `${middle} (${least}…${most})`;
}

function ratios(figure: Figure, runs: Runs): string {
	const own = valuesOf(figure, runs, "postern");
	if (own.length === 0) return NOTHING;
	const references = CONTENDERS.filter((name) => name !== "postern").flatMap((name) => {
		const values = valuesOf(figure, runs, name);
		if (values.length === 0 || median(values) === 0) return [];
		return [`${(median(own) / median(values)).toFixed(2)} × ${name}`];
	});
	return references.join(", ") || NOTHING;
}

function formatWanted(wanted: Wanted): string {
	if ("atLeastTimes" in wanted) return `≥ ${wanted.atLeastTimes} × ${wanted.of}`;
	return "atMost" in wanted ? `≤ ${wanted.atMost}` : `≥ ${wanted.atLeast}`;
}

/** Undefined when a value it takes is missing. */
function judge(figure: Figure, runs: Runs, wanted: Wanted): boolean | undefined {
	const own = valuesOf(figure, runs, "postern");
	if (own.length === 0) return undefined;
	if ("atMost" in wanted) return median(own) <= wanted.atMost;
	if ("atLeast" in wanted) return median(own) >= wanted.atLeast;
	const reference = valuesOf(figure, runs, wanted.of);
	if (reference.length === 0) return undefined;
	return median(own) >= wanted.atLeastTimes * median(reference);
}

function verdict(judged: readonly (boolean | undefined)[]): string {
	if (judged.length === 0) return NOTHING;
	if (judged.includes(false)) return "NO";
	return judged.includes(undefined) ? "?" : "yes";
}
