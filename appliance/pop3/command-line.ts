/** Reads a command of POP3 (RFC 1939 §3, RFC 2449 §4). Pure. */

export interface CommandLine {
	/** In capitals; empty for a line without one. */
	readonly keyword: string;
	/** Behind the first space, as it came: a password may hold spaces. */
	readonly argument: string;
}

/** RFC 2449 §4 allows 255; SASL answers are longer (RFC 5034 §4), and old programs pad. */
export const LONGEST_LINE_OCTETS = 12_288;

export function readCommandLine(line: string): CommandLine {
	const space = line.search(/[ \t]/);
	const keyword = (space === -1 ? line : line.slice(0, space)).toUpperCase();
	return { keyword, argument: space === -1 ? "" : line.slice(space + 1) };
}

/** The numbers of LIST, RETR, TOP…: all of them, or undefined when one is none. */
export function readNumbers(argument: string): readonly number[] | undefined {
	const words = argument.split(/[ \t]+/).filter((word) => word !== "");
	return words.every((word) => /^\d{1,9}$/.test(word)) ? words.map(Number) : undefined;
}
