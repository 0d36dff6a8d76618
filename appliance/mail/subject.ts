/**
 * A message's subject as its reader would see it: for the owner's list, where subjects are kept. Pure; never
 * throws, whatever a device wrote; what comes out is one short line without anything that a screen obeys.
 */
import { decodeWords } from "./decoded-words.ts";
import { fieldValue, isNamed, scanHeader } from "./header.ts";

const LONGEST_CHARACTERS = 200;
/** Of the field: what makes so many characters in the longest way of writing them, and more. */
const LONGEST_ENCODED = 8_000;

/** Controls (tabs and line ends too), and the marks that turn a text's direction round. */
const NOT_SHOWN = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu;

/** Empty when there is none. The bytes may reach into the body. */
export function subjectOf(message: Buffer): string {
	const field = scanHeader(message).fields.find((candidate) => isNamed(candidate, "Subject"));
	if (field === undefined) return "";
	const text = decodeWords(fieldValue(message, field).slice(0, LONGEST_ENCODED)).toWellFormed();
	const line = text.replaceAll(NOT_SHOWN, " ").replaceAll(/ {2,}/g, " ").trim();
	return [...line].slice(0, LONGEST_CHARACTERS).join("").trim();
}
