/**
 * Changes to a saved device, for console and command line: its rules, its name, its password. Implements
 * `DeviceRuleService` on Devices; throws what that throws.
 */
import type { DeviceRuleService, DeviceRules } from "../console-services.ts";
import type { Secret } from "../secret.ts";
import type { Devices } from "./devices.ts";
import type { Device } from "./model.ts";

export class DeviceRuleDesk implements DeviceRuleService {
	readonly #devices: Devices;

	constructor(devices: Devices) {
		this.#devices = devices;
	}

	rules(name: string): Promise<Readonly<Record<string, unknown>>> {
		return Promise.resolve(rulesOf(this.#devices.get(name)));
	}

	async change(name: string, { switches, ...rules }: DeviceRules): Promise<void> {
		await this.#devices.rewrite(name, (written) => changed(written, { ...rules, ...switches }));
	}

	async rename(name: string, newName: string): Promise<void> {
		await this.#devices.rewrite(name, (written) => ({ ...written, name: newName.trim() }));
	}

	newPassword(name: string): Promise<Secret> {
		return this.#devices.renewPassword(name);
	}
}

/** In the form of the file, so that what is shown can be sent back; keys that are not set are null. */
function rulesOf(device: Device): Readonly<Record<string, unknown>> {
	const { rate, quota, compatibility, coalesceMs } = device;
	return {
		addresses: device.addresses,
		username: device.username || null,
		account: device.account || null,
		kind: device.kind || null,
		from: device.from,
		recipients: device.recipients,
		rate: rate === undefined ? null : `${rate.count}/${unitOf(rate.perMs)}`,
		quota: quota === undefined ? null : `${sizeText(quota.count)}/${unitOf(quota.perMs)}`,
		coalesce: coalesceMs === undefined ? null : durationText(coalesceMs),
		urgent: device.urgent,
		newest_first: device.newestFirst,
		drop_repeats: device.dropRepeats,
		legacy_tls: compatibility.legacyTls,
		lf_line_ends: compatibility.lfLineEnds,
		auth_without_tls: compatibility.authWithoutTls,
		accept_any_credentials: compatibility.acceptAnyCredentials,
		cram_md5: compatibility.cramMd5,
		hide_ehlo: compatibility.hideEhlo,
	};
}

/** Largest first. */
const TIMES = [
	["w", 7 * 24 * 60 * 60_000],
	["d", 24 * 60 * 60_000],
	["h", 60 * 60_000],
	["m", 60_000],
	["s", 1000],
] as const;
const SIZES = [
	["GB", 1e9],
	["MB", 1e6],
	["kB", 1e3],
] as const;

function unitOf(perMs: number): string {
	return TIMES.find(([, ms]) => ms === perMs)?.[0] ?? "s";
}

function durationText(ms: number): string {
	const [unit, size] = TIMES.find(([, one]) => ms % one === 0) ?? ["s", 1000];
	return `${ms / size}${unit}`;
}

function sizeText(bytes: number): string {
	const [unit, size] = SIZES.find(([, one]) => bytes % one === 0) ?? ["B", 1];
	return `${bytes / size}${unit}`;
}

/** Null and the empty text take a key out, so that its default holds. */
function changed(
	written: Readonly<Record<string, unknown>>,
	rules: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
	const next: Record<string, unknown> = { ...written };
	for (const [key, value] of Object.entries(rules)) {
		if (value === undefined) continue;
		if (value === null || value === "") delete next[key];
		else next[key] = value;
	}
	return next;
}
