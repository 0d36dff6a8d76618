/**
 * Devices as they are written down (file and saved alike: the form of `[[device]]`) into devices as
 * the appliance sees them, and the merging of both sets. Pure; for `devices.ts`.
 *
 * The file wins: a saved device that claims a name, username or address of another is left out, and
 * the owner is told.
 */
import type * as z from "zod";
import { recordProblems } from "../config/problems.ts";
import { savedDeviceSchema } from "../config/record-schemas.ts";
import type { DeviceConfig } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import type { StoredDocument } from "../store/documents.ts";
import { REFUSING } from "../words/refusing.ts";
import { say } from "../words/saying.ts";
import type { Device, Origin } from "./model.ts";

/** Of the file, or saved. */
export type WrittenDevice = DeviceConfig & Partial<z.output<typeof savedDeviceSchema>>;

export interface DeviceRecord {
	readonly device: Device;
	readonly written: WrittenDevice;
	/** As it was saved, before it was read; of the file's devices none. */
	readonly raw?: Readonly<Record<string, unknown>>;
}

const KEY_PREFIX = "device:";

/** Of the saved document; names that differ by case alone are one. */
export function documentKeyOf(name: string): string {
	return KEY_PREFIX + foldName(name);
}

export function foldName(name: string): string {
	return name.trim().toLowerCase();
}

export function toRecord(written: WrittenDevice, origin: Origin): DeviceRecord {
	const device: Device = {
		name: written.name,
		addresses: written.addresses,
		username: written.username ?? "",
		account: written.account ?? "",
		from: written.from,
		recipients: written.recipients,
		rate: written.rate,
		quota: written.quota,
		coalesceMs: written.coalesce,
		dropRepeats: written.drop_repeats,
		urgent: written.urgent,
		newestFirst: written.newest_first,
		compatibility: {
			legacyTls: written.legacy_tls,
			lfLineEnds: written.lf_line_ends,
			authWithoutTls: written.auth_without_tls,
			acceptAnyCredentials: written.accept_any_credentials,
			cramMd5: written.cram_md5,
			hideEhlo: written.hide_ehlo,
		},
		kind: written.kind ?? "",
		...(written.person === undefined ? {} : { person: written.person }),
		origin,
	};
	return { device, written };
}

/** From the form of the file. Throws `device-invalid`. */
export function parseDevice(value: unknown): z.output<typeof savedDeviceSchema> {
	const parsed = savedDeviceSchema.safeParse(value);
	if (parsed.success) return parsed.data;
	const problems = recordProblems("device", parsed.error.issues, value);
	throw new UserError("device-invalid", say(REFUSING.deviceUnusable, { why: problems }));
}

export interface MergedDevices {
	readonly records: readonly DeviceRecord[];
	/** Owner texts about what was left out. */
	readonly problems: readonly string[];
}

export function mergeDevices(
	fromFile: readonly DeviceConfig[],
	documents: readonly StoredDocument[],
): MergedDevices {
	const records = fromFile.map((written) => toRecord(written, "file"));
	const problems: string[] = [];
	for (const { key, value } of documents) {
		if (!key.startsWith(KEY_PREFIX)) continue;
		const parsed = savedDeviceSchema.safeParse(value);
		if (!parsed.success) {
			problems.push(`The saved device "${key.slice(KEY_PREFIX.length)}" cannot be read and is left out.`);
			continue;
		}
		const record = { ...toRecord(parsed.data, "saved"), raw: value as Readonly<Record<string, unknown>> };
		const clash = findClash(record.device, records);
		if (clash === undefined) records.push(record);
		else problems.push(`The saved device "${record.device.name}" is left out: ${clash}.`);
	}
	return { records, problems };
}

/** What the device claims that another has already, as the end of a sentence. */
export function findClash(device: Device, others: readonly DeviceRecord[]): string | undefined {
	for (const { device: other } of others) {
		if (foldName(other.name) === foldName(device.name)) return say(REFUSING.nameTaken, other);
		if (device.username !== "" && other.username === device.username) {
			return say(REFUSING.usernameTaken, other);
		}
		const shared = device.addresses.find((address) => other.addresses.includes(address));
		if (shared !== undefined) return say(REFUSING.addressTaken, { name: other.name, address: shared });
	}
	return undefined;
}

/** `Copier, 2nd floor` as a username that is easy to type: `copier-2nd-floor`, numbered if taken. */
export function suggestUsername(name: string, taken: (username: string) => boolean): string {
	const ascii = name.normalize("NFKD").replace(/[^\x20-\x7e]/g, "");
	const words = ascii.toLowerCase().match(/[a-z0-9]+/g) ?? ["device"];
	const base = words.join("-").slice(0, 32).replace(/-$/, "");
	for (let number = 2, username = base; ; number += 1) {
		if (!taken(username)) return username;
		username = `${base}-${number}`;
	}
}
