/** Devices, and strangers that would be some. For services.ts. */
import type { Device } from "../accounts/model.ts";
import type { TestStep } from "./trying.ts";

/** Compatibility switches by their keys in the configuration file. */
export interface DeviceSwitches {
	readonly legacy_tls?: boolean;
	readonly lf_line_ends?: boolean;
	readonly auth_without_tls?: boolean;
	readonly accept_any_credentials?: boolean;
	readonly cram_md5?: boolean;
	readonly hide_ehlo?: readonly string[];
}

export type SwitchName = keyof DeviceSwitches;

export interface DeviceDraft {
	readonly name: string;
	readonly addresses: readonly string[];
	readonly username?: string;
	readonly account?: string;
	/** `brother`, `camera`, … (accounts/device-kinds.ts). */
	readonly kind?: string;
	readonly switches?: DeviceSwitches;
}

/** Somebody who may not send and has tried: knows the box, is not known to it. */
export interface StrangerRow {
	readonly address: string;
	/** As it greeted us, cleaned; a hint at what it is, or empty. */
	readonly helo: string;
	/** Reverse-paths that it used, the latest first, a few. */
	readonly senders: readonly string[];
	readonly firstSeenAt: string;
	readonly lastSeenAt: string;
	/** Times that it was refused since the box started. */
	readonly refusals: number;
	/** Its mail that waits for the owner's word (`strangers = "ask"`). */
	readonly heldMessages: number;
	readonly heldBytes: number;
}

/** One session as the wire saw it, credentials masked. */
export interface SessionLog {
	readonly address: string;
	/** Name of the device, or empty for a stranger. */
	readonly device: string;
	/** Of the port: `relay`, `submission`, `implicit-tls`, `auto`. */
	readonly role: string;
	readonly startedAt: string;
	/** Null while it lasts. */
	readonly endedAt: string | null;
	/** `probe`: connected and said nothing that matters; no error. */
	readonly outcome: "accepted" | "refused" | "broken" | "probe";
	/** Probes that say the same are told once, as the last of them: how many there were. */
	readonly times: number;
	/** Queue ids of what it handed over. */
	readonly queueIds: readonly string[];
	/** For the owner, one text a refusal: what happened, why, what to change on the device. */
	readonly ownerTexts: readonly string[];
	readonly lines: readonly SessionLogLine[];
}

export interface SessionLogLine {
	/** Since the session began. */
	readonly afterMs: number;
	readonly from: "client" | "server" | "note";
	readonly text: string;
}

export interface DevicePort {
	readonly role: "relay" | "submission" | "implicit-tls" | "auto";
	readonly port: number;
	readonly security: "none" | "STARTTLS" | "TLS";
}

export type SettingField = "server" | "port" | "security" | "username" | "password" | "sender";

/** What is known of a kind of device, for its owner. */
export interface KindHints {
	readonly kind: string;
	/** For people: `Brother printers and copiers`. */
	readonly title: string;
	/** `Brother`, the same in all languages; empty for what anybody may have made. */
	readonly make: string;
	readonly family: "printer" | "camera" | "plc" | "storage" | "ups" | "server" | "script" | "other";
	/** What its menu calls the fields; the usual name where there is none. */
	readonly words: Readonly<Partial<Record<SettingField, string>>>;
	readonly securityWords: Readonly<Partial<Record<DevicePort["security"], string>>>;
	/** Switches that help, and when. */
	readonly tryIf: readonly { readonly turnOn: SwitchName; readonly when: string }[];
	readonly notes: readonly string[];
}

/** What the owner types into the device. The password is shown once. */
export interface DeviceSettings {
	readonly device: Device;
	/** Null when it was added without a kind. */
	readonly hints: KindHints | null;
	readonly server: string;
	/** Best first. */
	readonly ports: readonly DevicePort[];
	readonly username: string;
	readonly password: string | null;
	readonly sender: string;
}

/** A stranger that has become a device. */
export interface AllowedStranger extends DeviceSettings {
	/** Messages of its that had waited and now go on. */
	readonly released: number;
}

export interface DeviceService {
	list(): Promise<readonly Device[]>;
	/** The kinds that are known, for a choice; by family, the makes first. */
	kinds(): Promise<readonly KindHints[]>;
	/** Throws `device-unknown`. */
	show(name: string): Promise<DeviceSettings>;
	/** Throws `device-exists`, `device-invalid`, `device-kind-unknown`, `account-unknown`. */
	add(draft: DeviceDraft): Promise<DeviceSettings>;
	/** Throws `device-unknown`, `device-locked` (it stands in the configuration file). */
	remove(name: string): Promise<void>;
	/** Who knocked, the latest first. */
	strangers(): Promise<readonly StrangerRow[]>;
	/**
	 * Makes a device of a stranger, known by its address, and releases its held mail. Throws
	 * `stranger-unknown`, and what `add` throws.
	 */
	allow(address: string, draft: Omit<DeviceDraft, "addresses">): Promise<AllowedStranger>;
	/** Deletes what is held of a stranger and forgets it. Throws `stranger-unknown`. */
	refuse(address: string): Promise<{ readonly deleted: number }>;
	/** The last sessions of a device or of an address, the latest first. Throws `device-unknown`. */
	log(nameOrAddress: string): Promise<readonly SessionLog[]>;
	/**
	 * Connects to this Postern as the device is set up to, sends a message, and follows it to its end.
	 * Throws `device-unknown`, `device-invalid` (its password is not given and only its hash is kept).
	 */
	test(draft: DeviceTestDraft, signal: AbortSignal): AsyncIterable<TestStep>;
}

export interface DeviceTestDraft {
	readonly name: string;
	readonly to: string;
	/** Reverse-path and From; else what the device's policy wants. */
	readonly from?: string;
	/** Needed for a device that signs in: only its hash is kept. */
	readonly password?: string;
}
