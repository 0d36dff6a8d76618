/**
 * Decides what of a client's line may be kept: no password, and none of its forms. For transcript.ts.
 *
 * It trusts neither the order nor the form of what a device says. Everything behind AUTH is hidden but
 * the mechanism's name; so is every line of an exchange, and, from the first AUTH on, every line that is
 * no command: a device that was refused AUTH LOGIN often says its password all the same. Words of POP3
 * and of sign-in prompts that carry a password are hidden at any time.
 */

const MASK = "***";
const MASKED_NO_COMMAND = `${MASK} (no command; hidden, for it may be a password)`;

/** Names that may be shown; another word in their place may be the password itself. */
const MECHANISMS = new Set([
	"PLAIN",
	"LOGIN",
	"CRAM-MD5",
	"DIGEST-MD5",
	"XOAUTH2",
	"OAUTHBEARER",
	"NTLM",
	"GSSAPI",
	"SCRAM-SHA-1",
	"SCRAM-SHA-256",
]);

/** Anywhere in a line: `AUTH=PLAIN …`, `XAUTH …`, `Authorization: …`, a second command behind a bare CR. */
const AUTH = /auth[\s=]*([a-z0-9-]*)(.*)$/is;
/** Commands whose argument has a form that no password has; `.` takes no CR. */
const WITH_ARGUMENT = /^\s*(?:(?:mail\s+from|rcpt\s+to)\s*:|(?:ehlo|helo|lhlo)(?:\s|$)|bdat\s+\d).*$/i;
const BARE = /^\s*(?:data|rset|noop|quit|starttls|help|vrfy|expn|bdat|mail|rcpt)\s*$/i;
const SIGN_IN_WORDS = /^\s*(?:pass(?:word|wd)?|user(?:name)?|apop|login|xclient\s.*\blogin=)(?:\s|$|=|:)/i;

export class CredentialMask {
	/** An AUTH has been said in this session. */
	#authSeen = false;
	/** An AUTH awaits its end: each line of the client's is part of it. */
	#inExchange = false;

	/** The line as it may be kept. */
	client(line: string): string {
		if (this.#inExchange) return line.trim() === "*" ? line : MASK;
		if (WITH_ARGUMENT.test(line) || BARE.test(line)) return line;
		const auth = AUTH.exec(line);
		if (auth !== null) {
			this.#authSeen = true;
			this.#inExchange = true;
			return maskedAuth(auth);
		}
		return this.#authSeen || SIGN_IN_WORDS.test(line) ? MASKED_NO_COMMAND : line;
	}

	/** A reply was sent; only 334 goes on with an exchange. */
	server(text: string): void {
		if (this.#inExchange && !text.startsWith("334")) this.#inExchange = false;
	}
}

function maskedAuth([, word = "", rest = ""]: RegExpExecArray): string {
	const mechanism = word.toUpperCase();
	if (`${word}${rest}`.trim() === "") return "AUTH";
	if (!MECHANISMS.has(mechanism)) return `AUTH ${MASK}`;
	return rest.trim() === "" ? `AUTH ${mechanism}` : `AUTH ${mechanism} ${MASK}`;
}
