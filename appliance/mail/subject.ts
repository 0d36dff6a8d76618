/** The subject of a message as people read it: unfolded, decoded (RFC 2047), without control characters, cut. Pure. */
import libmime from "libmime";
import { isNamed, scanHeader } from "./header.ts";

/** More is no help in a list. */
const LONGEST_CHARACTERS = 200;
/** What was sent cannot make that much work. */
const MOST_BYTES = 4096;

/** Empty when there is none. `message` from its first byte, with its whole header. */
export function subjectOf(message: Buffer): string {
	const field = scanHeader(message).fields.find((candidate) => isNamed(candidate, "Subject"));
	if (field === undefined) return "";
	const end = Math.min(field.end, field.valueStart + MOST_BYTES);
	const text = message.toString("utf8", field.valueStart, end).replaceAll(/\r?\n(?=[ \t])/g, "");
	const plain = libmime.decodeWords(text).replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, " ");
	return Array.from(plain.replaceAll(/\s+/gu, " ").trim()).slice(0, LONGEST_CHARACTERS).join("");
}
