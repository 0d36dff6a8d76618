/**
 * Every key of the configuration as data, read off the schema: for merging layers, for finding the
 * nearest right name, for masking secrets and for `describe`. Uses only zod's JSON Schema export.
 */
import * as z from "zod";
import type { FieldMeta } from "./fields.ts";
import { configSchema } from "./schema.ts";

export interface SchemaKey {
	/** `["smtp", "listen"]`; for a key of a `[[device]]`, `["device", "name"]`. */
	readonly path: readonly string[];
	readonly meta: FieldMeta;
	/** In file form; undefined when the key is simply absent unless set. */
	readonly defaultValue: unknown;
	readonly type: "text" | "list" | "boolean";
	/** Where only these will do; else empty. */
	readonly choices: readonly string[];
	readonly required: boolean;
}

export interface SchemaTable {
	/** Empty for the keys above the first table. */
	readonly name: string;
	readonly description: string;
	/** `[[name]]`: any number of them. */
	readonly repeated: boolean;
	readonly keys: readonly SchemaKey[];
}

interface Node {
	readonly type?: string | readonly string[];
	readonly description?: string;
	readonly default?: unknown;
	readonly properties?: Readonly<Record<string, Node>>;
	readonly items?: Node;
	readonly required?: readonly string[];
	readonly enum?: readonly string[];
}

/** JSON of the tables, from the build: reading them off the schema at each start would be a good part of its time. */
declare const POSTERN_SCHEMA_TABLES: string | undefined;

/** In the order of the file: keys above the tables first. */
export const SCHEMA_TABLES: readonly SchemaTable[] =
	typeof POSTERN_SCHEMA_TABLES === "string"
		? (JSON.parse(POSTERN_SCHEMA_TABLES) as readonly SchemaTable[])
		: readTables();

export const SCHEMA_KEYS: readonly SchemaKey[] = SCHEMA_TABLES.flatMap((table) => table.keys);

const REPEATED = new Set(SCHEMA_TABLES.filter((table) => table.repeated).map((table) => table.name));

export function isRepeatedTable(name: string): boolean {
	return REPEATED.has(name);
}

/** The key at a path of values, list positions left out: `["device", 3, "hide_ehlo", 0]` is `device.hide_ehlo`. */
export function keyAt(path: readonly PropertyKey[]): SchemaKey | undefined {
	const names = path.filter((part) => typeof part === "string");
	return SCHEMA_KEYS.find((key) => key.path.every((part, index) => part === names[index]));
}

/** Names that may stand in a table, `""` being above the tables. */
export function namesIn(tableName: string): readonly string[] {
	const keys = SCHEMA_TABLES.find((table) => table.name === tableName)?.keys ?? [];
	const names = keys.map((key) => key.path.at(-1) ?? "");
	return tableName === ""
		? [...names, ...SCHEMA_TABLES.flatMap(({ name }) => (name === "" ? [] : [name]))]
		: names;
}

function readTables(): SchemaTable[] {
	const root = z.toJSONSchema(configSchema, { io: "input" }) as Node;
	const entries = Object.entries(root.properties ?? {});
	const isTable = (node: Node) => node.properties !== undefined || node.items?.properties !== undefined;
	const top = entries.filter(([, node]) => !isTable(node));
	const tables = entries.filter(([, node]) => isTable(node));
	return [
		{
			name: "",
			description: "",
			repeated: false,
			keys: top.map(([name, node]) => readKey([name], node, false)),
		},
		...tables.map(([name, node]) => readTable(name, node)),
	];
}

function readTable(name: string, node: Node): SchemaTable {
	const body = node.items ?? node;
	const required = new Set(body.required);
	return {
		name,
		description: node.description ?? "",
		repeated: node.items !== undefined,
		keys: Object.entries(body.properties ?? {}).map(([key, field]) =>
			readKey([name, key], field, required.has(key)),
		),
	};
}

function readKey(path: readonly string[], node: Node, required: boolean): SchemaKey {
	const type = node.type === "array" ? "list" : node.type === "boolean" ? "boolean" : "text";
	// The meta of a field is copied into its JSON Schema node; `documented` has checked its shape.
	const { description, example, secret, path: isPath, insteadOf } = node as unknown as FieldMeta;
	const meta = {
		description,
		...(example === undefined ? {} : { example }),
		...(secret === undefined ? {} : { secret }),
		...(isPath === undefined ? {} : { path: isPath }),
		...(insteadOf === undefined ? {} : { insteadOf }),
	};
	return { path, meta, defaultValue: node.default, type, choices: node.enum ?? [], required };
}
