/**
 * Mends the header of a message as old devices write it, so that Microsoft takes it and a reader
 * shows it: missing, doubled, raw and overlong fields, and fields that are none. For
 * smtp/incoming-header.ts. Never throws; linear in the size of the header.
 *
 * What is well formed keeps its bytes (design, promise 3), and no text is lost: what gives way to
 * something better stays readable under another name. The body is not touched.
 */
import { isAscii, isUtf8 } from "node:buffer";
import { resolveDuplicates } from "./duplicate-fields.ts";
import { encodeField } from "./eight-bit-fields.ts";
import { separateEncodedWords } from "./encoded-word-repair.ts";
import type { Field } from "./field.ts";
import { foldLongLines } from "./fold.ts";
import { readLooseHeader } from "./loose-header.ts";
import { addMissing, type Origin } from "./missing-fields.ts";

export interface RepairFacts extends Origin {
	/** RFC 6531 was agreed on: header fields may be in UTF-8. */
	readonly smtpUtf8: boolean;
	/** How text that is no UTF-8 is read: a label of the Encoding Standard. */
	readonly legacyCharset: string;
}

export interface RepairedHeader {
	/** Header and body as far as they were given; the same buffer when nothing was wrong. */
	readonly message: Buffer;
	/** What was done, a few words each: "added Date", "encoded Subject". */
	readonly repairs: readonly string[];
}

/** `message` holds the header whole and may reach into the body. */
export function repairHeader(message: Buffer, facts: RepairFacts): RepairedHeader {
	const { fields: read, rest, repairs: readRepairs } = readLooseHeader(message);
	const repairs = [...readRepairs];
	const once = resolveDuplicates(read, repairs);
	const bodyCharset = undeclaredCharset(once, rest, facts.legacyCharset);
	const { added, fields } = addMissing(once, { ...facts, bodyCharset }, repairs);
	const mended = fields.map((field) => mend(field, facts, repairs));
	if (repairs.length === 0) return { message, repairs };
	const bytes = [...added, ...mended].map((field) => field.bytes);
	return { message: Buffer.concat([...bytes, rest]), repairs: [...new Set(repairs)].slice(0, MOST_TOLD) };
}

/** For the log: a header of junk needs thousands of repairs. */
const MOST_TOLD = 20;

function mend(field: Field, { smtpUtf8, legacyCharset }: RepairFacts, repairs: string[]): Field {
	const separate = separateEncodedWords(field);
	if (separate !== field) repairs.push(`separated encoded words of ${nameOf(field)}`);
	const mayStay = isAscii(separate.bytes) || (smtpUtf8 && isUtf8(separate.bytes));
	const encoded = mayStay ? separate : encodeField(separate, legacyCharset);
	if (encoded !== separate) repairs.push(`encoded ${nameOf(field)}`);
	const bytes = foldLongLines(encoded.bytes);
	if (bytes === encoded.bytes) return encoded;
	repairs.push(`folded ${nameOf(field)}`);
	return { ...encoded, bytes };
}

function nameOf({ key, bytes }: Field): string {
	return bytes.toString("latin1", 0, key.length);
}

/** The character set of a body beyond ASCII of which no field tells anything. */
function undeclaredCharset(
	fields: readonly Field[],
	rest: Buffer,
	legacyCharset: string,
): string | undefined {
	if (fields.some(({ key }) => key === "content-type") || isAscii(rest)) return undefined;
	try {
		// The bytes may end within a character: that is what `stream` allows.
		new TextDecoder("utf-8", { fatal: true }).decode(rest, { stream: true });
		return "utf-8";
	} catch {
		return legacyCharset;
	}
}
