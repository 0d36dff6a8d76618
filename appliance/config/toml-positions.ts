/**
 * Where each key and list item stands in a TOML text, for error messages; smol-toml gives positions
 * for syntax errors only. Reads a text that smol-toml has already accepted, so it may be lenient: on
 * anything unexpected it stops, and what it has not reached has no position. Never throws.
 */

export interface Position {
	/** Both from 1. */
	readonly line: number;
	readonly column: number;
}

type Path = readonly (string | number)[];

/** Positions by path: `["device", 1, "name"]`. Tables have theirs too. */
export class TomlPositions {
	readonly #offsets = new Map<string, number>();
	readonly #lineStarts: readonly number[];

	constructor(toml: string, offsets: ReadonlyMap<string, number>) {
		this.#offsets = new Map(offsets);
		const starts = [0];
		for (let at = toml.indexOf("\n"); at !== -1; at = toml.indexOf("\n", at + 1)) starts.push(at + 1);
		this.#lineStarts = starts;
	}

	/** The position of the path, or of the nearest thing that contains it. */
	at(path: readonly PropertyKey[]): Position | undefined {
		for (let length = path.length; length > 0; length -= 1) {
			const offset = this.#offsets.get(pathKey(path.slice(0, length)));
			if (offset !== undefined) return this.#position(offset);
		}
		return undefined;
	}

	/** The position of exactly this path. */
	exactly(path: readonly PropertyKey[]): Position | undefined {
		const offset = this.#offsets.get(pathKey(path));
		return offset === undefined ? undefined : this.#position(offset);
	}

	#position(offset: number): Position {
		const next = this.#lineStarts.findIndex((start) => start > offset);
		const line = next === -1 ? this.#lineStarts.length : next;
		return { line, column: offset - (this.#lineStarts[line - 1] ?? 0) + 1 };
	}
}

function pathKey(path: readonly PropertyKey[]): string {
	return JSON.stringify(path);
}

export function locateToml(toml: string): TomlPositions {
	const scanner = new Scanner(toml);
	scanner.scan();
	return new TomlPositions(toml, scanner.offsets);
}

const BLANK = /[ \t]*/y;
const BLANK_AND_COMMENTS = /(?:[ \t\r\n]|#[^\n]*)*/y;
const BARE_KEY = /[A-Za-z0-9_-]+/y;
const BASIC_STRING = /"(?:[^"\\\n]|\\.)*"/y;
const LITERAL_STRING = /'[^'\n]*'/y;
const MULTILINE_BASIC = /"""(?:[^\\]|\\[\s\S])*?"{3,5}/y;
const MULTILINE_LITERAL = /'''[\s\S]*?'{3,5}/y;
const OTHER_VALUE = /[^,\]}#\r\n]+/y;
const MOST_DEPTH = 100;

class Scanner {
	readonly offsets = new Map<string, number>();
	readonly #toml: string;
	#at = 0;
	/** How many `[[name]]` have been seen, by path. */
	readonly #counts = new Map<string, number>();

	constructor(toml: string) {
		this.#toml = toml;
	}

	scan(): void {
		let table: Path = [];
		for (;;) {
			this.#take(BLANK_AND_COMMENTS);
			if (this.#at >= this.#toml.length) return;
			const before = this.#at;
			if (this.#toml[this.#at] === "[") table = this.#header();
			else this.#pair(table, 0);
			if (this.#at === before) return;
		}
	}

	#take(pattern: RegExp): string {
		pattern.lastIndex = this.#at;
		const text = pattern.exec(this.#toml)?.[0] ?? "";
		this.#at += text.length;
		return text;
	}

	#skip(character: string): boolean {
		if (this.#toml[this.#at] !== character) return false;
		this.#at += 1;
		return true;
	}

	#header(): Path {
		const start = this.#at;
		this.#at += 1;
		const repeated = this.#skip("[");
		const names = this.#dottedKey();
		this.#skip("]");
		if (repeated) this.#skip("]");
		const path = this.#inLatest(repeated ? names.slice(0, -1) : names);
		if (!repeated) return this.#note(path, start);
		const listPath = [...path, names.at(-1) ?? ""];
		const index = this.#counts.get(pathKey(listPath)) ?? 0;
		this.#counts.set(pathKey(listPath), index + 1);
		this.#note(listPath, start);
		return this.#note([...listPath, index], start);
	}

	/** `[a.b]` after `[[a]]` is in the latest `a`. */
	#inLatest(names: readonly string[]): Path {
		const path: (string | number)[] = [];
		for (const name of names) {
			path.push(name);
			const count = this.#counts.get(pathKey(path));
			if (count !== undefined) path.push(count - 1);
		}
		return path;
	}

	/** The first mention counts: that is where somebody looks. */
	#note(path: Path, offset: number): Path {
		const key = pathKey(path);
		if (!this.offsets.has(key)) this.offsets.set(key, offset);
		return path;
	}

	#dottedKey(): string[] {
		const names: string[] = [];
		do {
			this.#take(BLANK);
			names.push(this.#simpleKey());
			this.#take(BLANK);
		} while (this.#skip("."));
		return names;
	}

	#simpleKey(): string {
		const bare = this.#take(BARE_KEY);
		if (bare !== "") return bare;
		const literal = this.#take(LITERAL_STRING);
		if (literal !== "") return literal.slice(1, -1);
		return unescapeBasic(this.#take(BASIC_STRING).slice(1, -1));
	}

	#pair(table: Path, depth: number): void {
		const start = this.#at;
		let path = table;
		for (const name of this.#dottedKey()) path = this.#note([...path, name], start);
		if (!this.#skip("=")) return;
		this.#take(BLANK);
		this.#value(path, depth);
	}

	#value(path: Path, depth: number): void {
		if (depth > MOST_DEPTH) return;
		if (this.#skip("[")) this.#items(path, "]", depth);
		else if (this.#skip("{")) this.#items(path, "}", depth);
		else if (this.#take(MULTILINE_BASIC) + this.#take(MULTILINE_LITERAL) === "") {
			if (this.#take(BASIC_STRING) + this.#take(LITERAL_STRING) === "") this.#take(OTHER_VALUE);
		}
	}

	#items(path: Path, close: "]" | "}", depth: number): void {
		for (let index = 0; ; index += 1) {
			this.#take(BLANK_AND_COMMENTS);
			const before = this.#at;
			if (this.#skip(close)) return;
			if (close === "}") this.#pair(path, depth + 1);
			else this.#value(this.#note([...path, index], this.#at), depth + 1);
			this.#take(BLANK_AND_COMMENTS);
			this.#skip(",");
			if (this.#at === before) return;
		}
	}
}

const ESCAPES: Readonly<Record<string, string>> = {
	b: "\b",
	t: "\t",
	n: "\n",
	f: "\f",
	r: "\r",
	e: "\u001b",
};

function unescapeBasic(text: string): string {
	return text.replace(
		/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|x([0-9a-fA-F]{2})|(.))/g,
		(_, four?: string, eight?: string, two?: string, one?: string) => {
			const hex = four ?? eight ?? two;
			if (hex === undefined) return ESCAPES[one ?? ""] ?? one ?? "";
			const codePoint = Number.parseInt(hex, 16);
			return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : "";
		},
	);
}
