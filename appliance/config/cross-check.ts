/**
 * What must hold between keys of the configuration: names that may stand once, keys that exclude or
 * need each other. Works on the values as written, so that it reports beside bad single values and
 * not only once those are mended; what a single key has wrong is not its business.
 */

import { CONFIGURING } from "../words/configuring.ts";
import { say } from "../words/saying.ts";
import { listenerClashes } from "./listener-clashes.ts";
import { formatNetwork, readNetwork } from "./network.ts";
import { type Finding, formatPath, tableHeader } from "./problems.ts";
import { Refusal } from "./refusal.ts";
import { isTree, itemsAt, type Tree, textAt, valueAt } from "./source.ts";

export function crossCheck(values: Tree): Finding[] {
	return [
		...customCloudKeys(values),
		...certificatePair(values),
		...listenerClashes(values),
		...uniquePins(values),
		...uniqueValues(values, "account", ["address"]),
		...uniqueValues(values, "device", ["name", "username"]),
		...uniqueValues(values, "mailbox", ["username"]),
		...uniqueAddresses(values),
		...onePassword(values, "device"),
		...onePassword(values, "mailbox"),
		...knownSomehow(values),
	];
}

/** With another cloud these would be ignored in silence. As they stand in the documentation they may stand. */
const CUSTOM_CLOUD_DEFAULTS = {
	authority: "https://login.microsoftonline.com",
	graph: "https://graph.microsoft.com",
	smtp: "smtp.office365.com:587",
	pop: "outlook.office365.com:995",
} as const;

function customCloudKeys(values: Tree): Finding[] {
	const cloud = textAt(values, ["microsoft", "cloud"]) ?? "global";
	if (cloud === "custom") return [];
	return Object.entries(CUSTOM_CLOUD_DEFAULTS).flatMap(([key, usual]) => {
		const path = ["microsoft", key];
		const written = textAt(values, path)?.replace(/\/+$/, "");
		if (written === undefined || written === usual) return [];
		return [{ path, text: say(CONFIGURING.customCloudOnly, { key: formatPath(path) }) }];
	});
}

function certificatePair(values: Tree): Finding[] {
	const certificate = textAt(values, ["tls", "certificate_file"]) ?? "";
	const key = textAt(values, ["tls", "key_file"]) ?? "";
	if ((certificate === "") === (key === "")) return [];
	const [set, missing] =
		certificate === "" ? ["key_file", "certificate_file"] : ["certificate_file", "key_file"];
	return [
		{
			path: ["tls", set],
			text: say(CONFIGURING.needsBeside, { key: `tls.${set}`, other: `tls.${missing}` }),
		},
	];
}

/** One pin drives one light, or is the button. */
function uniquePins(values: Tree): Finding[] {
	const taken = new Map<string, string>();
	return ["green_pin", "red_pin", "button_pin"].flatMap((key) => {
		const path = ["lights", key];
		const pin = String(valueAt(values, path) ?? "").trim();
		const other = taken.get(pin);
		if (other === undefined) {
			if (pin !== "") taken.set(pin, formatPath(path));
			return [];
		}
		return [{ path, text: say(CONFIGURING.pinTaken, { key: formatPath(path), pin, other }) }];
	});
}

function uniqueValues(values: Tree, table: string, keys: readonly string[]): Finding[] {
	return keys.flatMap((key) => {
		const seen = new Set<string>();
		return recordsOf(values, table).flatMap((record, index) => {
			const value = textAt(record, [key])?.trim() ?? "";
			const folded = value.toLowerCase();
			if (folded === "") return [];
			if (!seen.has(folded)) {
				seen.add(folded);
				return [];
			}
			return [{ path: [table, index, key], text: `two ${tableHeader(table)} have the ${key} "${value}"` }];
		});
	});
}

/** The same range in two devices leaves open which is meant; a range inside another does not. */
function uniqueAddresses(values: Tree): Finding[] {
	const owners = new Map<string, number>();
	const findings: Finding[] = [];
	for (const [index, record] of recordsOf(values, "device").entries()) {
		for (const [position, item] of itemsAt(record, ["addresses"]).entries()) {
			const network = typeof item === "string" ? readNetwork(item) : undefined;
			if (network === undefined || network instanceof Refusal) continue;
			const range = formatNetwork(network);
			const owner = owners.get(range) ?? index;
			owners.set(range, owner);
			if (owner === index) continue;
			const path = ["device", index, "addresses", position];
			findings.push({ path, text: `two [[device]] have the address ${range}` });
		}
	}
	return findings;
}

function onePassword(values: Tree, table: string): Finding[] {
	return recordsOf(values, table).flatMap((record, index) => {
		const both = isSet(record, "password") && isSet(record, "password_hash");
		if (!both) return [];
		const path = [table, index, "password"];
		return [{ path, text: `${formatPath(path)} stands beside password_hash; keep one of the two` }];
	});
}

function knownSomehow(values: Tree): Finding[] {
	return recordsOf(values, "device").flatMap((record, index) => {
		if (isSet(record, "username") || itemsAt(record, ["addresses"]).length > 0) return [];
		const path = ["device", index];
		return [
			{ path, text: "a [[device]] needs addresses or a username, else nothing tells it from a stranger" },
		];
	});
}

function recordsOf(values: Tree, table: string): readonly Tree[] {
	return itemsAt(values, [table]).map((record) => (isTree(record) ? record : {}));
}

function isSet(record: Tree, key: string): boolean {
	return valueAt(record, [key]) !== undefined && valueAt(record, [key]) !== "";
}
