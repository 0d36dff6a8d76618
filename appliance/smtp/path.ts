/**
 * Reads the address of MAIL and RCPT as devices write it, which RFC 5321 §4.1.2 does not always
 * recognise: without angle brackets (LSI MegaRAID, SMTP2Graph#24), with a name before them, with two
 * of them, with quotes inside. Pure; what cannot be an address is `undefined`, and nothing is guessed
 * that could name somebody else.
 */

export interface ReadPath {
	/** As written, without brackets, source route or trailing dot; empty for `<>`. */
	readonly address: string;
	/** What follows the address: the ESMTP parameters, not yet read. */
	readonly parameters: string;
}

/** RFC 5321 §4.5.3.1.3 allows 256 octets; SMTPUTF8 addresses and sloppy routes are longer. */
const LONGEST_ADDRESS_BYTES = 512;
/** A colon is due (RFC 5321 §4.1.1.2); blanks around it are common, and a blank instead of it is known. */
const BEHIND = {
	FROM: /^\s*FROM(?:\s*:\s*|\s+(?=<))(.*)$/isu,
	TO: /^\s*TO(?:\s*:\s*|\s+(?=<))(.*)$/isu,
} as const;
/** C0, DEL, C1, and marks that show nothing: they forge lines and look-alike addresses. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const UNSAFE_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u200b\u2060\ufeff\p{Zl}\p{Zp}]/u;

/** `argument` is what follows MAIL or RCPT; `keyword` is FROM or TO. */
export function readPath(keyword: "FROM" | "TO", argument: string): ReadPath | undefined {
	const rest = BEHIND[keyword].exec(argument)?.[1];
	if (rest === undefined) return undefined;
	const found = rest.includes("<") ? readBracketed(rest) : readBare(rest);
	if (found === undefined) return undefined;
	const address = cleaned(found.address);
	return address === undefined ? undefined : { address, parameters: found.parameters.trim() };
}

/** `<a@b> …`, `"Name" <a@b> …`, `<<a@b>>`, `Name <a@b>`: the last address in brackets is meant. */
function readBracketed(text: string): ReadPath | undefined {
	const open = openingBracket(text);
	if (open === undefined) return undefined;
	const from = open + 1;
	const close = closingBracket(text, from);
	if (close === undefined) return undefined;
	const parameters = text.slice(close).replace(/^(?:\s*>)+/u, "");
	// Another address behind the first one is not a parameter; `AUTH=<>` (RFC 4954) is.
	if (/(?:^|\s)</u.test(parameters) || (parameters !== "" && !/^\s/u.test(parameters))) return undefined;
	return { address: text.slice(from, close).trim(), parameters };
}

/** The last `<` before the first `>`, outside quotes: a display name may quote one. */
function openingBracket(text: string): number | undefined {
	let open = findOutsideQuotes(text, 0, "<");
	const close = findOutsideQuotes(text, open ?? 0, ">") ?? 0;
	for (let next = open; next !== undefined && next < close; next = findOutsideQuotes(text, next + 1, "<")) {
		open = next;
	}
	return open;
}

function closingBracket(text: string, from: number): number | undefined {
	return findOutsideQuotes(text, from, ">");
}

function findOutsideQuotes(text: string, from: number, wanted: string): number | undefined {
	let quoted = false;
	for (let at = from; at < text.length; at += 1) {
		const character = text[at];
		if (character === "\\" && quoted) at += 1;
		else if (character === '"') quoted = !quoted;
		else if (character === wanted && !quoted) return at;
	}
	return undefined;
}

/** `a@b KEY=value`: up to the first blank; a quoted local part may hold blanks. */
function readBare(text: string): ReadPath | undefined {
	const [, address, parameters = ""] = /^("(?:[^"\\]|\\.)*"@\S+|[^\s"<>]*)(?:\s+(.*))?$/su.exec(text) ?? [];
	// `MAIL FROM:` alone is no null reverse-path: that is written `<>`.
	return address === undefined || address === "" ? undefined : { address, parameters };
}

function cleaned(written: string): string | undefined {
	// `<'a@b'>` (Postfix's documents list it) and a source route (RFC 5321 appendix C: ignored).
	const unquoted = /^'([^']*@[^']*)'$/u.exec(written)?.[1] ?? written;
	const address = unquoted.replace(/^@[^\s,:@]+(?:,@[^\s,:@]+)*:/u, "").replace(/(?<=@.*[^.])\.$/u, "");
	if (Buffer.byteLength(address) > LONGEST_ADDRESS_BYTES) return undefined;
	if (UNSAFE_CHARACTERS.test(address)) return undefined;
	return address === "" || isPlausible(address) ? address : undefined;
}

/**
 * `local@domain`, `local` alone (to be qualified) or a quoted local part; blanks and further `@` only in
 * quotes. `user.@domain` (HPE iLO) passes.
 */
function isPlausible(address: string): boolean {
	return /^(?:"(?:[^"\\]|\\.)+"|[^\s"@<>(),;\\]+)(?:@(?:\[[\w:.-]+\]|[^\s"@<>()[\],;:\\]+))?$/u.test(address);
}

/** An address without a domain, such as a scanner's `<scanner>`, in ours; others as they are. */
export function qualified(address: string, domain: string): string {
	return address === "" || domain === "" || /@[^"]+$/u.test(address) ? address : `${address}@${domain}`;
}
