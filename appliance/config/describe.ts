/**
 * Prints the annotated configuration file with every key and its default, for `config describe` and
 * for the file the package installs. Comes from the schema alone; what it prints is itself valid.
 *
 * Lines that start with `# ` explain; lines that start with `#` and no blank are keys that are off,
 * with an example, to be switched on by removing the `#`.
 */
import { SCHEMA_TABLES, type SchemaKey, type SchemaTable } from "./schema-keys.ts";
import { variableOf } from "./text-layers.ts";

const INTRODUCTION = [
	"# The configuration of Postern. Every key is here with its default.",
	"# A key can also be set by an environment variable, POSTERN_ and its name in capitals, with __",
	`# between table and key: ${variableOf(["smtp", "listen"])}=2525. What is set here cannot be changed in the console.`,
];

export function describeConfig(): string {
	return `${[INTRODUCTION, ...SCHEMA_TABLES.map(describeTable)].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

function describeTable(table: SchemaTable): string[] {
	const keys = table.keys.flatMap((key) => describeKey(key, table.repeated));
	if (table.name === "") return keys;
	const header = table.repeated ? `#[[${table.name}]]` : `[${table.name}]`;
	return [`# ${table.description}`, header, ...keys];
}

function describeKey({ path, meta, defaultValue, type }: SchemaKey, off: boolean): string[] {
	const name = path.at(-1) ?? "";
	const example = meta.example ?? defaultValue ?? "";
	const explanation = `# ${meta.description}`;
	if (meta.insteadOf !== undefined) return [explanation, `# ${name} = ${toToml(example)}`];
	if (off) return [explanation, `#${name} = ${toToml(type === "boolean" ? defaultValue : example)}`];
	return defaultValue === undefined
		? [explanation, `#${name} = ${toToml(example)}`]
		: [explanation, `${name} = ${toToml(defaultValue)}`];
}

/** Text, booleans and lists of them: JSON's forms of these are TOML too. */
function toToml(value: unknown): string {
	return Array.isArray(value) ? `[${value.map(toToml).join(", ")}]` : JSON.stringify(value);
}
