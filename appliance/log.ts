/**
 * The log, for administrators: one line an event, `event key=value …` (logfmt), on standard error
 * or, under systemd, with the `<N>` priority prefix that journald reads (sd-daemon(3)).
 *
 * Never throws and never blocks on a reader. Values are quoted when they need it and control
 * characters escaped, so nothing a device sends can forge a second line.
 */

import type { LogRing } from "./log-ring.ts";

/** Priorities of sd-daemon(3), most urgent first. */
const LOG_LEVELS = { crit: 2, error: 3, warning: 4, notice: 5, info: 6, debug: 7 } as const;
export type LogLevel = keyof typeof LOG_LEVELS;

/** `Secret` prints as `***`; objects are not accepted, so nothing is dumped by accident. */
export type LogValue = string | number | boolean | bigint | null | undefined | { toString(): string };
export type LogFields = Readonly<Record<string, LogValue>>;

export interface LogOptions {
	readonly level: LogLevel;
	/** Prefix lines with `<N>` for journald. */
	readonly journal: boolean;
	readonly write: (line: string) => void;
	/** Keeps the latest in memory. */
	readonly ring?: LogRing;
}

export class Log {
	readonly #options: LogOptions;
	readonly #fields: LogFields;

	constructor(options: LogOptions, fields: LogFields = {}) {
		this.#options = options;
		this.#fields = fields;
	}

	/** The same log with `fields` on each line. */
	child(fields: LogFields): Log {
		return new Log(this.#options, { ...this.#fields, ...fields });
	}

	crit(event: string, fields?: LogFields): void {
		this.#line("crit", event, fields);
	}
	error(event: string, fields?: LogFields): void {
		this.#line("error", event, fields);
	}
	warning(event: string, fields?: LogFields): void {
		this.#line("warning", event, fields);
	}
	notice(event: string, fields?: LogFields): void {
		this.#line("notice", event, fields);
	}
	info(event: string, fields?: LogFields): void {
		this.#line("info", event, fields);
	}
	debug(event: string, fields?: LogFields): void {
		this.#line("debug", event, fields);
	}

	#line(level: LogLevel, event: string, fields: LogFields = {}): void {
		if (LOG_LEVELS[level] > LOG_LEVELS[this.#options.level]) return;
		const { journal, write, ring } = this.#options;
		const prefix = journal ? `<${LOG_LEVELS[level]}>` : `${level} `;
		let text = "";
		for (const [key, value] of [...Object.entries(this.#fields), ...Object.entries(fields)]) {
			if (value === undefined) continue;
			text += ` ${key}=${formatValue(value)}`;
		}
		ring?.add(level, event, text);
		write(`${prefix}${event}${text}\n`);
	}
}

/** journald cuts lines at 48 kB, and what follows would begin a line of its own. */
const LONGEST_VALUE = 8_000;
const PLAIN_VALUE = /^[\w@.:/+<>,[\]*-]+$/;
/** C0, DEL, C1, and the Unicode line and paragraph separators: each could start a new line somewhere. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped here
const UNSAFE_CHARACTERS = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g;

/** As it stands behind `key=`: quoted where it needs to be. */
export function formatValue(value: LogValue): string {
	const whole = String(value);
	const text = whole.length > LONGEST_VALUE ? `${whole.slice(0, LONGEST_VALUE)}…` : whole;
	if (PLAIN_VALUE.test(text)) return text;
	const quoted = text
		.replaceAll("\\", "\\\\")
		.replaceAll('"', '\\"')
		.replace(UNSAFE_CHARACTERS, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`);
	return `"${quoted}"`;
}

/** The log of a process: journald's form when journald reads it, plain text otherwise. */
export function openLog(level: LogLevel, environment: NodeJS.ProcessEnv = process.env, ring?: LogRing): Log {
	const journal = environment["JOURNAL_STREAM"] !== undefined;
	return new Log({ level, journal, write: writeSoon, ...(ring === undefined ? {} : { ring }) });
}

let pending = "";
let flushing = false;

/** Lines of one turn of the event loop share a write: under load a write each would cost more than the mail. */
function writeSoon(line: string): void {
	pending += line;
	if (flushing) return;
	flushing = true;
	setImmediate(flush);
}

function flush(): void {
	flushing = false;
	const lines = pending;
	pending = "";
	if (lines !== "") process.stderr.write(lines);
}

// A process that ends, for whatever reason it can still notice, says its last words.
process.on("exit", flush);

/** A log that goes nowhere, for tests and one-shot commands. */
export function silentLog(): Log {
	return new Log({ level: "crit", journal: false, write: () => undefined });
}
