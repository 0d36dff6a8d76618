/**
 * Standard output for results, standard error for diagnostics. All text passes `printable`, so a
 * command need not think of it; the few styles of our own are added afterwards, on terminals only.
 */
import type { Writable } from "node:stream";
import { printable, printableJson } from "./printable.ts";

/** A stream that may be a terminal, as `process.stdout` is. */
export type Screen = Pick<Writable, "write"> & { readonly isTTY?: boolean; readonly columns?: number };

const STRONG = "\u001b[1m";
const PLAIN = "\u001b[0m";

export class Terminal {
	readonly #stdout: Screen;
	readonly #stderr: Screen;

	constructor(stdout: Screen, stderr: Screen) {
		this.#stdout = stdout;
		this.#stderr = stderr;
	}

	/** True when a person reads the result as it appears. */
	get isInteractive(): boolean {
		return this.#stdout.isTTY === true;
	}

	/** Width of the terminal, or undefined when the result goes to a file or a program. */
	get columns(): number | undefined {
		return this.isInteractive ? this.#stdout.columns : undefined;
	}

	/** A part of the result; may hold several lines. */
	print(text = ""): void {
		this.#stdout.write(`${cleanLines(text)}\n`);
	}

	/** A line of the result that must catch the eye. */
	printStrong(line: string): void {
		const clean = printable(line);
		this.#stdout.write(this.isInteractive ? `${STRONG}${clean}${PLAIN}\n` : `${clean}\n`);
	}

	/** The result as one JSON document. */
	json(value: unknown): void {
		this.#stdout.write(`${printableJson(value, 2)}\n`);
	}

	/** One line of a result that comes piece by piece (NDJSON). */
	jsonLine(value: unknown): void {
		this.#stdout.write(`${printableJson(value)}\n`);
	}

	/** A part of a result that is no text, for a file or a program. */
	bytes(chunk: Uint8Array): void {
		this.#stdout.write(chunk);
	}

	/** A diagnostic. */
	tell(text: string): void {
		this.#stderr.write(`${cleanLines(text)}\n`);
	}

	/** A diagnostic for programs. */
	tellJson(value: unknown): void {
		this.#stderr.write(`${printableJson(value)}\n`);
	}
}

function cleanLines(text: string): string {
	return text.split("\n").map(printable).join("\n");
}
