/**
 * Every key with its value and where it came from, for `config show --origin` and, single keys as values, for the console,
 * which shows as locked what the file sets. Secrets are masked.
 */
import type { ConfigOrigin } from "../services.ts";
import { formatPath, withoutCredentials } from "./problems.ts";
import { SCHEMA_TABLES, type SchemaKey } from "./schema-keys.ts";
import { formatOrigin, itemsAt, type Merged, valueAt } from "./source.ts";

const MASK = "***";
const UNSET = "(not set)";

/** In the order of the file; the keys of the first device are `device[0].name` and so on. */
export function describeOrigins(merged: Merged): ConfigOrigin[] {
	return SCHEMA_TABLES.flatMap((table) =>
		table.repeated
			? itemsAt(merged.values, [table.name]).flatMap((_, index) =>
					table.keys.map((key) => originOf(merged, key, [table.name, index, key.path.at(-1) ?? ""])),
				)
			: table.keys.map((key) => originOf(merged, key, key.path)),
	);
}

export interface KeyValue {
	readonly key: SchemaKey;
	/** In file form; undefined for a secret, and for a key that is not set. What it holds of passwords is masked. */
	readonly value: unknown;
	readonly origin: string;
	/** Set by file, environment or flag. */
	readonly isLocked: boolean;
}

/** Of the keys that stand once. */
export function describeValues(merged: Merged): KeyValue[] {
	return SCHEMA_TABLES.filter(({ repeated }) => !repeated).flatMap(({ keys }) =>
		keys.map((key) => {
			const written = valueAt(merged.values, key.path);
			const source = written === undefined ? undefined : merged.sourceOf(key.path);
			const value = written ?? key.defaultValue;
			return {
				key,
				value:
					key.meta.secret === true
						? undefined
						: typeof value === "string"
							? withoutCredentials(value)
							: value,
				origin: formatOrigin(source, key.path),
				isLocked: source !== undefined && source.kind !== "console",
			};
		}),
	);
}

function originOf(merged: Merged, key: SchemaKey, path: readonly (string | number)[]): ConfigOrigin {
	const written = valueAt(merged.values, path);
	// A record's keys all come from whoever set the list.
	const source = merged.sourceOf(path.length > key.path.length ? path.slice(0, 1) : path);
	return {
		key: formatPath(path),
		value: showValue(key, written ?? key.defaultValue),
		origin: formatOrigin(written === undefined ? undefined : source, path),
	};
}

function showValue({ meta }: SchemaKey, value: unknown): string {
	if (value === undefined) return UNSET;
	if (meta.secret === true) return value === "" ? UNSET : MASK;
	return withoutCredentials(JSON.stringify(value));
}
