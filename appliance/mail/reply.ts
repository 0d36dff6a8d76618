/**
 * SMTP replies as data: code, enhanced code (RFC 3463), text. For listeners, transports and history.
 *
 * Parsing never fails: text that is no reply becomes a 451 with that text, because an answer nobody
 * understands must not lose mail.
 */

export interface Reply {
	/** Three digits, RFC 5321 §4.2. */
	readonly code: number;
	/** RFC 3463 `class.subject.detail`, or empty where the peer gave none. */
	readonly enhanced: string;
	/** One line, control characters removed. */
	readonly text: string;
}

export function reply(code: number, enhanced: string, text: string): Reply {
	return { code, enhanced, text };
}

/** As it stands on the wire, without the line end: `550 5.7.1 Text`. */
export function formatReply({ code, enhanced, text }: Reply): string {
	return [String(code), enhanced, text].filter((part) => part !== "").join(" ");
}

const REPLY_LINE =
	/^(?<code>[2-5]\d\d)(?:[ -]|$)(?:(?<enhanced>[245]\.\d{1,3}\.\d{1,3})(?: |$))?(?<text>.*)$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const CONTROL_CHARACTERS = /[\u0000-\u001f\u007f-\u009f]+/g;
/** Microsoft's 554 5.2.252 is one line of several thousand characters; history keeps this much. */
const KEPT_TEXT_LENGTH = 1000;

/** Reads a reply, possibly of several lines (their texts are joined). */
export function parseReply(raw: string): Reply {
	const lines = raw.split(/\r?\n/).filter((line) => line !== "");
	const matches = lines.map((line) => REPLY_LINE.exec(line));
	const last = matches.at(-1)?.groups;
	if (last === undefined) return reply(451, "", clean(raw));
	const texts = matches.map((match, index) => match?.groups?.["text"] ?? lines[index] ?? "");
	return reply(Number(last["code"]), last["enhanced"] ?? "", clean(texts.join(" ")));
}

function clean(text: string): string {
	return text.replace(CONTROL_CHARACTERS, " ").trim().slice(0, KEPT_TEXT_LENGTH);
}
