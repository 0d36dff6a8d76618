/**
 * Queue ids: ascending numbers in the database, short upper-case text for people and the wire.
 *
 * The number grows with the wall clock (64 ids per millisecond) but never falls below the last one
 * given, so ids sort in the order of acceptance even on a box whose clock starts in 1970.
 */

/** Crockford's base 32: no I, L, O, U, so an id read over the telephone stays one. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const IDS_PER_MS = 64;
const LONGEST_TEXT = 11;

export function nextQueueNumber(lastNumber: number, nowMs: number): number {
	return Math.max(lastNumber + 1, Math.floor(nowMs) * IDS_PER_MS);
}

export function formatQueueId(number: number): string {
	let text = "";
	let rest = BigInt(number);
	do {
		text = `${ALPHABET[Number(rest % 32n)] ?? ""}${text}`;
		rest /= 32n;
	} while (rest > 0n);
	return text;
}

/** The number behind an id, or undefined when the text is no queue id. Case does not matter. */
export function parseQueueId(text: string): number | undefined {
	if (text.length === 0 || text.length > LONGEST_TEXT) return undefined;
	let number = 0n;
	for (const character of text.toUpperCase()) {
		const digit = ALPHABET.indexOf(character);
		if (digit < 0) return undefined;
		number = number * 32n + BigInt(digit);
	}
	return number > BigInt(Number.MAX_SAFE_INTEGER) ? undefined : Number(number);
}
