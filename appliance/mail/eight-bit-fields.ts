/**
 * Encodes header values that hold raw bytes beyond ASCII (RFC 2047): Toshiba, cameras and PLCs write
 * their names and subjects as their memory holds them. For header-repair.ts. Pure; never throws.
 *
 * Text is encoded where a reader sees it: in unstructured fields, in names and comments of address
 * fields, in parameters of MIME fields (RFC 2231). An address is never touched, nor a field whose form
 * leaves no place for it.
 */
import { isAscii, isUtf8 } from "node:buffer";
import { type AddressToken, addressTokens } from "./address-tokens.ts";
import { ENCODED_WORD, encodeWords } from "./encoded-words.ts";
import { type Field, latin1Value, withValue } from "./field.ts";

export const ADDRESS_FIELDS: ReadonlySet<string> = new Set([
	...["from", "sender", "reply-to", "to", "cc", "bcc"],
	...["resent-from", "resent-sender", "resent-to", "resent-cc", "resent-bcc"],
	...["disposition-notification-to", "return-receipt-to", "errors-to"],
]);
const MIME_FIELDS: ReadonlySet<string> = new Set(["content-type", "content-disposition"]);
/** Form without free text. */
const OTHER_FIELDS: ReadonlySet<string> = new Set([
	...["received", "return-path", "date", "message-id", "in-reply-to", "references", "mime-version"],
	...["content-transfer-encoding", "content-id", "resent-date", "resent-message-id", "dkim-signature"],
]);

/**
 * The field in ASCII as far as its form allows; itself when there is nothing to do. What is no UTF-8
 * is read as `legacyCharset` (a label of the Encoding Standard).
 */
export function encodeField(field: Field, legacyCharset: string): Field {
	if (isAscii(field.bytes) || OTHER_FIELDS.has(field.key)) return field;
	const legacy = isUtf8(field.bytes) ? undefined : new TextDecoder(legacyCharset);
	const decode = (latin1: string) => {
		const bytes = Buffer.from(latin1, "latin1");
		return legacy === undefined ? bytes.toString("utf8") : legacy.decode(bytes);
	};
	const value = latin1Value(field);
	const encoded = encodeValue(field.key, value, decode);
	return encoded === value ? field : withValue(field, Buffer.from(encoded, "latin1"));
}

/** Both: one character a byte, in one line. */
function encodeValue(key: string, value: string, decode: Decode): string {
	if (ADDRESS_FIELDS.has(key)) return encodeAddresses(value, decode);
	return MIME_FIELDS.has(key) ? encodeParameters(value, decode) : encodeText(decode(value));
}

type Decode = (latin1: string) => string;

const BEYOND_ASCII = /[^\p{ASCII}]/u;
const WHOLE_ENCODED_WORD = new RegExp(`^${ENCODED_WORD}$`);

/** From the first to the last word beyond ASCII is encoded as one; words encoded already stay. */
function encodeText(text: string): string {
	const pieces = text.split(/([ \t]+)/);
	const isEncoded = (at: number) => WHOLE_ENCODED_WORD.test(pieces[at] ?? "");
	let written = "";
	for (let at = 0; at < pieces.length; ) {
		const piece = pieces[at] ?? "";
		if (!BEYOND_ASCII.test(piece) || isEncoded(at)) {
			written += piece;
			at += 1;
			continue;
		}
		const end = runEnd(pieces, at);
		// White space between two encoded words is not shown, so it has to be said within.
		const before = isEncoded(at - 2) ? pieces[at - 1] : "";
		const behind = isEncoded(end + 1) ? pieces[end] : "";
		written += encodeWords(`${before}${pieces.slice(at, end).join("")}${behind}`);
		at = end;
	}
	return written;
}

/** Behind the last piece beyond ASCII that no encoded word separates from the one at `start`. */
function runEnd(pieces: readonly string[], start: number): number {
	let end = start + 1;
	for (let at = start + 1; at < pieces.length; at++) {
		const piece = pieces[at] ?? "";
		if (WHOLE_ENCODED_WORD.test(piece)) break;
		if (BEYOND_ASCII.test(piece)) end = at + 1;
	}
	return end;
}

function encodeAddresses(value: string, decode: Decode): string {
	let written = "";
	let from = 0;
	const write = (upTo: number, encoded: string, behind: number) => {
		written += value.slice(from, upTo) + encoded;
		from = behind;
	};
	let phrase: AddressToken[] = [];
	const writePhrase = () => {
		const run = runBeyondAscii(value, phrase);
		phrase = [];
		const [first] = run;
		const last = run.at(-1);
		if (first === undefined || last === undefined) return;
		const name = run.map((token) => plainText(value, token)).join(" ");
		// An encoded word stands apart from its neighbours (RFC 2047 §5 (3)).
		const before = /[\w")=]/.test(value.charAt(first.start - 1)) ? " " : "";
		const behind = /[^\s,;]/.test(value.charAt(last.end)) ? " " : "";
		write(first.start, before + encodeWords(decode(name)) + behind, last.end);
	};
	for (const token of addressTokens(value)) {
		const text = value.slice(token.start, token.end);
		if (isNameWord(token, text)) {
			phrase.push(token);
			continue;
		}
		writePhrase();
		if (token.kind === "comment" && token.closed && BEYOND_ASCII.test(text)) {
			write(token.start, `(${encodeWords(decode(text.slice(1, -1)))})`, token.end);
		}
	}
	writePhrase();
	return written + value.slice(from);
}

/** From the first token of a name that is beyond ASCII to the last. */
function runBeyondAscii(value: string, phrase: readonly AddressToken[]): readonly AddressToken[] {
	const isBeyond = ({ start, end }: AddressToken) => BEYOND_ASCII.test(value.slice(start, end));
	return phrase.slice(phrase.findIndex(isBeyond), phrase.findLastIndex(isBeyond) + 1);
}

/** Part of a display name; a word with an `@` is an address, an encoded word is done. */
function isNameWord({ kind, closed }: AddressToken, text: string): boolean {
	if (kind === "quoted") return closed;
	return kind === "word" && closed && !text.includes("@") && !WHOLE_ENCODED_WORD.test(text);
}

/** What a token says, without quotes. */
function plainText(value: string, { kind, start, end }: AddressToken): string {
	const text = value.slice(start, end);
	return kind === "quoted" ? text.slice(1, -1).replaceAll(/\\(.)/g, "$1") : text;
}

/** `; name="Prüfung.pdf"` becomes `; name*=utf-8''Pr%C3%BCfung.pdf`; the rest stays. */
function encodeParameters(value: string, decode: Decode): string {
	return value.replaceAll(
		PARAMETER,
		(whole, gap: string, name: string, quoted: string | undefined, plain: string | undefined) => {
			const text = quoted?.replaceAll(/\\(.)/g, "$1") ?? plain ?? "";
			return BEYOND_ASCII.test(text) ? `;${gap}${name}*=utf-8''${percentEncoded(decode(text))}` : whole;
		},
	);
}

const PARAMETER = /;([ \t]*)([^\s=;"*]+)[ \t]*=[ \t]*(?:"((?:[^"\\]|\\.)*)"|([^ \t;"]+))/g;

/** RFC 2231 §7 attribute-char. */
function percentEncoded(text: string): string {
	return encodeURIComponent(text).replaceAll(/['()*]/g, (character) => {
		return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
	});
}
