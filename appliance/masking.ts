/**
 * Takes what looks like a secret out of a text that leaves the box: the log as a file, the text for whoever helps. A second
 * line of defence: secrets are typed so that they cannot be logged (secret.ts); this is for the one that comes in a text of
 * somebody else's (a library's error, an answer of a server). Pure; rather hides too much than too little. Takes no longer than the text is long, for a device may have written it.
 */
const MASK = "***";

/** Known by their form, whatever is before them. */
const BY_FORM = [
	/** JSON web tokens. */
	/\beyJ[\w-]{8,}\.[\w-]+(?:\.[\w-]*)?/g,
	/** Microsoft's tokens that are none: refresh tokens, and a personal account's access. */
	/\b[01]\.A[\w-]{20,}(?:\.[\w-]+)*/g,
	/\bM\.[CR]\d+_[\w!*$-]{20,}/g,
	/\bEw[A-Z][\w+/=]{40,}/g,
	/** The box's own API keys. */
	/\bpst_[\w-]{8,}/g,
	/** Password hashes. */
	/\$argon2\w*\$[^\s"',;]+/g,
	/-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/gs,
];

/** What is shown of these stays: the word, and what stands between it and the secret. */
const BY_NAME = [
	/\b((?:bearer|basic)\s+)[\w.~+/=-]{6,}/gi,
	/** A user and password in an address. */
	/(\b[a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@"']{1,500}(?=@)/gi,
	/** What a sign-in brings back, in an address or a form. */
	/([?&](?:code|state|assertion)=)[^\s&"']+/gi,
	/((?:password|passwd|passphrase|secret|token|authorization|api[_-]?key)(?:_hash)?\\?["']?\s*[=:]\s*)(?:\\?"(?:[^"\\]|\\.)*"?|'[^']*'?|[^\s&,;"']+)/gis,
];

const SECRET_NAME = /(?:password|passwd|passphrase|secret|token|authorization|api_?key)(?:_hash)?$/i;

export function masked(text: string): string {
	const withoutForms = BY_FORM.reduce((left, form) => left.replaceAll(form, MASK), text);
	return BY_NAME.reduce(
		(left, name) => left.replaceAll(name, (_, shown: string) => shown + MASK),
		withoutForms,
	);
}

/** A value that has a name, before it is quoted for anything. */
export function maskedValue(name: string, value: string): string {
	return SECRET_NAME.test(name) ? MASK : masked(value);
}
