/**
 * Finds the mailboxes of a To, Cc or Bcc field (RFC 5322 §3.4) as ranges of its bytes, for rewriting
 * the field without touching what stays. Never throws; linear.
 *
 * Tolerant: groups, comments, quoted and encoded names, routes, semicolons and missing commas are
 * read as far as they make sense. `plain` and `clean` say where they were not needed, so that a
 * caller may keep what every parser reads alike, and nothing else.
 */
import { parseAddress } from "./address.ts";
import { type AddressToken, addressTokens } from "./address-tokens.ts";

export interface MailboxSpan {
	/** Range in the value: name, address and comments. */
	readonly start: number;
	readonly end: number;
	/** `local@domain`. */
	readonly address: string;
	/** The range is `address`, `name <address>` or one of them with comments, by the strict grammar. */
	readonly plain: boolean;
}

export interface AddressList {
	readonly mailboxes: readonly MailboxSpan[];
	/** Nothing but plain mailboxes between commas, or one empty group, or nothing at all. */
	readonly clean: boolean;
}

/** `value`: the bytes behind the field's colon, folds and all. */
export function scanAddressList(value: Buffer): AddressList {
	const text = value.toString("latin1");
	const clean = !CONTROL_CHARACTER.test(text) && !STRAY_LINE_END.test(text);
	const reading: Reading = { text, mailboxes: [], clean, groups: 0 };
	let segment: AddressToken[] = [];
	let inGroup = false;
	for (const token of addressTokens(text)) {
		if (token.kind === "colon" && !inGroup) {
			beginGroup(reading, segment);
			inGroup = true;
		} else if (token.kind === "separator") {
			readSegment(reading, segment, inGroup);
			// `a@b; c@d` is Outlook's habit, not the grammar.
			if (text[token.start] === ";" && !inGroup) reading.clean = false;
			if (text[token.start] === ";") inGroup = false;
		} else {
			segment.push(token);
			continue;
		}
		segment = [];
	}
	readSegment(reading, segment, inGroup);
	const emptyGroup = reading.groups === 1 && reading.mailboxes.length === 0;
	return {
		mailboxes: reading.mailboxes,
		clean: reading.clean && !inGroup && (reading.groups === 0 || emptyGroup),
	};
}

interface Reading {
	readonly text: string;
	readonly mailboxes: MailboxSpan[];
	clean: boolean;
	groups: number;
}

/** Not part of a fold, and no tab. On one character a byte: C1 is left out, UTF-8 is made of it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
/** A CR or LF that neither folds nor ends the field. */
const STRAY_LINE_END = /\r(?!\n[ \t]|\n?$)|(?<!\r)\n(?![ \t]|$)/;
/** An atom of a display name; no `@` and no `=?` inside, which parsers read differently. */
const NAME_WORD = /^(?:[^\s()<>@,;:\\"[\]=]|=(?!\?))+$/;
/** RFC 2047 §2. */
const ENCODED_WORD = /^=\?[!-~]+?\?[bBqQ]\?[!->@-~]*\?=$/;

function beginGroup(reading: Reading, name: readonly AddressToken[]): void {
	reading.groups += 1;
	if (!isPhrase(reading.text, name)) reading.clean = false;
}

/** What stands between two separators: mostly one mailbox. */
function readSegment(reading: Reading, segment: readonly AddressToken[], inGroup: boolean): void {
	if (segment.length === 0) return;
	if (inGroup) reading.clean = false;
	let rest: AddressToken[] = [];
	let previous: MailboxSpan | undefined;
	for (const token of segment) {
		rest.push(token);
		if (token.kind !== "angle") continue;
		// A second mailbox in one segment: the comma is missing.
		if (previous !== undefined) reading.clean = false;
		previous = readNamed(reading, rest);
		rest = [];
	}
	const [first] = rest;
	const last = rest.at(-1);
	if (first === undefined || last === undefined) return;
	if (previous === undefined) readBare(reading, rest);
	else if (isTrailingComment(reading.text, rest)) {
		reading.mailboxes[reading.mailboxes.length - 1] = { ...previous, end: last.end };
	} else {
		reading.clean = false;
		readBare(reading, rest);
	}
}

/** `name <address>`; the last token is the angle. */
function readNamed(reading: Reading, tokens: readonly AddressToken[]): MailboxSpan | undefined {
	const { text } = reading;
	const [first] = tokens;
	const angle = tokens.at(-1);
	if (first === undefined || angle === undefined) return undefined;
	const inside = text.slice(angle.start + 1, angle.closed ? angle.end - 1 : angle.end);
	// RFC 5322 §4.4: a source route, `<@relay,@relay:address>`.
	const routed = inside.trim().replace(/^@[^:]*:/, "");
	const address = readAddress(routed);
	const plain = angle.closed && routed === inside && isPhrase(text, tokens.slice(0, -1));
	if (address === undefined || !plain) reading.clean = false;
	if (address === undefined) return undefined;
	const span = { start: first.start, end: angle.end, address, plain };
	reading.mailboxes.push(span);
	return span;
}

/** Addresses without brackets: one, or several whose commas are missing. */
function readBare(reading: Reading, tokens: readonly AddressToken[]): void {
	const { text } = reading;
	const words = tokens.filter(({ kind }) => kind !== "comment");
	const addresses = words.map(({ start, end }) => readAddress(text.slice(start, end)));
	const [only] = words;
	const [address] = addresses;
	const [first] = tokens;
	const last = tokens.at(-1);
	if (words.length === 1 && only && address !== undefined && first && last) {
		const plain = isPhrase(
			text,
			tokens.filter((token) => token !== only),
		);
		if (!plain) reading.clean = false;
		reading.mailboxes.push({ start: first.start, end: last.end, address, plain });
		return;
	}
	reading.clean = false;
	for (const [index, word] of words.entries()) {
		const found = addresses[index];
		if (found === undefined) continue;
		reading.mailboxes.push({ start: word.start, end: word.end, address: found, plain: false });
	}
}

/** A display name, with comments, that no parser could take for an address. */
function isPhrase(text: string, tokens: readonly AddressToken[]): boolean {
	return tokens.every(({ kind, start, end, closed }) => {
		const part = text.slice(start, end);
		if (CONTROL_CHARACTER.test(part)) return false;
		if (kind === "comment") return closed && !/[@<>]/.test(part);
		if (kind === "quoted") return closed;
		return kind === "word" && (NAME_WORD.test(part) || ENCODED_WORD.test(part));
	});
}

function isTrailingComment(text: string, tokens: readonly AddressToken[]): boolean {
	return tokens.every(({ kind }) => kind === "comment") && isPhrase(text, tokens);
}

function readAddress(latin1: string): string | undefined {
	const text = Buffer.from(latin1, "latin1").toString("utf8");
	// An encoded word is not allowed here, and decoded it would be another address.
	if (text.includes("=?")) return undefined;
	return parseAddress(text) === undefined ? undefined : text;
}
