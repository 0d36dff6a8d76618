/**
 * The latest lines of the log in memory, for the console: what happened, without a terminal. Bounded by number and by size;
 * warnings and worse have room of their own, so that a flood of mail does not wash away why it came. A line costs the mail
 * path an array slot: it is taken apart when somebody reads it.
 */
import type { LogLevel } from "./log.ts";

export interface RingLine {
	/** Ascending within this run. */
	readonly number: number;
	readonly atMs: number;
	readonly level: LogLevel;
	readonly event: string;
	/** ` key=value key="quoted value"`, as it was written. */
	readonly text: string;
}

const MOST_LINES = 4000;
const MOST_GRAVE_LINES = 1000;
/** Of one line: the journal has it whole. */
const LONGEST_TEXT = 2000;
const GRAVE: ReadonlySet<LogLevel> = new Set(["crit", "error", "warning"]);

export class LogRing {
	readonly #lines = new Ring(MOST_LINES);
	readonly #grave = new Ring(MOST_GRAVE_LINES);
	readonly #now: () => number;
	#number = 0;

	constructor(now: () => number) {
		this.#now = now;
	}

	add(level: LogLevel, event: string, text: string): void {
		this.#number += 1;
		const cut = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
		const ring = GRAVE.has(level) ? this.#grave : this.#lines;
		ring.push({ number: this.#number, atMs: this.#now(), level, event, text: cut });
	}

	get latest(): number {
		return this.#number;
	}

	/** Newest first. */
	*newestFirst(): Generator<RingLine> {
		const [plain, grave] = [this.#lines.newestFirst(), this.#grave.newestFirst()];
		let [a, b] = [plain.next(), grave.next()];
		for (;;) {
			if (a.done !== true && (b.done === true || a.value.number > b.value.number)) {
				yield a.value;
				a = plain.next();
			} else if (b.done !== true) {
				yield b.value;
				b = grave.next();
			} else return;
		}
	}
}

class Ring {
	readonly #lines: (RingLine | undefined)[];
	#next = 0;

	constructor(size: number) {
		this.#lines = new Array<RingLine | undefined>(size).fill(undefined);
	}

	push(line: RingLine): void {
		this.#lines[this.#next] = line;
		this.#next = (this.#next + 1) % this.#lines.length;
	}

	*newestFirst(): Generator<RingLine, void> {
		const { length } = this.#lines;
		for (let back = 1; back <= length; back += 1) {
			const line = this.#lines[(this.#next - back + length) % length];
			if (line === undefined) return;
			yield line;
		}
	}
}

const FIELD = / ([\w-]+)=("(?:[^"\\]|\\.)*"|[^ ]*)/g;

/** The fields of a line as they were before they were quoted. */
export function fieldsOf(text: string): Readonly<Record<string, string>> {
	return Object.fromEntries(
		[...text.matchAll(FIELD)].map(([, name = "", value = ""]) => [name, unquoted(value)]),
	);
}

function unquoted(value: string): string {
	if (!value.startsWith('"')) return value;
	return value
		.slice(1, -1)
		.replaceAll(/\\u([0-9a-f]{4})|\\(["\\])/g, (_, code?: string, plain?: string) =>
			code === undefined ? (plain ?? "") : String.fromCharCode(Number.parseInt(code, 16)),
		);
}
