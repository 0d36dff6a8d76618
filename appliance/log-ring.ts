/**
 * The latest lines of the log in memory, for the console: what happened, without a terminal. Bounded by number and by size;
 * warnings and worse have room of their own, so that a flood of mail does not wash away why it came. A line costs the mail
 * path a copy of its text, as bytes; it is taken apart when somebody reads it. Never throws.
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

interface Room {
	readonly lines: number;
	readonly bytes: number;
}

const OF_EVERY_DAY: Room = { lines: 4000, bytes: 1_200_000 };
const OF_GRAVE: Room = { lines: 1000, bytes: 300_000 };
/** Of one line, in characters: the journal has it whole. */
const LONGEST_TEXT = 2000;
const GRAVE: ReadonlySet<LogLevel> = new Set(["crit", "error", "warning"]);

export class LogRing {
	readonly #lines = new Ring(OF_EVERY_DAY);
	readonly #grave = new Ring(OF_GRAVE);
	readonly #now: () => number;
	#number = 0;

	constructor(now: () => number) {
		this.#now = now;
	}

	add(level: LogLevel, event: string, text: string): void {
		this.#number += 1;
		const cut = text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text;
		const ring = GRAVE.has(level) ? this.#grave : this.#lines;
		ring.push({ number: this.#number, atMs: this.#now(), level, event }, cut);
	}

	get latest(): number {
		return this.#number;
	}

	/** Newest first. To be read without waiting for anything between two lines. */
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

type Head = Omit<RingLine, "text">;

interface Kept extends Head {
	readonly start: number;
	/** What is behind it may be taken by another. */
	readonly end: number;
	readonly sizeBytes: number;
}

/** Texts lie one behind the other in one block, each in one piece, the newest over the oldest. */
class Ring {
	/** Pages of it that were never written cost nothing. */
	readonly #block: Buffer;
	readonly #kept: (Kept | undefined)[];
	/** Of `#kept`: where the next one goes, and how many there are before it. */
	#next = 0;
	#count = 0;
	#end = 0;

	constructor({ lines, bytes }: Room) {
		this.#block = Buffer.alloc(bytes);
		this.#kept = new Array<Kept | undefined>(lines).fill(undefined);
	}

	push(head: Head, text: string): void {
		const sizeBytes = Buffer.byteLength(text);
		// An empty one has a place too, or it would not be seen to be in the way.
		const roomBytes = Math.max(1, sizeBytes);
		const isWrapped = this.#end + roomBytes > this.#block.length;
		const start = isWrapped ? 0 : this.#end;
		const end = start + roomBytes;
		// What lies behind the last line is older than what lies at the beginning.
		if (isWrapped) this.#drop(({ start: at }) => at >= this.#end);
		this.#drop((line) => line.start < end && line.end > start);
		if (this.#count === this.#kept.length) this.#dropOldest();
		this.#block.write(text, start);
		this.#kept[this.#next] = { ...head, start, end, sizeBytes };
		this.#next = (this.#next + 1) % this.#kept.length;
		this.#count += 1;
		this.#end = end;
	}

	*newestFirst(): Generator<RingLine, void> {
		const { length } = this.#kept;
		for (let back = 1; back <= this.#count; back += 1) {
			const line = this.#kept[(this.#next - back + length) % length];
			if (line === undefined) return;
			const { start, sizeBytes, number, atMs, level, event } = line;
			yield { number, atMs, level, event, text: this.#block.toString("utf8", start, start + sizeBytes) };
		}
	}

	#drop(isInTheWay: (line: Kept) => boolean): void {
		for (;;) {
			const oldest = this.#oldest();
			if (oldest === undefined || !isInTheWay(oldest)) return;
			this.#dropOldest();
		}
	}

	#oldest(): Kept | undefined {
		const { length } = this.#kept;
		return this.#count === 0 ? undefined : this.#kept[(this.#next - this.#count + length) % length];
	}

	#dropOldest(): void {
		const { length } = this.#kept;
		this.#kept[(this.#next - this.#count + length) % length] = undefined;
		this.#count -= 1;
	}
}

/** The last value may be cut, and then has no quotation mark at its end. */
const FIELD = / ([\w-]+)=("(?:[^"\\]|\\.)*(?:"|$)|[^ ]*)/g;

/** The fields of a line as they were before they were quoted. */
export function fieldsOf(text: string): Readonly<Record<string, string>> {
	return Object.fromEntries(
		[...text.matchAll(FIELD)].map(([, name = "", value = ""]) => [name, unquoted(value)]),
	);
}

function unquoted(value: string): string {
	if (!value.startsWith('"')) return value;
	const inner = value.length > 1 && value.endsWith('"') ? value.slice(1, -1) : value.slice(1);
	return inner.replaceAll(/\\u([0-9a-f]{4})|\\(["\\])/g, (_, code?: string, plain?: string) =>
		code === undefined ? (plain ?? "") : String.fromCharCode(Number.parseInt(code, 16)),
	);
}
