/**
 * The checksum of SQLite's write-ahead log (sqlite.org/walformat.html, "Checksum algorithm"), and what it says of a byte that has changed since:
 * it is linear, so the difference between two sums tells which byte of what was summed must have been another. For log-look.ts. Pure.
 */

export type Sum = readonly [number, number];

/** Of words of 32 bits, `isBig` or little, two at a time; the length is a multiple of eight. */
export function sumOf(bytes: Buffer, start: Sum, isBig: boolean): Sum {
	let [first, second] = start;
	for (let at = 0; at < bytes.length; at += 8) {
		first = (first + word(bytes, at, isBig) + second) | 0;
		second = (second + word(bytes, at + 4, isBig) + first) | 0;
	}
	return [first, second];
}

export function isSame([a, b]: Sum, [c, d]: Sum): boolean {
	return (a | 0) === (c | 0) && (b | 0) === (d | 0);
}

/** All but one of its eight bytes. */
export function isAlmostSame(a: Sum, b: Sum): boolean {
	const differing = [0, 1].flatMap((half) => {
		const difference = (a[half] ?? 0) ^ (b[half] ?? 0);
		return [0, 8, 16, 24].filter((shift) => ((difference >>> shift) & 0xff) !== 0);
	});
	return differing.length === 1;
}

/**
 * Puts right the one byte with which `bytes` would have the sum `wanted`. `unsure`, and nothing changed, when it may be one of
 * several: of every fourth byte only few bits come into the sum.
 */
export function mendByte(bytes: Buffer, start: Sum, wanted: Sum, isBig: boolean): "mended" | "unsure" | "no" {
	const found = sumOf(bytes, start, isBig);
	const missing: Sum = [(wanted[0] - found[0]) | 0, (wanted[1] - found[1]) | 0];
	// What one more in a word adds to the sums in the end; known for the last pair, and from there towards the front.
	let ofFirst: Sum = [1, 1];
	let ofSecond: Sum = [0, 1];
	const all: Change[] = [];
	for (let at = bytes.length - 8; at >= 0; at -= 8) {
		all.push(...changesOf(bytes, at, ofFirst, missing, isBig));
		all.push(...changesOf(bytes, at + 4, ofSecond, missing, isBig));
		ofFirst = onePairOn(ofFirst);
		ofSecond = onePairOn(ofSecond);
	}
	const [change, another] = all;
	if (change === undefined || another !== undefined) return all.length === 0 ? "no" : "unsure";
	bytes[change.index] = change.value;
	return "mended";
}

interface Change {
	readonly index: number;
	readonly value: number;
}

/** The pair of sums after one more pair of words. */
function onePairOn([first, second]: Sum): Sum {
	const next = (first + second) | 0;
	return [next, (second + next) | 0];
}

function changesOf(bytes: Buffer, at: number, effect: Sum, missing: Sum, isBig: boolean): Change[] {
	const changes: Change[] = [];
	for (let place = 0; place < 4; place += 1) {
		const index = at + place;
		const shift = isBig ? 24 - 8 * place : 8 * place;
		const present = bytes[index] ?? 0;
		for (let value = 0; value < 256; value += 1) {
			const change = Math.imul(value - present, 1 << shift);
			if (value === present || Math.imul(effect[0], change) !== missing[0]) continue;
			if (Math.imul(effect[1], change) !== missing[1]) continue;
			changes.push({ index, value });
		}
	}
	return changes;
}

function word(bytes: Buffer, at: number, isBig: boolean): number {
	return isBig ? bytes.readInt32BE(at) : bytes.readInt32LE(at);
}
