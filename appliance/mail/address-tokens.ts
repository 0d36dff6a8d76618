/**
 * Cuts an address field into its tokens (RFC 5322 §3.2): words, quoted strings, comments, angle
 * brackets, separators. For address-list.ts. Never throws; what is left open ends with the text.
 */

export interface AddressToken {
	readonly kind: "word" | "quoted" | "comment" | "angle" | "separator" | "colon";
	readonly start: number;
	readonly end: number;
	/** Its closing mark is there; always true for kinds that need none. */
	readonly closed: boolean;
}

/** RFC 5321 §4.5.3.1.2. */
const LONGEST_DOMAIN = 255;
const WHITE_SPACE = /[ \t\r\n]/;
/** Ends a run of plain characters. */
const WORD_END = /[ \t\r\n(),:;<"]/;

export function* addressTokens(text: string): Generator<AddressToken> {
	let at = 0;
	while (at < text.length) {
		if (WHITE_SPACE.test(text.charAt(at))) {
			at += 1;
			continue;
		}
		const token = tokenAt(text, at);
		yield token;
		at = token.end;
	}
}

function tokenAt(text: string, start: number): AddressToken {
	switch (text[start]) {
		case "(":
			return { kind: "comment", start, ...commentEnd(text, start) };
		case "<":
			return { kind: "angle", start, ...angleEnd(text, start) };
		case ",":
		case ";":
			return { kind: "separator", start, end: start + 1, closed: true };
		case ":":
			return { kind: "colon", start, end: start + 1, closed: true };
		default:
			return wordAt(text, start);
	}
}

interface End {
	readonly end: number;
	readonly closed: boolean;
}

/** A run of plain characters, quoted strings and domain literals without white space between them. */
function wordAt(text: string, start: number): AddressToken {
	let at = start;
	let closed = true;
	let quotedOnly = text[start] === '"';
	while (at < text.length) {
		const character = text.charAt(at);
		if (character === '"') {
			const quoted = quotedEnd(text, at);
			if (!quotedOnly && text[at - 1] !== ".") break;
			closed &&= quoted.closed;
			at = quoted.end;
			continue;
		}
		if (WORD_END.test(character)) break;
		// RFC 5321 §4.1.3: an IPv6 literal holds colons.
		const literal = character === "[" && text[at - 1] === "@" ? literalLength(text, at) : 0;
		quotedOnly = false;
		at += Math.max(1, literal);
	}
	const kind = quotedOnly ? "quoted" : "word";
	// A stray mark that belongs to nothing is a word of its own, so that the scan goes on.
	return { kind, start, end: Math.max(at, start + 1), closed };
}

/** 0 when it is not closed within the length of a domain. */
function literalLength(text: string, start: number): number {
	return text.slice(start, start + LONGEST_DOMAIN).indexOf("]") + 1;
}

function quotedEnd(text: string, start: number): End {
	for (let at = start + 1; at < text.length; at++) {
		if (text[at] === "\\") at += 1;
		else if (text[at] === '"') return { end: at + 1, closed: true };
	}
	return { end: text.length, closed: false };
}

function commentEnd(text: string, start: number): End {
	let depth = 0;
	for (let at = start; at < text.length; at++) {
		if (text[at] === "\\") at += 1;
		else if (text[at] === "(") depth += 1;
		else if (text[at] === ")") depth -= 1;
		if (depth === 0) return { end: at + 1, closed: true };
	}
	return { end: text.length, closed: false };
}

/** Far above an address with a route (RFC 5321 §4.5.3.1.3); what is longer is none. */
const LONGEST_ANGLE = 1_000;

/** An open bracket ends before the next comma: the mailboxes behind it are not swallowed. */
function angleEnd(text: string, start: number): End {
	// No further than that: a field full of open brackets would cost the square of its length.
	const inside = text.slice(start, start + LONGEST_ANGLE);
	let at = 1;
	while (at < inside.length && inside[at] !== ">" && inside[at] !== "<") {
		at = inside[at] === '"' ? quotedEnd(inside, at).end : at + 1;
	}
	if (inside[at] === ">") return { end: start + at + 1, closed: true };
	const comma = inside.slice(0, at).indexOf(",");
	return { end: start + (comma === -1 ? Math.min(at, inside.length) : comma), closed: false };
}
