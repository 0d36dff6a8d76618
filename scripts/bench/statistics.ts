/** Medians and spread of a few runs. Throws on an empty list: there is no figure without a run. */

export interface Spread {
	readonly median: number;
	readonly least: number;
	readonly most: number;
}

export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	const upper = sorted[Math.floor(sorted.length / 2)];
	const lower = sorted[Math.floor((sorted.length - 1) / 2)];
	if (upper === undefined || lower === undefined) throw new Error("no values");
	return (lower + upper) / 2;
}

export function spreadOf(values: readonly number[]): Spread {
	return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}
