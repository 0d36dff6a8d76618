/**
 * Prints the annotated configuration file with every key and its default, for `config describe` and
 * for the file the package installs. Comes from the schema alone; what it prints is itself valid.
 *
 * Lines that start with `# ` explain; lines that start with `#` and no blank are keys that are off,
 * with an example, to be switched on by removing the `#`.
 */
import { SCHEMA_TABLES, type SchemaKey, type SchemaTable } from "./schema-keys.ts";
import { variableOf } from "./text-layers.ts";

/** `keysAreOff`: for a file that is installed, where a key that is set could not be changed in the console. */
export interface DescribeOptions {
	readonly keysAreOff?: boolean;
}

const ALL_DEFAULTS = "# The configuration of Postern. Every key is here with its default.";
const ALL_OFF =
	"# The configuration of Postern. Every key is here with its default; remove the # before a key to set it.";
const INTRODUCTION = [
	"# A key can also be set by an environment variable, POSTERN_ and its name in capitals, with __",
	`# between table and key: ${variableOf(["smtp", "listen"])}=2525. What is set here cannot be changed in the console.`,
];

export function describeConfig({ keysAreOff = false }: DescribeOptions = {}): string {
	const introduction = [keysAreOff ? ALL_OFF : ALL_DEFAULTS, ...INTRODUCTION];
	const tables = SCHEMA_TABLES.map((table) => describeTable(table, keysAreOff));
	return `${[introduction, ...tables].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function describeTable(table: SchemaTable, keysAreOff: boolean): string[] {
	const keys = table.keys.flatMap((key) =>
		table.repeated ? describeExample(key) : describeKey(key, keysAreOff),
	);
	if (table.name === "") return keys;
	const header = table.repeated ? `#[[${table.name}]]` : `[${table.name}]`;
	return [`# ${table.description}`, header, ...keys];
}

function describeKey({ path, meta, defaultValue }: SchemaKey, isOff: boolean): string[] {
	const name = path.at(-1) ?? "";
	const off = isOff || defaultValue === undefined ? "#" : "";
	return [`# ${meta.description}`, `${off}${name} = ${toToml(defaultValue ?? meta.example ?? "")}`];
}

/** Of a table that may stand there several times: how one would look. */
function describeExample({ path, meta, defaultValue, type }: SchemaKey): string[] {
	const name = path.at(-1) ?? "";
	const example = meta.example ?? defaultValue ?? "";
	const off = meta.insteadOf === undefined ? "#" : "# ";
	return [`# ${meta.description}`, `${off}${name} = ${toToml(type === "boolean" ? defaultValue : example)}`];
}

/** Text, booleans and lists of them: JSON's forms of these are TOML too. */
function toToml(value: unknown): string {
	return Array.isArray(value) ? `[${value.map(toToml).join(", ")}]` : JSON.stringify(value);
}
