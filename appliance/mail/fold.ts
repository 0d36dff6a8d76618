/**
 * Folds header lines that are too long (RFC 5322 §2.2.3): before a blank where there is a good one,
 * else behind a comma, else wherever the line is full. For header-repair.ts and, for the headers of parts,
 * long-lines.ts. Pure; linear.
 */
import { hasLongLine, LONGEST_LINE_BYTES } from "./line-length.ts";

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COMMA = 0x2c;
const FOLD = Buffer.from("\r\n");
/** For where there is no blank to fold at. */
const FOLD_WITH_BLANK = Buffer.from("\r\n ");

/** One field or a whole header; itself when no line is too long. */
export function foldLongLines(header: Buffer): Buffer {
	if (!hasLongLine(header)) return header;
	const parts: Buffer[] = [];
	for (let start = 0; start < header.length; ) {
		const lineFeed = header.indexOf(LF, start);
		const next = lineFeed === -1 ? header.length : lineFeed + 1;
		const end = lineFeed > start && header[lineFeed - 1] === CR ? lineFeed - 1 : Math.max(lineFeed, start);
		const textEnd = lineFeed === -1 ? header.length : end;
		parts.push(...folded(header.subarray(start, textEnd)), header.subarray(textEnd, next));
		start = next;
	}
	return Buffer.concat(parts);
}

function folded(line: Buffer): Buffer[] {
	if (line.length <= LONGEST_LINE_BYTES) return [line];
	const parts: Buffer[] = [];
	const textEnd = withoutTrailingBlanks(line);
	let start = 0;
	// What a made fold has put in front of the line.
	let indent = 0;
	while (textEnd - start + indent > LONGEST_LINE_BYTES) {
		const full = start + LONGEST_LINE_BYTES - indent;
		const end = foldAt(line, start, full);
		const hasBlank = isBlank(line[end]);
		parts.push(line.subarray(start, end), hasBlank ? FOLD : FOLD_WITH_BLANK);
		indent = hasBlank ? 0 : 1;
		start = end;
	}
	parts.push(line.subarray(start, textEnd));
	return parts;
}

/** A blank far in front, such as the one behind the name, is worse than a comma. */
function foldAt(line: Buffer, start: number, full: number): number {
	const blank = lastBlank(line, start, full);
	if (blank !== undefined && blank - start > (full - start) / 2) return blank;
	return commaEnd(line, start, full) ?? blank ?? characterEnd(line, full);
}

/** A line of nothing but blanks would look like the header's end. */
function withoutTrailingBlanks(line: Buffer): number {
	let end = line.length;
	while (end > 0 && isBlank(line[end - 1])) end -= 1;
	return end;
}

/** The blank before the last word that begins in reach, if there are words on both sides of it. */
function lastBlank(line: Buffer, start: number, full: number): number | undefined {
	let wordStart = start;
	while (isBlank(line[wordStart])) wordStart += 1;
	for (let at = full; at > wordStart; at--) {
		if (isBlank(line[at]) && !isBlank(line[at + 1])) return at;
	}
	return undefined;
}

function commaEnd(line: Buffer, start: number, full: number): number | undefined {
	const comma = line.lastIndexOf(COMMA, full - 1);
	return comma > start ? comma + 1 : undefined;
}

/** `full`, or before it so that no UTF-8 character is cut. */
function characterEnd(line: Buffer, full: number): number {
	let end = full;
	while (end > full - 3 && isContinuation(line[end])) end -= 1;
	return isContinuation(line[end]) ? full : end;
}

function isBlank(byte: number | undefined): boolean {
	return byte === SPACE || byte === TAB;
}

function isContinuation(byte: number | undefined): boolean {
	return byte !== undefined && byte >= 0x80 && byte < 0xc0;
}
