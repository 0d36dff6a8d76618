/**
 * Tells the recipient of a message that it stands for others of its device, which were not kept: their
 * number before the subject, where every mail program shows it, and a field of our own with the rest.
 * The body stays as it is. Pure.
 */
import { type HeaderField, isNamed, scanHeader } from "./header.ts";

export interface Suppressed {
	/** Messages that were not kept. */
	readonly count: number;
	/** When the first of them came, by the wall clock. */
	readonly sinceMs: number;
}

/** In a message, `removedBytes` from `at` on make room for `inserted`. */
export interface Splice {
	readonly at: number;
	readonly removedBytes: number;
	readonly inserted: Buffer;
}

/** RFC 2047 §2: a line with an encoded-word is no longer than this. */
const LONGEST_LINE = 76;

/** `start` reaches at least to the end of the header. A header whose end is not found gets the fields at its top. */
export function suppressedSplice(start: Buffer, { count, sinceMs }: Suppressed): Splice {
	const field = `X-Postern-Suppressed: ${count} since ${new Date(sinceMs).toISOString()}\r\n`;
	const tag = ` [+${count}]`;
	const subject = scanHeader(start).fields.find((candidate) => isNamed(candidate, "Subject"));
	if (subject === undefined) {
		return { at: 0, removedBytes: 0, inserted: Buffer.from(`${field}Subject:${tag}\r\n`) };
	}
	const name = start.subarray(subject.start, subject.valueStart);
	return {
		at: subject.start,
		removedBytes: name.length,
		inserted: Buffer.concat([Buffer.from(field), name, Buffer.from(tag + joint(start, subject, tag))]),
	};
}

/** What has to stand between the number and the subject's own text. */
function joint(message: Buffer, { start, valueStart, end }: HeaderField, tag: string): string {
	const lineEnd = message.indexOf("\r\n", start);
	const lineLength = (lineEnd === -1 ? end : lineEnd) - start;
	const next = message.toString("latin1", valueStart, valueStart + 1);
	const blank = /^[ \t\r\n]?$/.test(next) ? "" : " ";
	return lineLength + tag.length > LONGEST_LINE ? `\r\n${blank}` : blank;
}
