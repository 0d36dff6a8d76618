/**
 * What a setting of another program would change here: lists get what they lack, texts are set where nothing is set.
 * Pure; for moving-desk.ts.
 */
import { isIPv4 } from "node:net";
import { type Endpoint, readListen } from "../config/endpoint.ts";
import { Refusal } from "../config/refusal.ts";
import type { FoundSettings } from "../console-services/moving.ts";
import type { Setting } from "../console-services.ts";

export type SettingChanges = Readonly<Record<string, unknown>>;

export type WantedChange =
	| { readonly changes: SettingChanges }
	/** Nothing to do: all of it is here, or something else is. */
	| { readonly here: string }
	| { readonly refused: string };

/** @param pending changes that are not in force yet and count all the same. */
export function wantedChange(
	{ add, put }: Pick<FoundSettings, "add" | "put">,
	present: readonly Setting[],
	pending: SettingChanges,
): WantedChange {
	const changes: Record<string, unknown> = {};
	const kept: string[] = [];
	for (const key of [...Object.keys(add), ...Object.keys(put)]) {
		const setting = present.find((one) => one.key === key);
		if (setting === undefined) return { refused: `this version has no setting ${key}` };
		const value = Object.hasOwn(pending, key) ? pending[key] : setting.value;
		const next = Object.hasOwn(add, key) ? longer(key, value, add[key] ?? []) : filled(value, put[key]);
		if (next === undefined) {
			kept.push(keptText(setting, value));
			continue;
		}
		if (setting.isLocked) {
			return { refused: `${key} is set by ${setting.origin}, which goes first; write it there` };
		}
		changes[key] = next;
	}
	return Object.keys(changes).length === 0 ? { here: kept.join("; ") } : { changes };
}

function keptText({ key, type }: Setting, value: unknown): string {
	// A proxy's address may hold its password.
	return type === "list" || key === "microsoft.proxy"
		? `${key} has it, or something in its place`
		: `${key} is ${String(value)}, which stays`;
}

/** Undefined when the list has all of it. */
function longer(key: string, value: unknown, items: readonly string[]): readonly unknown[] | undefined {
	const list: readonly unknown[] = Array.isArray(value) ? value : [];
	const has = /\.listen(_\w+)?$/.test(key) ? isListenedOn : isListed;
	const lacking = items.filter((item) => !has(list, item));
	return lacking.length === 0 ? undefined : [...list, ...lacking];
}

function filled(value: unknown, wanted: string | undefined): string | undefined {
	return value === "" || value === null ? wanted : undefined;
}

function isListed(list: readonly unknown[], item: string): boolean {
	return list.some((one) => String(one).trim().toLowerCase() === item.trim().toLowerCase());
}

/** Also by a place that stands for every address. */
function isListenedOn(list: readonly unknown[], item: string): boolean {
	const wanted = readListen(item);
	if (wanted instanceof Refusal) return false;
	return list.some((one) => {
		const place = readListen(String(one));
		return !(place instanceof Refusal) && covers(place, wanted);
	});
}

function covers(place: Endpoint, wanted: Endpoint): boolean {
	if (place.port !== wanted.port) return false;
	const isEveryIpv4 = place.host === "0.0.0.0" && isIPv4(wanted.host);
	return place.host === "::" || place.host === wanted.host || isEveryIpv4;
}
