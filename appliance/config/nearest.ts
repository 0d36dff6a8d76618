/**
 * Finds what somebody meant to write: the nearest of the right names. For unknown configuration keys
 * and command-line words. Pure.
 */

/** The candidate nearest to `word`, or undefined when none is near enough to be what was meant. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
	const wanted = normalise(word);
	let best: { readonly name: string; readonly distance: number } | undefined;
	for (const name of candidates) {
		const distance = editDistance(wanted, normalise(name));
		const allowed = Math.max(1, Math.floor(Math.max(wanted.length, name.length) / 3));
		if (distance <= allowed && (best === undefined || distance < best.distance)) best = { name, distance };
	}
	return best?.name;
}

/** Case, hyphens and underscores are the commonest slips and cost nothing. */
function normalise(word: string): string {
	return word
		.slice(0, 64)
		.toLowerCase()
		.replace(/[-_ .]/g, "");
}

/** Insertions, deletions, replacements, and swaps of neighbours (optimal string alignment). */
function editDistance(a: string, b: string): number {
	let beforeLast: number[] = [];
	let last = Array.from({ length: b.length + 1 }, (_, index) => index);
	for (let row = 1; row <= a.length; row += 1) {
		const current = [row];
		for (let column = 1; column <= b.length; column += 1) {
			const replaced = (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
			let cost = Math.min((last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, replaced);
			if (a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
				cost = Math.min(cost, (beforeLast[column - 2] ?? Number.POSITIVE_INFINITY) + 1);
			}
			current.push(cost);
		}
		beforeLast = last;
		last = current;
	}
	return last[b.length] ?? 0;
}
