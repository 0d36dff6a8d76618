/**
 * Reads RFC 2047 encoded words, for people. Tolerant of what devices write: blanks within a word, a character
 * cut in two between words, base64 without its end. A word in a character set that nobody knows stays as it
 * is. Pure; never throws; linear.
 */

/** Charset, an optional language (RFC 2231 §5), encoding, text. */
const ENCODED_WORD = /=\?([\w.:-]{1,60})(?:\*[\w-]{0,60})?\?([bq])\?([^?]{0,4000})\?=/gi;

interface Word {
	readonly charset: string;
	readonly bytes: Buffer;
	/** As it was written. */
	readonly text: string;
}

export function decodeWords(text: string): string {
	let decoded = "";
	let end = 0;
	let pending: Word | undefined;
	for (const match of text.matchAll(ENCODED_WORD)) {
		const [whole, charset = "", encoding = "", content = ""] = match;
		const between = text.slice(end, match.index);
		end = match.index + whole.length;
		const word = { charset: charset.toLowerCase(), bytes: bytesOf(encoding, content), text: whole };
		// RFC 2047 §6.2: blanks between two words are not shown.
		const follows = pending !== undefined && between.trim() === "";
		if (follows && pending?.charset === word.charset) {
			pending = joined(pending, word);
			continue;
		}
		decoded += shown(pending) + (follows ? "" : between);
		pending = word;
	}
	return decoded + shown(pending) + text.slice(end);
}

/** A character may begin in one word and end in the next. */
function joined(first: Word, second: Word): Word {
	const text = `${first.text} ${second.text}`;
	return { charset: first.charset, bytes: Buffer.concat([first.bytes, second.bytes]), text };
}

function shown(word: Word | undefined): string {
	if (word === undefined) return "";
	try {
		return new TextDecoder(word.charset).decode(word.bytes);
	} catch (error) {
		// A character set that nobody knows.
		if (error instanceof RangeError) return word.text;
		throw error;
	}
}

function bytesOf(encoding: string, content: string): Buffer {
	if (encoding.toLowerCase() === "b") return Buffer.from(content, "base64");
	const quoted = content
		.replaceAll("_", " ")
		.replaceAll(/=([\da-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
	// What was not quoted although it should have been is as it came: one character a byte, or UTF-8.
	return /^[\0-\xff]*$/.test(quoted) ? Buffer.from(quoted, "latin1") : Buffer.from(content);
}
