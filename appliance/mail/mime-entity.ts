/**
 * What the header of a message or of one of its parts says about its body (RFC 2045, RFC 2046), as far
 * as lines and transfer encodings are concerned. For mime-walk.ts and long-lines.ts. Pure; tolerant:
 * any case, folds, comments, quotes or none.
 */
import { type HeaderField, isNamed, scanHeader } from "./header.ts";

/**
 * How the lines of a leaf may be made shorter without changing what they mean. `sealed`: not at all,
 * because it is signed, or nobody knows how it is to be read.
 */
export type LeafForm = "base64" | "quoted-printable" | "text" | "binary" | "sealed";

export type EntityBody =
	| { readonly kind: "parts"; readonly boundary: string; readonly isDigest: boolean }
	/** A message within the message. */
	| { readonly kind: "message" }
	| { readonly kind: "leaf"; readonly form: LeafForm };

/** RFC 2046 §5.1.1: 70; devices make longer ones. */
const LONGEST_BOUNDARY = 200;

/** `header`: up to and with the empty line. `inDigest`: RFC 2046 §5.1.5, parts are messages by default. */
export function readEntity(header: Buffer, inDigest: boolean): EntityBody {
	const { fields, ending } = scanHeader(header);
	// A line that is no field: nobody knows where the content begins.
	if (ending === "body") return SEALED;
	const textOf = (name: string) => fieldText(header, fields, name);
	const type = contentType(textOf("Content-Type"), inDigest ? "message/rfc822" : "text/plain");
	const encoding = textOf("Content-Transfer-Encoding")
		.replaceAll(/\(.*?\)/g, "")
		.trim();
	const isEncoded = !/^(?:7bit|8bit|binary|)$/i.test(encoding);
	if (type.name.startsWith("multipart/") && !isEncoded) return multipart(type);
	if (type.name === "message/rfc822" && !isEncoded) return { kind: "message" };
	return { kind: "leaf", form: isEncoded ? encodedForm(encoding) : plainForm(type) };
}

export const SEALED: EntityBody = { kind: "leaf", form: "sealed" };

interface ContentType {
	/** In lower case. */
	readonly name: string;
	readonly parameters: ReadonlyMap<string, string>;
}

function multipart({ name, parameters }: ContentType): EntityBody {
	const boundary = (parameters.get("boundary") ?? "").trimEnd();
	// RFC 1847: what is signed must arrive as it was sent, to the last line end.
	const isSealed = name === "multipart/signed" || name === "multipart/encrypted";
	if (isSealed || boundary === "" || boundary.length > LONGEST_BOUNDARY) return SEALED;
	return { kind: "parts", boundary, isDigest: name === "multipart/digest" };
}

function encodedForm(encoding: string): LeafForm {
	const name = encoding.toLowerCase();
	return name === "base64" || name === "quoted-printable" ? name : "sealed";
}

function plainForm({ name, parameters }: ContentType): LeafForm {
	// RFC 2046 §5.2: reports and external bodies stay as they are.
	if (name.startsWith("message/") || name.startsWith("multipart/")) return "sealed";
	// Line ends of two bytes a character are no CRLF.
	const isWide = /^"?utf-?(?:16|32)/i.test(parameters.get("charset") ?? "");
	return name.startsWith("text/") && !isWide ? "text" : "binary";
}

const PARAMETER = /;\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;]*))/g;

function contentType(value: string, otherwise: string): ContentType {
	if (value === "") return { name: otherwise, parameters: new Map() };
	const name = /^[^\s;/]+\/[^\s;]+/.exec(value)?.[0].toLowerCase() ?? "text/plain";
	const parameters = new Map<string, string>();
	for (const [, key = "", quoted, plain = ""] of value.matchAll(PARAMETER)) {
		const text = quoted?.replaceAll(/\\(.)/g, "$1") ?? plain;
		if (!parameters.has(key.toLowerCase())) parameters.set(key.toLowerCase(), text);
	}
	return { name, parameters };
}

/** In one line, one character a byte; empty without such a field. */
function fieldText(header: Buffer, fields: readonly HeaderField[], name: string): string {
	const field = fields.find((candidate) => isNamed(candidate, name));
	if (field === undefined) return "";
	return header.toString("latin1", field.valueStart, field.end).replaceAll(/\r?\n/g, "").trim();
}
