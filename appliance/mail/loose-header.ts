/**
 * Reads the header of a message whose device does not know the form: a blank line or an mbox `From `
 * line in front, a blank before the colon, a stray line between the fields, no empty line before the
 * body, no header at all. For header-repair.ts. Pure; never throws; no text is lost.
 *
 * A line that is no field begins the body, unless fields everybody knows follow it up to an empty
 * line, none of them for a second time: then it is a stray line, and kept as `X-Unparsed`.
 */
import { type Field, makeField, withoutBlanks } from "./field.ts";
import { type HeaderField, type HeaderScan, scanHeader } from "./header.ts";

export interface LooseHeader {
	readonly fields: readonly Field[];
	/** What separates header and body, then the body: goes behind the fields as it is. */
	readonly rest: Buffer;
	readonly repairs: readonly string[];
}

/** What is longer is no name but a text with a colon in it, and could not be folded. */
export const LONGEST_NAME_BYTES = 100;
/** More are not taken for strays; it is a text. */
const MOST_STRAY_LINES = 3;
const LF = 0x0a;
const LINE_END = Buffer.from("\r\n");

/** `message` holds its header whole and may reach into the body. */
export function readLooseHeader(message: Buffer): LooseHeader {
	const fields: Field[] = [];
	const repairs: string[] = [];
	let at = leadingLines(message, fields, repairs);
	for (;;) {
		const here = message.subarray(at);
		const scan = scanHeader(here);
		fields.push(...scan.fields.map((field) => fieldOf(here, field, repairs)));
		if (scan.ending === "separated") return { fields, rest: here.subarray(scan.fieldsEnd), repairs };
		const rest = here.subarray(scan.fieldsEnd);
		const strays = strayLength(rest, new Set(fields.map(({ key }) => key)));
		if (strays === 0) return { fields, ...separated(rest, fields.length > 0, repairs), repairs };
		for (const line of linesOf(rest.subarray(0, strays))) fields.push(makeField("X-Unparsed", line));
		repairs.push("kept a stray line as X-Unparsed");
		at += scan.fieldsEnd + strays;
	}
}

/** Length of what stands before the first field and does not belong there. */
function leadingLines(message: Buffer, fields: Field[], repairs: string[]): number {
	const blank = message[0] === LF ? 1 : message[0] === 0x0d && message[1] === LF ? 2 : 0;
	const afterBlank = message.subarray(blank);
	const mbox =
		/^>?From (?![ \t]*:)[^\r\n]*\r?\n/.exec(message.toString("latin1", blank, blank + 500))?.[0] ?? "";
	if (blank + mbox.length === 0) return 0;
	if (!isHeaderBlock(scanHeader(afterBlank.subarray(mbox.length)), new Set())) return 0;
	if (blank > 0) repairs.push("removed the empty line before the header");
	if (mbox !== "") {
		fields.push(makeField("X-Unparsed", Buffer.from(withoutBlanks(mbox), "latin1")));
		repairs.push("kept the mbox line as X-Unparsed");
	}
	return blank + mbox.length;
}

function fieldOf(message: Buffer, { name, start, end, valueStart }: HeaderField, repairs: string[]): Field {
	if (name.length > LONGEST_NAME_BYTES) {
		repairs.push("kept a stray line as X-Unparsed");
		const value = withoutBlanks(message.toString("latin1", start, end));
		return makeField("X-Unparsed", Buffer.from(value, "latin1"));
	}
	const whole = message[end - 1] === LF;
	const close = valueStart - start === name.length + 1;
	const key = name.toLowerCase();
	if (whole && close) return { key, bytes: message.subarray(start, end) };
	if (!close) repairs.push(`closed up the colon of ${name}`);
	const value = message.subarray(valueStart, end);
	return { key, bytes: Buffer.concat([Buffer.from(`${name}:`), value, ...(whole ? [] : [LINE_END])]) };
}

/** Bytes up to fields that go on behind lines that are none; 0 when these lines begin the body. */
function strayLength(rest: Buffer, seen: ReadonlySet<string>): number {
	let at = 0;
	for (let lines = 0; lines < MOST_STRAY_LINES; lines++) {
		const lineEnd = rest.indexOf(LF, at);
		if (lineEnd === -1) return 0;
		const line = withoutBlanks(rest.toString("latin1", at, lineEnd));
		// An empty line ends the header; a boundary is the body's.
		if (line === "" || line.startsWith("--")) return 0;
		at = lineEnd + 1;
		const scan = scanHeader(rest.subarray(at));
		if (scan.fields.length > 0) return isHeaderBlock(scan, seen) ? at : 0;
	}
	return 0;
}

/** Fields that everybody knows, up to an empty line, none of which had been there. */
function isHeaderBlock({ fields, ending }: HeaderScan, seen: ReadonlySet<string>): boolean {
	if (ending !== "separated" || fields.length === 0) return false;
	const keys = fields.map(({ name }) => name.toLowerCase());
	return (
		keys.some((key) => KNOWN_FIELDS.has(key)) &&
		keys.every((key) => key.startsWith("x-") || (KNOWN_FIELDS.has(key) && !seen.has(key)))
	);
}

function separated(body: Buffer, hasFields: boolean, repairs: string[]): { readonly rest: Buffer } {
	if (body.length === 0 && hasFields) return { rest: body };
	if (body[0] === LF || (body[0] === 0x0d && body[1] === LF)) return { rest: body };
	if (hasFields) repairs.push("added the empty line behind the header");
	return { rest: Buffer.concat([LINE_END, body]) };
}

function linesOf(bytes: Buffer): Buffer[] {
	const lines = bytes.toString("latin1").split(/\r?\n/).filter(Boolean);
	return lines.map((line) => Buffer.from(withoutBlanks(line), "latin1"));
}

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
	...["date", "from", "sender", "reply-to", "to", "cc", "bcc", "subject", "message-id", "received"],
	...["mime-version", "content-type", "content-transfer-encoding", "content-disposition", "content-id"],
	...["return-path", "references", "in-reply-to", "importance", "priority", "user-agent", "organization"],
]);
