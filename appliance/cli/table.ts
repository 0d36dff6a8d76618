/**
 * Aligned columns for people. On a terminal a table is made to fit its width by shortening the
 * columns that allow it; elsewhere nothing is cut.
 */
import { displayWidth, printable, shorten } from "./printable.ts";

export interface Column {
	readonly title: string;
	readonly align?: "right";
	/** May be shortened, the widest first. */
	readonly flexible?: true;
}

const GAP = "  ";
/** Shorter than this a column says nothing. */
const LEAST_WIDTH = 8;

/** Lines without the last line end. `terminalColumns` undefined: as wide as it comes. */
export function renderTable(
	columns: readonly Column[],
	rows: readonly (readonly string[])[],
	terminalColumns?: number,
): string {
	const cells = rows.map((row) => columns.map((_, index) => printable(row[index] ?? "")));
	const widths = columns.map(({ title }, index) =>
		cells.reduce((widest, row) => Math.max(widest, displayWidth(row[index] ?? "")), displayWidth(title)),
	);
	if (terminalColumns !== undefined) narrow(widths, columns, terminalColumns);
	const titles = columns.map(({ title }) => title);
	return [titles, ...cells].map((row) => renderRow(row, columns, widths)).join("\n");
}

/** Two columns without titles: what it is, and its value. */
export function renderPairs(pairs: readonly (readonly [string, string])[]): string {
	const widest = pairs.reduce((width, [label]) => Math.max(width, displayWidth(printable(label))), 0);
	return pairs
		.map(([label, value]) => `${pad(printable(label), widest)}${GAP}${printable(value)}`)
		.join("\n");
}

function renderRow(row: readonly string[], columns: readonly Column[], widths: readonly number[]): string {
	return columns
		.map(({ align }, index) => {
			const width = widths[index] ?? 0;
			return pad(shorten(row[index] ?? "", width), width, align);
		})
		.join(GAP)
		.trimEnd();
}

/** Narrows the flexible columns in place until the row fits, or until none can give more. */
function narrow(widths: number[], columns: readonly Column[], terminalColumns: number): void {
	let excess =
		widths.reduce((sum, width) => sum + width, GAP.length * (columns.length - 1)) - terminalColumns;
	while (excess > 0) {
		let widest = -1;
		for (const [index, { flexible }] of columns.entries()) {
			const width = widths[index] ?? 0;
			if (flexible && width > LEAST_WIDTH && width > (widths[widest] ?? 0)) widest = index;
		}
		if (widest === -1) return;
		widths[widest] = (widths[widest] ?? 0) - 1;
		excess -= 1;
	}
}

function pad(text: string, width: number, align?: "right"): string {
	const space = " ".repeat(Math.max(0, width - displayWidth(text)));
	return align === "right" ? space + text : text + space;
}
