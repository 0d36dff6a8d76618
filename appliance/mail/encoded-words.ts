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

/** One encoded word, or several with folds between them; characters are never cut. */
export function encodeWords(text: string): string {
	const quoted = [...text].map(quotedCharacter);
	const quotedLength = quoted.reduce((sum, { length }) => sum + length, 0);
	const isShorter = quotedLength <= Math.ceil(Buffer.byteLength(text) / 3) * 4;
	const words = isShorter ? quotedWords(quoted) : base64Words(text);
	return words.join("\r\n ");
}

function quotedWords(characters: readonly string[]): string[] {
	return packed(characters, ({ length }) => length).map((content) => `=?utf-8?Q?${content.join("")}?=`);
}

function base64Words(text: string): string[] {
	const room = (LONGEST_CONTENT * 3) / 4 - 2;
	return packed([...text], (character) => Buffer.byteLength(character), room).map(
		(content) => `=?utf-8?B?${Buffer.from(content.join("")).toString("base64")}?=`,
	);
}

/** The parts in order, in groups that fit. */
function packed(
	parts: readonly string[],
	sizeOf: (part: string) => number,
	room: number = LONGEST_CONTENT,
): string[][] {
	const groups: string[][] = [];
	let group: string[] = [];
	let used = 0;
	for (const part of parts) {
		const size = sizeOf(part);
		if (used + size > room && group.length > 0) {
			groups.push(group);
			group = [];
			used = 0;
		}
		group.push(part);
		used += size;
	}
	if (group.length > 0) groups.push(group);
	return groups;
}

function quotedCharacter(character: string): string {
	if (Q_LITERAL.test(character)) return character;
	if (character === " ") return "_";
	return [...Buffer.from(character)]
		.map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, "0")}`)
		.join("");
}
