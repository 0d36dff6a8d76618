/**
 * HELO and EHLO: the name that the peer gives, whatever it is, and the list that it gets. Pure.
 *
 * The name is a courtesy: it stands in the trace field and in the transcript, and nothing is decided by
 * it. So none at all (UPSes, Danfoss drives), one with blanks or an underscore, or junk are taken.
 */

/** What a session may be told it can do, in the order of the list. */
export interface Offer {
	readonly hostName: string;
	readonly maxSizeBytes: number;
	readonly startTls: boolean;
	/** Mechanisms; none: AUTH is not offered. */
	readonly auth: readonly string[];
	/** Keywords that the device stumbles over, in capitals; `AUTH=` is the line of that form alone. */
	readonly hidden: readonly string[];
}

/** Longer than any host name; keeps what a peer sends out of header fields and logs. */
const LONGEST_NAME_BYTES = 512;

/**
 * As said, in printable characters; without a name, the address in RFC 5321 §4.1.3's form. Undefined when it
 * is too long to be one.
 */
export function readHelloName(argument: string, clientAddress: string): string | undefined {
	if (argument.length > LONGEST_NAME_BYTES) return undefined;
	const name = argument
		.trim()
		.replaceAll(/[^\x21-\x7e]+/g, " ")
		.trim();
	if (name !== "") return name;
	return clientAddress.includes(":") ? `[IPv6:${clientAddress}]` : `[${clientAddress}]`;
}

/** The lines of the answer to EHLO. Short on purpose: long lists overflow old parsers. */
export function helloLines({ hostName, maxSizeBytes, startTls, auth, hidden }: Offer): string[] {
	const mechanisms = auth.join(" ");
	const offers = [
		"PIPELINING",
		`SIZE ${maxSizeBytes}`,
		"8BITMIME",
		"SMTPUTF8",
		"ENHANCEDSTATUSCODES",
		"DSN",
		"CHUNKING",
		...(startTls ? ["STARTTLS"] : []),
		...(auth.length === 0 ? [] : [`AUTH ${mechanisms}`]),
		// The form of the first drafts, the only one that some firmware looks for (as Postfix's
		// broken_sasl_auth_clients).
		...(auth.length === 0 || hidden.includes("AUTH") ? [] : [`AUTH=${mechanisms}`]),
		"HELP",
	];
	return [hostName, ...offers.filter((line) => !hidden.includes(keywordOf(line)))];
}

function keywordOf(line: string): string {
	return /^[A-Z0-9-]+=?/.exec(line)?.[0] ?? "";
}
