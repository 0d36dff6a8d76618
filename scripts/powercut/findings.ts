/** What was found, and how several findings are one. */

export interface Findings {
	readonly images: number;
	/** Messages that were answered 250 while the log was written. */
	readonly acknowledged: number;
	/** Answered messages that were looked for, over all images. */
	readonly checked: number;
	readonly lost: number;
	readonly damaged: number;
	readonly duplicated: number;
	/** Each with where it was found; empty when all is well. */
	readonly troubles: readonly string[];
}

export const NOTHING_FOUND: Findings = {
	...{ images: 0, acknowledged: 0, checked: 0 },
	...{ lost: 0, damaged: 0, duplicated: 0 },
	troubles: [],
};

export function addTo(sum: Findings, more: Findings): Findings {
	return {
		images: sum.images + more.images,
		acknowledged: sum.acknowledged + more.acknowledged,
		checked: sum.checked + more.checked,
		lost: sum.lost + more.lost,
		damaged: sum.damaged + more.damaged,
		duplicated: sum.duplicated + more.duplicated,
		troubles: [...sum.troubles, ...more.troubles],
	};
}
