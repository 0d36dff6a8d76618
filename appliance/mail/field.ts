/**
 * A header field as a piece of its own, for the steps that mend headers: what a step does not touch
 * keeps its bytes. Pure.
 */
export interface Field {
	/** The name in lower case. */
	readonly key: string;
	/** The whole field: name, colon, value, folds, and the line end. */
	readonly bytes: Buffer;
}

/** `Name: value`, with the line end. `value` may hold folds. */
export function makeField(name: string, value: string | Buffer): Field {
	const bytes = Buffer.concat([Buffer.from(`${name}: `), Buffer.from(value), LINE_END]);
	return { key: name.toLowerCase(), bytes };
}

/** Everything behind the colon, folds and line end included. */
export function rawValue({ key, bytes }: Field): Buffer {
	return bytes.subarray(bytes.indexOf(COLON, key.length) + 1);
}

/** The value in one line, without blanks around it, one character a byte. */
export function latin1Value(field: Field): string {
	return withoutBlanks(rawValue(field).toString("latin1").replaceAll(/\r?\n/g, ""));
}

/** Says nothing: blanks and line ends at most. */
export function isBlank(field: Field): boolean {
	return rawValue(field).every((byte) => BLANK_BYTES.includes(byte));
}

/** Not `trim()`, which takes the last byte of a UTF-8 `à` for a space. */
export function withoutBlanks(text: string): string {
	let start = 0;
	let end = text.length;
	while (start < end && BLANKS.includes(text.charAt(start))) start += 1;
	while (end > start && BLANKS.includes(text.charAt(end - 1))) end -= 1;
	return text.slice(start, end);
}

/** The same value under another name. */
export function renamed(field: Field, name: string): Field {
	const bytes = Buffer.concat([Buffer.from(`${name}:`), rawValue(field)]);
	return { key: name.toLowerCase(), bytes };
}

/** The same name, as it was written, with another value (folds allowed, no line end). */
export function withValue(field: Field, value: string | Buffer): Field {
	return makeField(field.bytes.toString("latin1", 0, field.key.length), value);
}

const BLANKS = " \t\r\n";
const BLANK_BYTES = Buffer.from(BLANKS);
const COLON = 0x3a;
const LINE_END = Buffer.from("\r\n");
