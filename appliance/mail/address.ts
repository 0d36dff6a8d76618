/**
 * Mailbox addresses as the envelope writes them (RFC 5321 §4.1.2, RFC 6531): `local@domain` without
 * brackets. Pure and strict: what does not parse is no address, and the caller decides what then.
 */
import { domainToASCII } from "node:url";

export interface Address {
	/** As written, with its quotes if it has them. */
	readonly localPart: string;
	/** As written; a literal with its brackets. */
	readonly domain: string;
}

/** RFC 5321 §4.5.3.1. */
const LONGEST_LOCAL_PART_BYTES = 64;
const LONGEST_DOMAIN_BYTES = 255;

// RFC 6532: whatever lies beyond ASCII, but no spaces, controls or invisible marks.
const BEYOND_ASCII = String.raw`[[\u{a1}-\u{10ffff}]--[\p{Z}\p{C}]]`;
// RFC 5322 §3.2.3 atext.
const ATEXT = String.raw`[A-Za-z0-9\!\#\$\%\&'\*\+\-\/\=\?\^_\`\{\|\}\~${BEYOND_ASCII}]+`;
const DOT_ATOM = String.raw`${ATEXT}(?:\.${ATEXT})*`;
const QUOTED = String.raw`"(?:[\u0020\u0021\u0023-\u005b\u005d-\u007e${BEYOND_ASCII}]|\\[\u0020-\u007e])*"`;
const LABEL = String.raw`[A-Za-z0-9_${BEYOND_ASCII}](?:[A-Za-z0-9_\-${BEYOND_ASCII}]*[A-Za-z0-9_${BEYOND_ASCII}])?`;
const DOMAIN = String.raw`${LABEL}(?:\.${LABEL})*`;
const LITERAL = String.raw`\[(?:IPv6:)?[\dA-Fa-f:.]+\]`;
const ADDRESS = new RegExp(`^(?<local>${DOT_ATOM}|${QUOTED})@(?<domain>${DOMAIN}|${LITERAL})$`, "v");
const PLAIN_LOCAL = new RegExp(`^${DOT_ATOM}$`, "v");

/** Undefined when the text is no address. */
export function parseAddress(text: string): Address | undefined {
	if (text.length > LONGEST_LOCAL_PART_BYTES + 1 + LONGEST_DOMAIN_BYTES) return undefined;
	const { local, domain } = ADDRESS.exec(text)?.groups ?? {};
	if (local === undefined || domain === undefined) return undefined;
	if (Buffer.byteLength(local) > LONGEST_LOCAL_PART_BYTES) return undefined;
	if (Buffer.byteLength(domain) > LONGEST_DOMAIN_BYTES) return undefined;
	return { localPart: local, domain };
}

/**
 * Equal for addresses that are the same mailbox to Microsoft 365: case does not count (RFC 5321
 * §2.4 would let it count in the local part), nor needless quotes, nor how the domain spells Unicode.
 */
export function addressKey(text: string): string {
	const address = parseAddress(text);
	if (address === undefined) return text.trim().toLowerCase();
	const { localPart, domain } = address;
	return `${unquoted(localPart).toLowerCase()}@${asciiDomain(domain).toLowerCase()}`;
}

/** Written in ASCII alone, so that it needs no SMTPUTF8. */
export function isAscii(text: string): boolean {
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the question is whether it is ASCII
	return /^[\u0000-\u007f]*$/.test(text);
}

function unquoted(localPart: string): string {
	if (!localPart.startsWith('"')) return localPart;
	const content = localPart.slice(1, -1).replaceAll(/\\(.)/gu, "$1");
	return PLAIN_LOCAL.test(content) ? content : localPart;
}

function asciiDomain(domain: string): string {
	if (isAscii(domain)) return domain;
	const ascii = domainToASCII(domain);
	return ascii === "" ? domain : ascii;
}

/**
 * The address in the form a header field takes: as it is when it parses, its local part quoted when
 * only that was missing (`a..b@docomo.example`). Undefined when no header could carry it.
 */
export function headerAddress(text: string): string | undefined {
	if (parseAddress(text) !== undefined) return text;
	const at = text.lastIndexOf("@");
	const quoted = `"${text.slice(0, at).replaceAll(/["\\]/g, "\\$&")}"${text.slice(at)}`;
	return at > 0 && parseAddress(quoted) !== undefined ? quoted : undefined;
}
