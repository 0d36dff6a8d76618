/**
 * Changes to a saved device: what console and command line may ask (services.ts has the rest). Interfaces only. Throws
 * `UserError` for what a person can mend.
 */
import type { Secret } from "../secret.ts";
import type { DeviceSwitches } from "./devices.ts";

/**
 * What may be changed of a saved device; absent: as it is; null: back to the default. Keys as in the file; switches stand
 * here, as `rules` gives them, or apart.
 */
export interface DeviceRules extends DeviceSwitches {
	readonly addresses?: readonly string[];
	readonly username?: string | null;
	readonly account?: string | null;
	readonly kind?: string | null;
	readonly from?: "keep" | "force" | readonly string[];
	readonly recipients?: readonly string[];
	/** `120/h` */
	readonly rate?: string | null;
	/** `500MB/d` */
	readonly quota?: string | null;
	/** `5m` */
	readonly coalesce?: string | null;
	readonly urgent?: boolean;
	readonly newest_first?: boolean;
	readonly drop_repeats?: boolean;
	readonly switches?: DeviceSwitches;
}

export interface DeviceRuleService {
	/** As the file would have them; all present. Throws `device-unknown`. */
	rules(name: string): Promise<Readonly<Record<string, unknown>>>;
	/** Throws `device-unknown`, `device-locked`, `device-invalid`, `account-unknown`. */
	change(name: string, rules: DeviceRules): Promise<void>;
	/** Its mail in queue and history keeps the old name. Throws as `change`, and `device-exists`. */
	rename(name: string, newName: string): Promise<void>;
	/** Shown once. Throws `device-unknown`, `device-locked`, `device-invalid` (it has no username). */
	newPassword(name: string): Promise<Secret>;
}
