/**
 * A command line as the engine's dialogue wants it: the verb in capitals, one blank, the rest. Pure.
 * Devices put blanks before and behind, tabs between, and NULs at the end (C strings sent whole).
 */

const VERB = /^([a-z]{1,16})(?:[ \t]+|$)/i;

/** What needs nothing done, as nearly all lines do. */
const PRESENTABLE = /^[A-Z]{1,16}(?: [^ \t\0\r](?:.*[^ \t\r\0])?)?$/s;

/** Empty for a line that says nothing. */
export function readCommandLine(line: Buffer): Buffer {
	const written = line.toString("latin1");
	if (PRESENTABLE.test(written)) return line;
	const text = written.replace(/^[ \t\0]+|[ \t\r\0]+$/g, "");
	const verb = VERB.exec(text);
	if (verb === null) return Buffer.from(text, "latin1");
	const [matched, name = ""] = verb;
	const rest = text.slice(matched.length);
	return Buffer.from(rest === "" ? name.toUpperCase() : `${name.toUpperCase()} ${rest}`, "latin1");
}

/** What follows the verb, as text; undefined when its bytes are no UTF-8. */
export function argumentOf(command: Buffer): string | undefined {
	const at = command.indexOf(" ");
	if (at === -1) return "";
	try {
		return STRICT_UTF8.decode(command.subarray(at + 1)).trim();
	} catch (error) {
		if (error instanceof TypeError) return undefined;
		throw error;
	}
}

const STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export interface ChunkCommand {
	readonly sizeBytes: number;
	readonly last: boolean;
}

/** The argument of BDAT (RFC 3030 §2); undefined when it does not say how many bytes follow. */
export function readChunkCommand(argument: string): ChunkCommand | undefined {
	const [, size = "", last] = /^(\d{1,15})(?:\s+(LAST))?$/i.exec(argument.trim()) ?? [];
	return size === "" ? undefined : { sizeBytes: Number(size), last: last !== undefined };
}
