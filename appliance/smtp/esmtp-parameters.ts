/**
 * The parameters of MAIL and RCPT: those that Postern knows are read, others ignored, because devices
 * send what they once learned elsewhere (devices evidence: AIO's 555 and DavMail's 421 lose mail). Pure.
 * A known one that is malformed is refused only where ignoring it would break a promise to the peer.
 */
import { type Reply, reply } from "../mail/reply.ts";

export interface MailParameters {
	/** RFC 1870; advisory: undefined when absent or no number. */
	readonly declaredBytes: number | undefined;
	readonly smtpUtf8: boolean;
	/** RFC 3461 §4.3, or empty. */
	readonly ret: "" | "FULL" | "HDRS";
	/** RFC 3461 §4.4, decoded, or empty. */
	readonly envid: string;
}

export interface RcptParameters {
	/** RFC 3461 §4.1: `NEVER`, or some of the others; empty when absent. */
	readonly notify: readonly string[];
	/** RFC 3461 §4.2 `type;address`, decoded, or empty. */
	readonly orcpt: string;
}

const BAD = (text: string) => reply(501, "5.5.4", text);
/** RFC 3030: needs a promise about bytes that the way out cannot keep. */
const BINARY = reply(555, "5.5.4", "BODY=BINARYMIME is not supported");
/** RFC 3461 §4: each at most once. */
const REPEATED = BAD("A parameter is given twice");
/** RFC 3461 §4.4: at most 100 characters. */
const LONGEST_ENVID = 100;
/** RFC 3461 §4.2: an ORCPT of at most 500 characters. */
const LONGEST_ORCPT = 500;
const NOTIFY_WORDS = new Set(["SUCCESS", "FAILURE", "DELAY"]);

/** A refusal is a `Reply`. */
export function readMailParameters(text: string): MailParameters | Reply {
	const given = split(text);
	if (given.repeated("RET") || given.repeated("ENVID")) return REPEATED;
	if (/^BINARYMIME$/i.test(given.get("BODY") ?? "")) return BINARY;
	const ret = (given.get("RET") ?? "").toUpperCase();
	if (given.has("RET") && ret !== "FULL" && ret !== "HDRS") return BAD("RET must be FULL or HDRS");
	const envid = decodeXtext(given.get("ENVID") ?? "");
	if (envid === undefined || envid.length > LONGEST_ENVID) return BAD("ENVID is malformed");
	if (given.has("ENVID") && envid === "") return BAD("ENVID is empty");
	const size = given.get("SIZE") ?? "";
	return {
		declaredBytes: /^\d{1,20}$/.test(size) ? Number(size) : undefined,
		smtpUtf8: given.has("SMTPUTF8"),
		ret: ret === "FULL" || ret === "HDRS" ? ret : "",
		envid,
	};
}

/** A refusal is a `Reply`. */
export function readRcptParameters(text: string): RcptParameters | Reply {
	const given = split(text);
	if (given.repeated("NOTIFY") || given.repeated("ORCPT")) return REPEATED;
	const notify = given.has("NOTIFY") ? (given.get("NOTIFY") ?? "").toUpperCase().split(",") : [];
	const known =
		notify.every((word) => NOTIFY_WORDS.has(word)) || (notify.length === 1 && notify[0] === "NEVER");
	if (!known) return BAD("NOTIFY must be NEVER, or some of SUCCESS, FAILURE, DELAY");
	const orcpt = decodeXtext(given.get("ORCPT") ?? "");
	if (orcpt === undefined || orcpt.length > LONGEST_ORCPT) return BAD("ORCPT is malformed");
	if (given.has("ORCPT") && !/^[\w!#$%&'*+/=?^`{|}~-]+;./.test(orcpt))
		return BAD("ORCPT must be type;address");
	return { notify: [...new Set(notify)], orcpt };
}

class Given {
	readonly #values = new Map<string, string>();
	readonly #repeated = new Set<string>();

	add(name: string, value: string): void {
		if (this.#values.has(name)) this.#repeated.add(name);
		else this.#values.set(name, value);
	}

	has(name: string): boolean {
		return this.#values.has(name);
	}

	/** The first, where there are several. */
	get(name: string): string | undefined {
		return this.#values.get(name);
	}

	repeated(name: string): boolean {
		return this.#repeated.has(name);
	}
}

/** Names in capitals. */
function split(text: string): Given {
	const given = new Given();
	if (text === "") return given;
	for (const word of text.split(/\s+/)) {
		const at = word.indexOf("=");
		const name = (at === -1 ? word : word.slice(0, at)).toUpperCase();
		if (name !== "") given.add(name, at === -1 ? "" : word.slice(at + 1));
	}
	return given;
}

/** RFC 3461 §4; undefined for what is none, or decodes to anything but printable ASCII. */
function decodeXtext(text: string): string | undefined {
	if (!/^(?:[!-*,-<>-~]|\+[0-9A-F]{2})*$/.test(text)) return undefined;
	const decoded = text.replaceAll(/\+([0-9A-F]{2})/g, (_, hex: string) =>
		String.fromCharCode(Number.parseInt(hex, 16)),
	);
	return /^[\x20-\x7e]*$/.test(decoded) ? decoded : undefined;
}
