/**
 * Two listeners cannot have one port. A default gives way to what was written; two that were written
 * are a finding. Works on the values as written.
 */

import { CONFIGURING } from "../words/configuring.ts";
import { say } from "../words/saying.ts";
import { type Endpoint, formatEndpoint, readListen } from "./endpoint.ts";
import { type Finding, formatPath } from "./problems.ts";
import { Refusal } from "./refusal.ts";
import { SCHEMA_KEYS, type SchemaKey } from "./schema-keys.ts";
import { itemsAt, setAt, type Tree, valueAt } from "./source.ts";

const LISTENER_KEYS: readonly SchemaKey[] = SCHEMA_KEYS.filter(({ path }) =>
	path.at(-1)?.startsWith("listen"),
);

/** Places of the same text in two lists. Port 0 is never taken. */
export function listenerClashes(values: Tree): Finding[] {
	const taken = new Map<string, string>();
	const findings: Finding[] = [];
	for (const { path } of LISTENER_KEYS) {
		for (const [index, item] of itemsAt(values, path).entries()) {
			const endpoint = endpointOf(item);
			if (endpoint === undefined || endpoint.port === 0) continue;
			const address = formatEndpoint(endpoint);
			const other = taken.get(address);
			if (other === undefined) taken.set(address, formatPath(path));
			else
				findings.push({
					path: [...path, index],
					text: say(CONFIGURING.placeTaken, { key: formatPath(path), place: address, other }),
				});
		}
	}
	return findings;
}

/** Writes shorter lists in place of defaults that want a port which another key was given. */
export function yieldListeners(values: Tree): void {
	const written = LISTENER_KEYS.filter(({ path }) => valueAt(values, path) !== undefined);
	const ports = new Set(
		written.flatMap(({ path }) => itemsAt(values, path).map((item) => endpointOf(item)?.port)),
	);
	for (const { path, defaultValue } of LISTENER_KEYS) {
		if (valueAt(values, path) !== undefined || !Array.isArray(defaultValue)) continue;
		const left = defaultValue.filter((item) => !ports.has(endpointOf(item)?.port));
		if (left.length < defaultValue.length) setAt(values, path, left);
	}
}

function endpointOf(item: unknown): Endpoint | undefined {
	if (typeof item !== "string" && typeof item !== "number") return undefined;
	const endpoint = readListen(item);
	return endpoint instanceof Refusal ? undefined : endpoint;
}
