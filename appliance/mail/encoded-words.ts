/**
 * Writes text beyond ASCII as RFC 2047 encoded words, always in UTF-8, and finds words that are
 * encoded already. For eight-bit-fields.ts and encoded-word-repair.ts. Pure.
 */

/** RFC 2047 §2; the alphabet is kept wide, because devices put bytes there that do not belong. */
export const ENCODED_WORD = String.raw`=\?[\w.:*-]+\?[bBqQ]\?[^?\s]*\?=`;

/** RFC 2047 §2: 75 in all, of which `=?utf-8?B?` and `?=` take 12. */
const LONGEST_CONTENT = 63;
/** What Q leaves as it is in every place, also within a phrase (RFC 2047 §5 (3)). */
const Q_LITERAL = /^[A-Za-z\d!*+/-]$/;
const Q_SPECIAL = /[^A-Za-z\d!*+/-]/gu;

/** One encoded word, or several with folds between them; characters are never cut. */
export function encodeWords(text: string): string {
	const characters = Array.from(text);
	const sizes = characters.map(quotedLength);
	const total = sizes.reduce((sum, size) => sum + size, 0);
	if (total <= Math.ceil(Buffer.byteLength(text) / 3) * 4) {
		const words = packed(characters, sizes, LONGEST_CONTENT);
		return words.map((word) => `=?utf-8?Q?${quoted(word)}?=`).join("\r\n ");
	}
	const words = packed(characters, characters.map(byteLength), (LONGEST_CONTENT / 4) * 3 - 2);
	return words.map((word) => `=?utf-8?B?${Buffer.from(word).toString("base64")}?=`).join("\r\n ");
}

/** The characters in order, in groups of at most `room`. */
function packed(characters: readonly string[], sizes: readonly number[], room: number): string[] {
	const groups: string[] = [];
	let group = "";
	let used = 0;
	for (const [index, character] of characters.entries()) {
		const size = sizes[index] ?? 0;
		if (used + size > room) {
			groups.push(group);
			group = "";
			used = 0;
		}
		group += character;
		used += size;
	}
	groups.push(group);
	return groups;
}

function byteLength(character: string): number {
	return Buffer.byteLength(character);
}

function quotedLength(character: string): number {
	return character === " " || Q_LITERAL.test(character) ? 1 : 3 * Buffer.byteLength(character);
}

function quoted(text: string): string {
	return text.replaceAll(Q_SPECIAL, (character) => {
		if (character === " ") return "_";
		return Buffer.from(character).toString("hex").toUpperCase().replaceAll(/../g, "=$&");
	});
}
