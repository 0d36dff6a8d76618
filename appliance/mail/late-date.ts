/**
 * Dates a message that was taken while the box did not know what time it was (`GUESS_MARK` in our trace
 * field): the field gets its real date, and a message without Date gets one. For delivery/true-dates.ts.
 * Pure.
 */
import { formatDate } from "./date.ts";
import { isNamed, scanHeader } from "./header.ts";
import { GUESS_MARK } from "./received.ts";

/** Our trace field is the first, and no longer than this. */
export const TRACE_FIELD_BYTES = 1_024;

const GUESSED_DATE = new RegExp(`;\\s*[^;]*${GUESS_MARK.replaceAll(/[()]/g, "\\$&")}\\r?\\n$`);

/** `start`: of the message, `TRACE_FIELD_BYTES` or all there is. */
export function isDateGuessed(start: Buffer): boolean {
	return guessedField(start) !== undefined;
}

/** `message` holds the header whole. The bytes to put in place of the first `replacedBytes`. */
export function withRealDate(
	message: Buffer,
	realDate: Date,
): { readonly replacedBytes: number; readonly written: Buffer } {
	const field = guessedField(message);
	if (field === undefined) return { replacedBytes: 0, written: Buffer.alloc(0) };
	const date = formatDate(realDate);
	const trace = field.text.replace(GUESSED_DATE, `;\r\n\t${date}\r\n`);
	const hasDate = scanHeader(message).fields.some((other) => isNamed(other, "Date"));
	return {
		replacedBytes: field.end,
		written: Buffer.from(hasDate ? trace : `${trace}Date: ${date}\r\n`, "latin1"),
	};
}

function guessedField(message: Buffer): { readonly text: string; readonly end: number } | undefined {
	const start = message.toString("latin1", 0, TRACE_FIELD_BYTES);
	const mark = start.indexOf(`${GUESS_MARK}\r\n`);
	if (mark === -1) return undefined;
	const end = mark + GUESS_MARK.length + 2;
	const text = start.slice(0, end);
	// Within the first field, which is ours: every other of its lines is a continuation.
	return text.startsWith("Received:") && !/\n(?![ \t])./s.test(text) ? { text, end } : undefined;
}
