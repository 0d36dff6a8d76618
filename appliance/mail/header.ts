/**
 * Finds the header fields of a message as ranges of its bytes, so that a field can be taken out or
 * put in and every other byte stays as it came. For listeners, transports and loop detection.
 *
 * Tolerant of what devices send: LF line ends, 8-bit values, a space before the colon, a body that
 * follows without an empty line, no header at all. Never throws; linear in the size of the header.
 */

export interface HeaderField {
	/** As written, without the colon. Compare it with `isNamed`. */
	readonly name: string;
	/** Range in the message, folded lines and line end included. */
	readonly start: number;
	readonly end: number;
	/** First byte behind the colon. */
	readonly valueStart: number;
}

export interface HeaderScan {
	readonly fields: readonly HeaderField[];
	/** Behind the last field. */
	readonly fieldsEnd: number;
	/** First byte of the body; `fieldsEnd` when there is no empty line. */
	readonly bodyStart: number;
	/**
	 * `separated`: an empty line ends the header. `body`: a line that is no field does. `open`: the bytes
	 * end first (the last field may be cut). `oversized`: it goes on beyond `HEADER_LIMIT_BYTES`.
	 */
	readonly ending: "separated" | "body" | "open" | "oversized";
}

/** Far above any real header (Exchange takes 256 kB), and little enough to hold in memory. */
export const HEADER_LIMIT_BYTES = 256 * 1024;

const TAB = 0x09;
const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const COLON = 0x3a;

/** Scans the start of a message. The bytes may reach into the body. */
export function scanHeader(message: Buffer): HeaderScan {
	const fields: HeaderField[] = [];
	let at = 0;
	for (;;) {
		if (at > HEADER_LIMIT_BYTES) return { fields, fieldsEnd: at, bodyStart: at, ending: "oversized" };
		if (at >= message.length) return { fields, fieldsEnd: at, bodyStart: at, ending: "open" };
		const emptyLine = emptyLineLength(message, at);
		if (emptyLine > 0) return { fields, fieldsEnd: at, bodyStart: at + emptyLine, ending: "separated" };
		const field = fieldAt(message, at);
		if (field === undefined) {
			// Half a line may yet become a field.
			const ending = message.includes(LF, at) ? "body" : "open";
			return { fields, fieldsEnd: at, bodyStart: at, ending };
		}
		fields.push(field);
		at = field.end;
	}
}

export function isNamed({ name }: HeaderField, wanted: string): boolean {
	return name.toLowerCase() === wanted.toLowerCase();
}

/** The value as text: unfolded, trimmed; UTF-8 where it is that, else one character a byte. */
export function fieldValue(message: Buffer, { valueStart, end }: HeaderField): string {
	const bytes = message.subarray(valueStart, end);
	const utf8 = bytes.toString("utf8");
	const text = utf8.includes("\ufffd") ? bytes.toString("latin1") : utf8;
	return text.replaceAll(/\r?\n/g, "").trim();
}

function emptyLineLength(message: Buffer, at: number): number {
	if (message[at] === LF) return 1;
	return message[at] === CR && message[at + 1] === LF ? 2 : 0;
}

function fieldAt(message: Buffer, start: number): HeaderField | undefined {
	let nameEnd = start;
	while (isNameByte(message[nameEnd])) nameEnd += 1;
	if (nameEnd === start) return undefined;
	let colon = nameEnd;
	// RFC 5322 §4.5 (obsolete): white space before the colon.
	while (message[colon] === SPACE || message[colon] === TAB) colon += 1;
	if (message[colon] !== COLON) return undefined;
	const name = message.toString("latin1", start, nameEnd);
	return { name, start, end: foldedEnd(message, colon), valueStart: colon + 1 };
}

/** RFC 5322 §2.2: printable ASCII but the colon. */
function isNameByte(byte: number | undefined): boolean {
	return byte !== undefined && byte > SPACE && byte < 0x7f && byte !== COLON;
}

function foldedEnd(message: Buffer, from: number): number {
	let lineFeed = message.indexOf(LF, from);
	while (lineFeed !== -1 && (message[lineFeed + 1] === SPACE || message[lineFeed + 1] === TAB)) {
		lineFeed = message.indexOf(LF, lineFeed + 1);
	}
	return lineFeed === -1 ? message.length : lineFeed + 1;
}
