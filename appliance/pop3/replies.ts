/**
 * What the server says, in one place: `+OK …` and `-ERR [CODE] …` (RFC 1939, RFC 2449 §8, RFC 3206). One line, ASCII, at most
 * 512 octets with its end (RFC 2449 §4).
 */

const LONGEST_TEXT = 490;

export type ResponseCode = "AUTH" | "IN-USE" | "LOGIN-DELAY" | "SYS/TEMP" | "SYS/PERM";

export function ok(text = ""): string {
	return text === "" ? "+OK" : `+OK ${clean(text)}`;
}

/** RESP-CODES are given to every client: those that do not know them read them as text. */
export function err(text: string, code?: ResponseCode): string {
	return code === undefined ? `-ERR ${clean(text)}` : `-ERR [${code}] ${clean(text)}`;
}

function clean(text: string): string {
	return text.replaceAll(/[^\x20-\x7e]+/g, " ").slice(0, LONGEST_TEXT);
}
