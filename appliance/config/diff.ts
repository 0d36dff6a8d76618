/**
 * What a new reading of the configuration changes: for reload, which tells the owner, and to know what
 * cannot change while running. Pure.
 */
import { isDeepStrictEqual } from "node:util";
import { Secret } from "../secret.ts";
import { formatPath } from "./problems.ts";
import type { Config } from "./schema.ts";
import { isTree } from "./source.ts";

export interface ConfigDiff {
	/** Dotted keys; a device as `device "Copier"`. In the order of the configuration. */
	readonly changed: readonly string[];
	/** Those of them that take effect at the next start only. */
	readonly needRestart: readonly string[];
}

/**
 * The spool and the sign-ins are open in this folder; connections to Microsoft are made with these; pins are given to the
 * kernel as it starts.
 */
const NEEDS_RESTART = new Set([
	...["state_dir", "microsoft.ca_file", "microsoft.proxy"],
	...["lights.green_pin", "lights.red_pin", "lights.button_pin"],
]);
/** What tells one record of a `[[table]]` from another, wherever it stands in the file. */
const IDENTITIES: Readonly<Record<string, string>> = {
	account: "address",
	device: "name",
	mailbox: "username",
};

export function diffConfig(before: Config, after: Config): ConfigDiff {
	const changed = Object.keys(after).flatMap((key) => {
		const name = key as keyof Config;
		return changesOf([name], before[name], after[name]);
	});
	return { changed, needRestart: changed.filter(needsRestart) };
}

/** A change of this key takes effect at the next start only. */
export function needsRestart(key: string): boolean {
	return NEEDS_RESTART.has(key);
}

function changesOf(path: readonly string[], before: unknown, after: unknown): string[] {
	const identity = path.length === 1 ? IDENTITIES[path[0] ?? ""] : undefined;
	if (identity !== undefined) return recordChanges(path[0] ?? "", identity, before, after);
	if (path.length === 1 && isTree(before) && isTree(after)) {
		return unionOfKeys(before, after).flatMap((key) => changesOf([...path, key], before[key], after[key]));
	}
	return same(before, after) ? [] : [formatPath(path)];
}

function recordChanges(table: string, identity: string, before: unknown, after: unknown): string[] {
	const old = byIdentity(before, identity);
	const now = byIdentity(after, identity);
	return [...new Set([...old.keys(), ...now.keys()])]
		.filter((key) => !same(old.get(key), now.get(key)))
		.map((key) => `${table} ${JSON.stringify(key)}`);
}

function byIdentity(records: unknown, identity: string): ReadonlyMap<string, unknown> {
	const entries = Array.isArray(records) ? records.filter(isTree) : [];
	return new Map(entries.map((record) => [String(record[identity]), record]));
}

function unionOfKeys(a: object, b: object): string[] {
	return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}

/** Secrets hide their value from `isDeepStrictEqual`, which would find any two alike. */
function same(a: unknown, b: unknown): boolean {
	return isDeepStrictEqual(withSecrets(a), withSecrets(b));
}

function withSecrets(value: unknown): unknown {
	if (value instanceof Secret) return { secret: value.reveal() };
	if (Array.isArray(value)) return value.map(withSecrets);
	if (!isTree(value)) return value;
	const set = Object.entries(value).filter(([, item]) => item !== undefined);
	return Object.fromEntries(set.map(([key, item]) => [key, withSecrets(item)]));
}
