/**
 * Changes to a saved device, for console and command line: its rules, its name, its password. Implements
 * `DeviceRuleService` on Devices; throws what that throws, and has changed nothing then.
 */
import { formatDuration, formatQuota, formatRate } from "../config/duration.ts";
import { nearest } from "../config/nearest.ts";
import { UserError } from "../errors.ts";
import type { Secret } from "../secret.ts";
import type { DeviceRuleService, DeviceRules } from "../services.ts";
import { findKind } from "./device-kinds.ts";
import type { Devices } from "./devices.ts";
import type { Device } from "./model.ts";

export interface DeviceRuleDeskOptions {
	readonly devices: Devices;
	/** How a device is handled may be another way now. */
	readonly onChanged: () => void;
}

type Rules = Readonly<Record<string, unknown>>;

export class DeviceRuleDesk implements DeviceRuleService {
	readonly #options: DeviceRuleDeskOptions;

	constructor(options: DeviceRuleDeskOptions) {
		this.#options = options;
	}

	rules(name: string): Promise<Rules> {
		return Promise.resolve(rulesOf(this.#options.devices.get(name)));
	}

	async change(name: string, { switches, ...rules }: DeviceRules): Promise<void> {
		const wanted = wantedRules({ ...rules, ...switches });
		await this.#options.devices.rewrite(name, (written) => changed(written, wanted));
		this.#options.onChanged();
	}

	async rename(name: string, newName: string): Promise<void> {
		await this.#options.devices.rewrite(name, (written) => ({ ...written, name: newName.trim() }));
		this.#options.onChanged();
	}

	newPassword(name: string): Promise<Secret> {
		return this.#options.devices.renewPassword(name);
	}
}

/** In the form of the file, so that what is shown can be sent back; keys that are not set are null. */
function rulesOf(device: Device) {
	const { rate, quota, compatibility, coalesceMs } = device;
	return {
		addresses: device.addresses,
		username: device.username || null,
		account: device.account || null,
		kind: device.kind || null,
		from: device.from,
		recipients: device.recipients,
		rate: rate === undefined ? null : formatRate(rate),
		quota: quota === undefined ? null : formatQuota(quota),
		coalesce: coalesceMs === undefined ? null : formatDuration(coalesceMs),
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

/** Neither its name nor anything of its password. */
const KEYS: Readonly<Record<keyof ReturnType<typeof rulesOf>, true>> = {
	...{ addresses: true, username: true, account: true, kind: true, from: true, recipients: true },
	...{ rate: true, quota: true, coalesce: true, urgent: true, newest_first: true, drop_repeats: true },
	...{ legacy_tls: true, lf_line_ends: true, auth_without_tls: true, accept_any_credentials: true },
	...{ cram_md5: true, hide_ehlo: true },
};

/** Those that are given, as they are kept. Throws `device-invalid` for what is no rule, `device-kind-unknown`. */
function wantedRules(rules: Rules): Rules {
	const given = Object.entries(rules).filter(([, value]) => value !== undefined);
	for (const [key] of given) if (!Object.hasOwn(KEYS, key)) throw noRule(key);
	const { kind, ...others } = Object.fromEntries(given);
	if (typeof kind !== "string" || kind === "") return kind === undefined ? others : { ...others, kind };
	return { ...others, kind: findKind(kind).name };
}

/** Null and the empty text take a key out, so that its default holds. */
function changed(written: Rules, rules: Rules): Rules {
	const isTakenOut = (value: unknown) => value === null || value === "";
	const next = Object.entries({ ...written, ...rules });
	return Object.fromEntries(next.filter(([, value]) => !isTakenOut(value)));
}

function noRule(key: string): UserError {
	const near = nearest(key, Object.keys(KEYS));
	return new UserError(
		"device-invalid",
		`A device has no rule "${key.slice(0, 60)}".`,
		near === undefined ? "" : `Did you mean "${near}"?`,
	);
}
