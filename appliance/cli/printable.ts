/**
 * Makes foreign text safe to print: a subject or a greeting must not move the cursor, change the
 * title of the window or turn the line around. The only place that knows how; terminal.ts sends
 * everything through it.
 */

/** C0, DEL and C1 (ECMA-48), line and paragraph separators, the bidirectional controls (UAX #9), lone surrogates. */
const UNSAFE = /[\p{Cc}\p{Cs}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** One line of text; what would act on the terminal is shown as `\u001b` and the like. */
export function printable(text: string): string {
	return text.replaceAll("\t", " ").replace(UNSAFE, asEscape);
}

/** JSON of any value, the same value to a parser, with nothing in it that acts on a terminal. */
export function printableJson(value: unknown, indent?: number): string {
	return JSON.stringify(value, null, indent).replace(UNSAFE, (character) =>
		character === "\n" ? character : asEscape(character),
	);
}

function asEscape(character: string): string {
	return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Shown over two columns by terminals: East Asian wide letters and emoji (UAX #11, near enough). */
const WIDE =
	/[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const NO_WIDTH = /[\p{Mn}\p{Me}\u200b-\u200d\u2060]/u;

/** Columns a printable text takes on a terminal. */
export function displayWidth(text: string): number {
	let width = 0;
	for (const character of text) {
		if (NO_WIDTH.test(character)) continue;
		width += WIDE.test(character) ? 2 : 1;
	}
	return width;
}

/** At most `columns` wide; what is cut off leaves an ellipsis. */
export function shorten(text: string, columns: number): string {
	if (displayWidth(text) <= columns) return text;
	let kept = "";
	let width = 0;
	for (const character of text) {
		const next = width + displayWidth(character);
		if (next > columns - 1) break;
		kept += character;
		width = next;
	}
	return `${kept}…`;
}
