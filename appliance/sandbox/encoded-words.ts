/** RFC 2047 encoded words, decoded for people to read. What cannot be decoded stays as it is. */

const ENCODED_WORD = /=\?([\w-]+)(?:\*[\w-]+)?\?([bq])\?([^?\s]*)\?=/gi;
/** White space between two encoded words is not shown (RFC 2047 §6.2). */
const BETWEEN_WORDS = /(\?=)\s+(?==\?[\w-]+(?:\*[\w-]+)?\?[bq]\?)/gi;

export function decodeWords(text: string): string {
	if (!text.includes("=?")) return text;
	return text
		.replaceAll(BETWEEN_WORDS, "$1")
		.replaceAll(ENCODED_WORD, (word, charset: string, encoding: string, content: string) => {
			const bytes = encoding.toLowerCase() === "b" ? Buffer.from(content, "base64") : decodeQ(content);
			return decodeCharset(bytes, charset) ?? word;
		});
}

function decodeQ(content: string): Buffer {
	const text = content
		.replaceAll("_", " ")
		.replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
	return Buffer.from(text, "latin1");
}

function decodeCharset(bytes: Buffer, charset: string): string | undefined {
	try {
		return new TextDecoder(charset).decode(bytes);
	} catch (error) {
		// RangeError: a character set nobody here knows; the word is shown undecoded.
		if (error instanceof RangeError) return undefined;
		throw error;
	}
}
