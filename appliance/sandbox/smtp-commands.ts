/** SMTP command lines taken apart (RFC 5321 §4.1), as strictly as Exchange reads them. Pure. */

export interface PathCommand {
	/** Without angle brackets; empty for the null reverse-path. */
	readonly address: string;
	/** Keys in upper case: `SIZE`, `BODY`, `NOTIFY`. */
	readonly parameters: ReadonlyMap<string, string>;
}

/** `EHLO name` into verb (upper case) and the rest. */
export function splitCommand(line: string): { readonly verb: string; readonly rest: string } {
	const space = line.indexOf(" ");
	if (space === -1) return { verb: line.toUpperCase(), rest: "" };
	return { verb: line.slice(0, space).toUpperCase(), rest: line.slice(space + 1).trim() };
}

const PATH = /^<(?:@[^:>]*:)?([^<>\s]*)>(?: +(.*))?$/;

/** `FROM:<a@b> SIZE=1` or `TO:<a@b>`; `undefined`: not so. No space may follow the colon. */
export function parsePath(rest: string, keyword: "FROM" | "TO"): PathCommand | undefined {
	if (rest.slice(0, keyword.length + 1).toUpperCase() !== `${keyword}:`) return undefined;
	const match = PATH.exec(rest.slice(keyword.length + 1));
	if (match === null) return undefined;
	const [, address = "", text = ""] = match;
	if (address !== "" && !/^[^@]+@[^@]+$/.test(address)) return undefined;
	const words = text.split(/ +/).filter((word) => word !== "");
	const parameters = words.map((word): [string, string] => {
		const equals = word.indexOf("=");
		return equals === -1
			? [word.toUpperCase(), ""]
			: [word.slice(0, equals).toUpperCase(), word.slice(equals + 1)];
	});
	return { address, parameters: new Map(parameters) };
}

const MAIL_PARAMETERS = new Set(["SIZE", "BODY", "SMTPUTF8", "RET", "ENVID", "AUTH"]);
const RCPT_PARAMETERS = new Set(["NOTIFY", "ORCPT"]);
const BODY_TYPES = new Set(["7BIT", "8BITMIME", "BINARYMIME"]);

/** The reply to parameters that are unknown or wrong, if there is one. */
export function parameterProblem({ parameters }: PathCommand, verb: "MAIL" | "RCPT"): string | undefined {
	const known = verb === "MAIL" ? MAIL_PARAMETERS : RCPT_PARAMETERS;
	for (const [name, value] of parameters) {
		const wrongBody = name === "BODY" && !BODY_TYPES.has(value.toUpperCase());
		const wrongSize = name === "SIZE" && !/^\d{1,20}$/.test(value);
		if (!known.has(name) || wrongBody || wrongSize) return "501 5.5.4 Invalid arguments";
	}
	return undefined;
}

export interface XOAuth2 {
	readonly user: string;
	readonly token: string;
}

const SOH = "\u0001";

/** `base64("user=" addr SOH "auth=Bearer " token SOH SOH)`; `undefined`: not so. */
export function parseXOAuth2(base64: string): XOAuth2 | undefined {
	const text = Buffer.from(base64, "base64").toString();
	const [user = "", auth = "", ...ending] = text.split(SOH);
	const wellEnded = ending.length === 2 && ending.every((part) => part === "");
	const token = /^auth=Bearer (\S+)$/i.exec(auth)?.[1];
	if (!wellEnded || token === undefined || !user.startsWith("user=")) return undefined;
	return { user: user.slice("user=".length), token };
}
