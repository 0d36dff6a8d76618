/** The judge of limits: keeps every entry, and looks at every window there is. */

/** The most of any half-open window of the length, wherever it begins. Entries by time. */
export function mostInAnyWindow(
	entries: readonly (readonly [atMs: number, amount: number])[],
	lengthMs: number,
): number {
	let most = 0;
	let sum = 0;
	let first = 0;
	for (const [atMs, amount] of entries) {
		sum += amount;
		while ((entries[first]?.[0] ?? 0) <= atMs - lengthMs) {
			sum -= entries[first]?.[1] ?? 0;
			first += 1;
		}
		most = Math.max(most, sum);
	}
	return most;
}
