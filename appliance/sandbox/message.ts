/**
 * Reading a message (RFC 5322) as far as a mail service must: its header fields, who it is from and
 * for, and the copy without Bcc. Pure; never throws; bytes are only ever removed whole fields at a time.
 */
import addressparser from "nodemailer/lib/addressparser";
import { decodeWords } from "./encoded-words.ts";

export interface HeaderField {
	/** In lower case. */
	readonly name: string;
	/** Unfolded, decoded from UTF-8, encoded words left as they are. */
	readonly value: string;
	/** Where the field stands in the message, line end included. */
	readonly start: number;
	readonly end: number;
}

/** What is remembered of a message when its bytes are not. Texts as they stand in the header. */
export interface MessageSummary {
	readonly messageId: string;
	readonly subject: string;
	readonly from: string;
	readonly to: string;
	readonly cc: string;
	readonly bcc: string;
	readonly date: string;
}

const HEADER_LIMIT_BYTES = 1024 * 1024;

/** The header fields; empty when the text does not begin with one (then it is no message). */
export function readHeader(bytes: Buffer): HeaderField[] {
	const text = bytes.toString("latin1", 0, headerLength(bytes));
	const fields: HeaderField[] = [];
	let start = 0;
	while (start < text.length) {
		const end = fieldEnd(text, start);
		const field = text.slice(start, end);
		const colon = field.indexOf(":");
		const name = field.slice(0, colon).trimEnd();
		// RFC 5322 §2.2: printable ASCII without colon.
		if (colon < 1 || !/^[!-9;-~]+$/.test(name)) break;
		fields.push({ name: name.toLowerCase(), value: unfold(field.slice(colon + 1)), start, end });
		start = end;
	}
	return fields;
}

/** Bytes of the header, without the empty line that ends it. */
export function headerLength(bytes: Buffer): number {
	const crlf = bytes.indexOf("\r\n\r\n");
	const lf = bytes.subarray(0, crlf === -1 ? HEADER_LIMIT_BYTES : crlf).indexOf("\n\n");
	if (lf !== -1) return lf + 1;
	return crlf === -1 ? Math.min(bytes.length, HEADER_LIMIT_BYTES) : crlf + 2;
}

function fieldEnd(text: string, start: number): number {
	let lineEnd = text.indexOf("\n", start);
	while (lineEnd !== -1 && (text[lineEnd + 1] === " " || text[lineEnd + 1] === "\t")) {
		lineEnd = text.indexOf("\n", lineEnd + 1);
	}
	return lineEnd === -1 ? text.length : lineEnd + 1;
}

function unfold(value: string): string {
	const line = value.replaceAll(/\r?\n(?=[ \t])/g, "").trim();
	// biome-ignore lint/suspicious/noControlCharactersInRegex: the question is whether it is ASCII
	return /^[\x00-\x7f]*$/.test(line) ? line : Buffer.from(line, "latin1").toString("utf8");
}

export function summarise(fields: readonly HeaderField[]): MessageSummary {
	return {
		messageId: firstValue(fields, "message-id"),
		subject: decodeWords(firstValue(fields, "subject")),
		from: firstValue(fields, "from"),
		to: allValues(fields, "to"),
		cc: allValues(fields, "cc"),
		bcc: allValues(fields, "bcc"),
		date: firstValue(fields, "date"),
	};
}

function firstValue(fields: readonly HeaderField[], name: string): string {
	return fields.find((field) => field.name === name)?.value ?? "";
}

function allValues(fields: readonly HeaderField[], name: string): string {
	return fields
		.filter((field) => field.name === name)
		.map(({ value }) => value)
		.join(", ");
}

export interface Mailbox {
	readonly name: string;
	readonly address: string;
}

/** The mailboxes of an address field, groups opened. */
export function readAddresses(value: string): Mailbox[] {
	if (value === "") return [];
	return addressparser(value, { flatten: true }).map(({ name, address }) => ({
		name: decodeWords(name),
		address,
	}));
}

/** Everybody the header names as a recipient, once each, in lower case where the domain is. */
export function headerRecipients({ to, cc, bcc }: MessageSummary): string[] {
	const found = new Map<string, string>();
	for (const { address, name } of [to, cc, bcc].flatMap(readAddresses)) {
		const recipient = address === "" ? name : address;
		if (recipient !== "") found.set(recipient.toLowerCase(), recipient);
	}
	return [...found.values()];
}

/** The copy that is delivered: RFC 5322 §3.6.3, nobody sees Bcc. The same buffer when there is none. */
export function withoutBcc(bytes: Buffer, fields: readonly HeaderField[]): Buffer {
	return withoutFields(
		bytes,
		fields.filter(({ name }) => name === "bcc"),
	);
}

/** Without every field of that (lower-case) name. */
export function withoutField(bytes: Buffer, name: string): Buffer {
	return withoutFields(
		bytes,
		readHeader(bytes).filter((field) => field.name === name),
	);
}

function withoutFields(bytes: Buffer, removed: readonly HeaderField[]): Buffer {
	if (removed.length === 0) return bytes;
	const kept: Buffer[] = [];
	let from = 0;
	for (const { start, end } of removed) {
		kept.push(bytes.subarray(from, start));
		from = end;
	}
	kept.push(bytes.subarray(from));
	return Buffer.concat(kept);
}

/** Syntactically an address as Microsoft would resolve it: something at a domain. */
export function isAddress(text: string): boolean {
	return /^[^\s@<>]+@[^\s@<>]+$/.test(text);
}
