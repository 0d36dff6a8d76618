/**
 * The text of a file that somebody has written on the boot partition with whatever editor they had: Windows' Notepad in any
 * of its encodings, a word processor, a Mac. For toml.ts and cloud-init.ts. Pure; never throws.
 *
 * A secret is taken out of the file where it stands: `blanked` gives the bytes to write over it. All other bytes stay.
 */

export interface SeedText {
	readonly text: string;
	/** Bytes to be written over those at an offset of the file, so that what stood there is gone: blanks behind `keep`. */
	blanked(range: TextRange, keep: string): Patch;
}

/** In UTF-16 units of the text. */
export interface TextRange {
	readonly start: number;
	readonly end: number;
}

export interface Patch {
	readonly offset: number;
	readonly bytes: Buffer;
}

/** Undefined where it is no text at all. */
export function readSeedText(bytes: Buffer): SeedText | undefined {
	if (bytes[0] === 0xff && bytes[1] === 0xfe) return wide(bytes, "utf-16le");
	if (bytes[0] === 0xfe && bytes[1] === 0xff) return wide(bytes, "utf-16be");
	const markBytes = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
	if (bytes.includes(0)) return undefined;
	const content = bytes.subarray(markBytes);
	const text = strictUtf8(content);
	if (text !== undefined) {
		const offsetOf = (at: number) => markBytes + Buffer.byteLength(text.slice(0, at));
		return seedText(text, offsetOf, (blank) => Buffer.from(blank));
	}
	// What Notepad calls ANSI: a byte a character.
	const ansi = new TextDecoder("windows-1252").decode(bytes);
	return seedText(
		ansi,
		(at) => at,
		(blank) => Buffer.from(blank, "latin1"),
	);
}

function wide(bytes: Buffer, encoding: "utf-16le" | "utf-16be"): SeedText | undefined {
	const text = new TextDecoder(encoding).decode(bytes.subarray(0, bytes.length - (bytes.length % 2)));
	if (text.includes("\0")) return undefined;
	// The mark at the beginning is not in the text.
	const offsetOf = (at: number) => 2 + at * 2;
	return seedText(text, offsetOf, (blank) => {
		const units = Buffer.from(blank, "utf16le");
		return encoding === "utf-16be" ? units.swap16() : units;
	});
}

function strictUtf8(bytes: Buffer): string | undefined {
	try {
		// The mark was taken off: a second one would be part of the text, and offsets must fit.
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
	} catch {
		return undefined;
	}
}

function seedText(
	text: string,
	offsetOf: (at: number) => number,
	encode: (blank: string) => Buffer,
): SeedText {
	return {
		text,
		blanked({ start, end }, keep) {
			const offset = offsetOf(start);
			const lengthBytes = offsetOf(end) - offset;
			const perBlank = encode(" ").length;
			const bytes = encode(keep.padEnd(lengthBytes / perBlank, " ")).subarray(0, lengthBytes);
			return { offset, bytes };
		},
	};
}

const ODD_BLANK = /[\u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff]/;
const DOUBLE = '"\u201c\u201d\u201e\u201f\u00ab\u00bb\uff02';
const SINGLE = "'\u2018\u2019\u201a\u201b\u2032";

/**
 * TOML as its writer meant it: quotation marks that an editor has curled are straight again, blanks of other kinds are blanks,
 * where they are no part of a value. Of the same length, each character in its place.
 */
export function straightened(text: string): string {
	const out: string[] = [];
	let at = 0;
	while (at < text.length) {
		const rest = text.slice(at, at + 3);
		const char = text[at] ?? "";
		if (char === "#") at = copyTo(endOfLine(text, at));
		else if (rest === '"""' || rest === "'''") at = copyTo(endOfBlock(text, at, rest));
		else if (DOUBLE.includes(char)) at = quoted(DOUBLE, '"');
		else if (SINGLE.includes(char)) at = quoted(SINGLE, "'");
		else {
			out.push(blankOf(text, at));
			at += 1;
		}
	}
	return out.join("");

	function copyTo(end: number): number {
		out.push(text.slice(at, end));
		return end;
	}

	/** A value on one line. Between straight marks everything is the value's own, curled marks as well. */
	function quoted(marks: string, mark: string): number {
		const isStraight = text[at] === mark;
		const end = (isStraight ? closing(text, at, mark) : undefined) ?? closing(text, at, marks);
		if (end === undefined) {
			out.push(text[at] ?? "");
			return at + 1;
		}
		out.push(mark, text.slice(at + 1, end), mark);
		return end + 1;
	}
}

function blankOf(text: string, at: number): string {
	const char = text[at] ?? "";
	if (ODD_BLANK.test(char)) return " ";
	// Ends of lines of an old Mac.
	return char === "\r" && text[at + 1] !== "\n" ? "\n" : char;
}

/** The first of these marks behind `at`, on its line, that no backslash stands before. */
function closing(text: string, at: number, marks: string): number | undefined {
	const hasEscapes = marks.includes('"');
	for (let index = at + 1; index < text.length; index += 1) {
		const char = text[index] ?? "";
		if (char === "\n" || char === "\r") return undefined;
		if (hasEscapes && char === "\\") index += 1;
		else if (marks.includes(char)) return index;
	}
	return undefined;
}

function endOfLine(text: string, at: number): number {
	const end = text.slice(at).search(/[\r\n]/);
	return end === -1 ? text.length : at + end;
}

function endOfBlock(text: string, at: number, marks: string): number {
	const end = text.indexOf(marks, at + 3);
	return end === -1 ? text.length : end + 3;
}
