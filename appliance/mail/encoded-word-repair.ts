/**
 * Sets encoded words free that a device glued to something (RFC 2047 §5): Toshiba puts them in
 * quotes, `"=?…?="<scan@…>`, where a reader shows the code instead of the name; others leave out the
 * space before the address or between two words. For header-repair.ts. Pure.
 *
 * Only what reads one way is mended. A word glued to plain text stays: a space would change the text.
 */
import { type AddressToken, addressTokens } from "./address-tokens.ts";
import { ADDRESS_FIELDS } from "./eight-bit-fields.ts";
import { ENCODED_WORD } from "./encoded-words.ts";
import { type Field, rawValue, withoutBlanks, withValue } from "./field.ts";

const WORDS_IN_QUOTES = new RegExp(String.raw`^"\s*${ENCODED_WORD}(?:\s+${ENCODED_WORD})*\s*"$`);
const WORD_BEFORE_WORD = new RegExp(String.raw`(${ENCODED_WORD})(?==\?)`, "g");
const ENDS_ENCODED = new RegExp(`${ENCODED_WORD}$`);

/** The field with its encoded words standing apart; itself when they do. */
export function separateEncodedWords(field: Field): Field {
	if (!field.bytes.includes("=?")) return field;
	const value = withoutBlanks(rawValue(field).toString("latin1"));
	const apart = value.replaceAll(WORD_BEFORE_WORD, "$1 ");
	const mended = ADDRESS_FIELDS.has(field.key) ? separatedNames(apart) : apart;
	return mended === value ? field : withValue(field, Buffer.from(mended, "latin1"));
}

function separatedNames(value: string): string {
	let written = "";
	let from = 0;
	let previous: AddressToken | undefined;
	for (const token of addressTokens(value)) {
		if (token.kind === "angle" && previous !== undefined) {
			const name = nameBefore(value.slice(previous.start, previous.end), token.start - previous.end);
			written += value.slice(from, previous.start) + name;
			from = previous.end;
		}
		previous = token;
	}
	return written + value.slice(from);
}

function nameBefore(name: string, distance: number): string {
	const free = WORDS_IN_QUOTES.test(name) ? withoutBlanks(name.slice(1, -1)) : name;
	return distance === 0 && ENDS_ENCODED.test(free) ? `${free} ` : free;
}
