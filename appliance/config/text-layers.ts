/**
 * The layers that are not TOML: environment variables, flags, and what the console saved.
 *
 * A key is set by the variable `POSTERN_` + its path in capitals with `__` between table and key:
 * `POSTERN_NAME`, `POSTERN_SMTP__MAX_MESSAGE_SIZE`. Lists are separated by commas; an empty text is an
 * empty list. Accounts, devices and mailboxes cannot be set this way. A variable that starts with
 * `POSTERN_` and looks like a misspelt key is an error; others (a service manager's) are left alone.
 */
import { nearest } from "./nearest.ts";
import { type ConfigProblem, problemAt } from "./problems.ts";
import { isRepeatedTable, SCHEMA_KEYS, type SchemaKey } from "./schema-keys.ts";
import { type Layer, type Path, type Source, setAt, type Tree } from "./source.ts";

export interface LayerResult {
	readonly layer: Layer;
	readonly problems: readonly ConfigProblem[];
}

const PREFIX = "POSTERN_";
/** Read elsewhere, and no keys: the control socket, the file itself, the machine of a test. */
const OTHER_VARIABLES = new Set(["POSTERN_CONTROL", "POSTERN_CONFIG", "POSTERN_MACHINE"]);

const SINGLE_KEYS = SCHEMA_KEYS.filter(({ path }) => !isRepeatedTable(path[0] ?? ""));
const BY_VARIABLE = new Map(SINGLE_KEYS.map((key) => [variableOf(key.path), key]));
const BY_DOTTED = new Map(SINGLE_KEYS.map((key) => [key.path.join("."), key]));

/** The environment variable that sets a key. */
export function variableOf(path: readonly string[]): string {
	return PREFIX + path.join("__").toUpperCase();
}

export function environmentLayer(environment: NodeJS.ProcessEnv): LayerResult {
	const builder = new LayerBuilder();
	for (const [variable, value] of Object.entries(environment)) {
		if (!variable.startsWith(PREFIX) || OTHER_VARIABLES.has(variable) || value === undefined) continue;
		const source: Source = { kind: "environment", variable };
		const key = BY_VARIABLE.get(variable);
		if (key !== undefined) builder.set(key, value, source);
		else if (looksLikeKey(variable)) builder.refuse(source, unknownVariable(variable));
	}
	return builder.result();
}

function looksLikeKey(variable: string): boolean {
	return variable.includes("__") || nearestVariable(variable) !== undefined;
}

/** Compared without the common prefix, which would make everything look alike. */
function nearestVariable(variable: string): string | undefined {
	const names = [...BY_VARIABLE.keys()].map((name) => name.slice(PREFIX.length));
	const name = nearest(variable.slice(PREFIX.length), names);
	return name === undefined ? undefined : PREFIX + name;
}

function unknownVariable(variable: string): string {
	const table = variable.slice(PREFIX.length).split("__")[0]?.toLowerCase() ?? "";
	if (isRepeatedTable(table))
		return `a [[${table}]] stands in the configuration file, not in the environment`;
	const near = nearestVariable(variable);
	return near === undefined
		? "sets no key; the name is POSTERN_, the table, __ and the key, such as POSTERN_SMTP__LISTEN"
		: `sets no key; did you mean ${near}?`;
}

/** Flags by dotted key, `{"smtp.listen": ["2525"]}`. An unknown key is the calling command's mistake. */
export function flagLayer(flags: Readonly<Record<string, string | readonly string[]>>): LayerResult {
	const builder = new LayerBuilder();
	for (const [dotted, value] of Object.entries(flags)) {
		const key = BY_DOTTED.get(dotted);
		if (key === undefined) throw new Error(`a flag sets the unknown key ${dotted}`);
		builder.set(key, value, { kind: "flag", flag: `--${dotted.replaceAll(/[._]/g, "-")}` });
	}
	return builder.result();
}

export interface SavedSetting {
	/** Dotted. */
	readonly key: string;
	/** In file form. */
	readonly value: unknown;
}

/** A setting of another version, or one that cannot be saved (its own folder), is told of and left out. */
export function savedLayer(saved: readonly SavedSetting[]): LayerResult {
	const builder = new LayerBuilder();
	for (const { key: dotted, value } of saved) {
		const key = BY_DOTTED.get(dotted);
		if (key === undefined) builder.refuse({ kind: "console" }, `this version knows no setting "${dotted}"`);
		else if (dotted === "state_dir")
			builder.refuse({ kind: "console" }, "state_dir cannot be saved in itself");
		else builder.set(key, value, { kind: "console" });
	}
	return builder.result();
}

class LayerBuilder {
	readonly #values: Tree = {};
	readonly #sources = new Map<string, Source>();
	readonly #problems: ConfigProblem[] = [];

	set(key: SchemaKey, value: unknown, source: Source): void {
		setAt(
			this.#values,
			key.path,
			typeof value === "string" && key.type === "list" ? splitList(value) : value,
		);
		this.#sources.set(key.path.join("."), source);
	}

	refuse(source: Source, text: string): void {
		this.#problems.push(problemAt(source, [], text));
	}

	result(): LayerResult {
		const sourceOf = (path: Path): Source => {
			const dotted = path.join(".");
			for (const [key, source] of this.#sources) {
				if (`${key}.`.startsWith(`${dotted}.`) || dotted.startsWith(`${key}.`)) return source;
			}
			throw new Error(`no source for ${dotted}`);
		};
		return { layer: { values: this.#values, sourceOf }, problems: this.#problems };
	}
}

function splitList(text: string): readonly string[] {
	return text
		.split(",")
		.map((item) => item.trim())
		.filter((item) => item !== "");
}
