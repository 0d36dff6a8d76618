/**
 * What the console and the command line may ask of a running appliance: interfaces only, so that
 * web/ and cli/ depend on no part that does the work. Everything here crosses the control socket
 * as JSON, so values are plain data; times are ISO 8601 in UTC.
 *
 * Methods throw `UserError` for what the owner can mend (unknown name, wrong state).
 */

import type { Account, Device, Mailbox, SignInMethod, TransportKind } from "./accounts/model.ts";
import type { PairState } from "./console-services/pairing.ts";
import type { DeviceRuleService } from "./device-rule-service.ts";
import type { LightMeaning } from "./leds/meaning.ts";
import type { DsnRequest } from "./mail/envelope.ts";
import type { NetworkService } from "./network-service.ts";
import type { CrashCount, UpdateService } from "./update-service.ts";

export type { DeviceRuleService, DeviceRules } from "./device-rule-service.ts";
export type * from "./network-service.ts";
export type * from "./update-service.ts";

export type QueueState = "incoming" | "active" | "deferred" | "held" | "failed";

export interface QueueRow {
	readonly id: string;
	readonly state: QueueState;
	readonly device: string;
	readonly account: string;
	/** MAIL FROM; empty for the null reverse-path. */
	readonly sender: string;
	readonly recipients: readonly string[];
	readonly sizeBytes: number;
	readonly receivedAt: string;
	/** When it is tried next; null when held or failed. */
	readonly nextAttemptAt: string | null;
	readonly attempts: number;
	/** Owner text of the last trouble, or empty. */
	readonly lastError: string;
}

export interface RecipientRow {
	readonly address: string;
	readonly state: "pending" | "delivered" | "failed";
	/** The last reply about it, `550 5.7.1 …`, or empty. */
	readonly reply: string;
	readonly ownerText: string;
}

export interface HistoryRow {
	readonly at: string;
	readonly event: string;
	readonly detail: string;
}

/** A message in the queue, or what history still knows of one that has left it. */
export interface QueueEntry extends Omit<QueueRow, "state"> {
	/** `coalesced`: a later message of its device was sent in its stead. `expired`: failed, and kept long enough. */
	readonly state: QueueState | "delivered" | "deleted" | "coalesced" | "expired";
	readonly recipientStates: readonly RecipientRow[];
	readonly history: readonly HistoryRow[];
	/** What the device asked to be told of it (RFC 3461); null when nothing, or when it has left the queue. */
	readonly dsn: DsnRequest | null;
}

export type QueueAction = "retry" | "hold" | "release" | "delete";

export interface QueueService {
	/** The whole queue, oldest first. */
	list(): Promise<readonly QueueRow[]>;
	/** Throws `queue-unknown-id`. */
	show(id: string): Promise<QueueEntry>;
	/** Acts on the ids, or on all that the action can apply to. Says how many it changed. */
	act(action: QueueAction, ids: readonly string[] | "all"): Promise<{ readonly changed: number }>;
	/** One read-only line of the counts, for status. */
	counts(): Promise<Readonly<Record<QueueState, number>>>;
}

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

export type SignInState = "signed-in" | "needs-sign-in" | "signing-in";

/** Why an account sends nothing for a while although nothing is wrong with it. */
export interface AccountWaits {
	/** To the millisecond; ISO 8601. */
	readonly until: string;
	/** `Microsoft's limit of 10,000 recipients a day`, or what Microsoft asked for. */
	readonly why: string;
}

export interface AccountStatus {
	readonly account: Account;
	readonly state: SignInState;
	/** Who signed in, as Microsoft calls them, or empty. */
	readonly signedInAs: string;
	readonly signedInAt: string | null;
	/** When the sign-in lapses if the box never reaches Microsoft again; null when unknown. */
	readonly lapsesAt: string | null;
	/** What the last refusal meant and what to do, or empty. */
	readonly trouble: string;
	/** Null when it does not wait, or for less than a minute. */
	readonly waits: AccountWaits | null;
}

/** What `account add` reports as it goes. The stream ends after `signed-in` or `refused`. */
export type SignInNews =
	| {
			readonly type: "prompt";
			readonly verificationUri: string;
			readonly userCode: string;
			readonly expiresAt: string;
			readonly message: string;
	  }
	/** Open the address, sign in, and hand the address at which the browser then is to `paste`. */
	| { readonly type: "open"; readonly url: string; readonly endsAt: string; readonly expiresAt: string }
	/** Upload it to the app registration; Postern tries meanwhile. */
	| { readonly type: "certificate"; readonly certificate: AppCertificate; readonly isNew: boolean }
	| { readonly type: "waiting"; readonly text: string }
	| { readonly type: "signed-in"; readonly who: string }
	| {
			readonly type: "refused";
			readonly ownerText: string;
			readonly hint: string;
			/** Absent: trying again. `other-method`: a rule forbids this one. */
			readonly wayOut?: "other-method" | "registration";
	  };

export interface AccountDraft {
	readonly address: string;
	readonly method?: SignInMethod;
	readonly transport?: TransportKind;
	/** Its own app registration, and the organisation that it is in. */
	readonly clientId?: string;
	readonly tenant?: string;
}

/** The public half of the certificate by which an account signs in. */
export interface AppCertificate {
	readonly address: string;
	/** The app registration that it is for. */
	readonly clientId: string;
	readonly transport: TransportKind;
	readonly pem: string;
	/** Hexadecimal, in capitals. */
	readonly thumbprintSha256: string;
	/** As Entra lists it. */
	readonly thumbprintSha1: string;
	readonly expiresAt: string;
	/** Null until Microsoft has accepted it. */
	readonly acceptedAt: string | null;
	/** An older one beside it that serves until this one is accepted: when that one expires. */
	readonly olderServesUntil: string | null;
	/** The owner's own file, or empty. */
	readonly file: string;
}

export type TestStep = { readonly ok: boolean; readonly text: string };

export interface AccountService {
	list(): Promise<readonly AccountStatus[]>;
	/** Saves the account if new, and signs in. Aborting the signal cancels the sign-in. */
	add(draft: AccountDraft, signal: AbortSignal): AsyncIterable<SignInNews>;
	/**
	 * The address at which the browser of a sign-in ended, or its part behind the question mark, or the code.
	 * Throws `sign-in-not-waiting`, and `paste-unusable` (the sign-in then waits for another).
	 */
	paste(address: string, pasted: string): Promise<void>;
	/** The query with which a browser came back to the console itself; gives the account's address. Throws as `paste`. */
	returned(query: string): Promise<string>;
	/**
	 * With `renew` a new one, beside the old until Microsoft accepts it. Throws `account-unknown`,
	 * `no-certificate`, `certificate-in-file`, `time-unknown`.
	 */
	certificate(address: string, renew: boolean): Promise<AppCertificate>;
	/** Sends a message from the account to itself and follows it to Microsoft's answer. */
	test(address: string, signal: AbortSignal): AsyncIterable<TestStep>;
	/** Forgets the sign-in, and the account if it was saved. Throws `account-unknown`. */
	remove(address: string): Promise<void>;
}

/** Switches by their keys in the configuration file. */
export interface MailboxOptions {
	readonly folder?: string;
	readonly only_unread?: boolean;
	readonly mark_read?: boolean;
	readonly newer_than?: string;
	readonly most_messages?: string;
	readonly cache?: string;
	readonly exact_sizes?: boolean;
	readonly auth_without_tls?: boolean;
	readonly apop?: boolean;
}

export interface MailboxDraft {
	/** Made from the address when absent. */
	readonly username?: string;
	readonly mailbox: string;
	readonly account?: string;
	readonly onDelete?: Mailbox["onDelete"];
	readonly options?: MailboxOptions;
}

export interface MailboxPort {
	readonly role: "pop3" | "pop3-tls";
	readonly port: number;
	readonly security: "none" | "STLS" | "TLS";
}

/** What the owner types into the program that fetches. The password is shown once. */
export interface MailboxSettings {
	readonly mailbox: Mailbox;
	readonly server: string;
	/** Best first. */
	readonly ports: readonly MailboxPort[];
	readonly password: string | null;
}

export interface MailboxTestDraft {
	readonly username: string;
	readonly password: string;
}

export interface MailboxService {
	list(): Promise<readonly Mailbox[]>;
	/** Where programs fetch. */
	place(): Promise<Pick<MailboxSettings, "server" | "ports">>;
	/** Throws `mailbox-exists`, `mailbox-invalid`, `account-unknown`. */
	add(draft: MailboxDraft): Promise<MailboxSettings>;
	/** Throws `mailbox-unknown`, `mailbox-locked`. */
	remove(username: string): Promise<void>;
	/** Signs in over POP3 as the program would, and shows what it would see. Throws `mailbox-unknown`. */
	test(draft: MailboxTestDraft, signal: AbortSignal): AsyncIterable<TestStep>;
}

export interface ListenerStatus {
	readonly role: string;
	/** `host:port` as bound. */
	readonly address: string;
}

export interface ClockState {
	/** By NTP or by what servers on the internet say; null when unknown. */
	readonly isSynchronised: boolean | null;
	/** The box's clock less the real time. */
	readonly errorMs: number;
	/** Who says what time it is: a time server, or Microsoft's answers where none is reached; null: nobody yet. */
	readonly source: "ntp" | "microsoft" | null;
}

export interface Status {
	readonly name: string;
	readonly version: string;
	readonly startedAt: string;
	readonly now: string;
	readonly listeners: readonly ListenerStatus[];
	readonly queue: Readonly<Record<QueueState, number>>;
	readonly accounts: readonly {
		readonly address: string;
		readonly state: SignInState;
		/** `closed` = mail flows; `open` = waiting for trouble to pass; `probing` = one message is trying. */
		readonly circuit: "closed" | "open" | "probing";
		readonly trouble: string;
		readonly waits: AccountWaits | null;
	}[];
	readonly storage: {
		readonly freeBytes: number;
		readonly reserveBytes: number;
		readonly accepting: boolean;
		/** The card fails: nothing is saved, and it is tried again. */
		readonly sick: boolean;
	};
	readonly memoryBytes: number;
	readonly clock: ClockState;
	/** Of Postern itself. */
	readonly crashes: CrashCount;
	readonly pair: PairState;
	/** Owner texts, most urgent first; empty when all is well. */
	readonly problems: readonly string[];
	/** The same, for who tells it in words of their own. */
	readonly matters: readonly Matter[];
}

export type MatterKind =
	| "card-full"
	/** The card fails: nothing is saved until it is well again. */
	| "card-sick"
	/** The database was damaged: put right, or built anew of what could be read. */
	| "rebuilt"
	| "no-account"
	| "clock"
	| "certificate"
	| "port"
	| "needs-sign-in"
	| "account"
	| "sign-in-lapses"
	| "app-certificate"
	| "fetching"
	| "no-route"
	| "failed"
	| "paused"
	/** An update did not work, and what was before runs again. */
	| "rolled-back"
	/** Postern ends again and again. */
	| "crashes"
	/** What the box has that this one goes by has not come for long (pairing/). */
	| "out-of-step";

/** Something that needs the owner. */
export interface Matter {
	readonly kind: MatterKind;
	/** An account's address, or empty. */
	readonly about: string;
	/** Messages, where it is about messages. */
	readonly count: number;
	/** Owner text: all of it, and what to do on the command line. */
	readonly text: string;
	/** What is known of the cause, without what to do; may be empty. */
	readonly detail: string;
}

export interface ConfigOrigin {
	/** Dotted key, `smtp.max_message_size`. */
	readonly key: string;
	/** As text, secrets masked. */
	readonly value: string;
	/** `default`, `console`, `file /etc/…:12`, `environment POSTERN_…`, `flag`. */
	readonly origin: string;
}

/** The box's own certificate authority: public, for devices that want to check the certificate. */
export interface Authority {
	/** Host name of the box. */
	readonly name: string;
	readonly pem: string;
}

export interface ApplianceService {
	status(): Promise<Status>;
	/** Null when the owner's own certificate files are in use. */
	authority(): Promise<Authority | null>;
	/** Reads the configuration again. Throws `UserError` and changes nothing when it is bad. */
	reload(): Promise<{ readonly changes: readonly string[] }>;
	configOrigins(): Promise<readonly ConfigOrigin[]>;
	/** Takes a message of its own through, and looks at its ports; leaves nothing behind. */
	selfTest(): AsyncIterable<TestStep>;
}

/** One meaning, in words. */
export interface LightStep {
	readonly meaning: LightMeaning;
	/** `offline, mail is safe` */
	readonly says: string;
	/** `on, with two short winks every three seconds` */
	readonly looks: string;
}

/** A word of the lights, and how it looks. */
export interface LightWord extends LightStep {
	/** Milliseconds lit, dark, lit, dark, …, and again; one number alone is light that stays. */
	readonly rhythmMs: readonly number[];
}

export interface LightsState {
	/** As the kernel has them; empty where Postern has none. */
	readonly names: readonly string[];
	readonly shows: LightMeaning;
	readonly legend: readonly LightWord[];
}

export interface LightService {
	state(): Promise<LightsState>;
	/** Shows each meaning for some seconds, told as it begins. Throws `no-lights`, `lights-busy`. */
	test(signal: AbortSignal): AsyncIterable<LightStep>;
}

/** For whoever has the box itself. */
export interface ConsoleRescueService {
	/**
	 * A new password for the person `owner`, shown once; who is made when there is none. Ends their sessions and
	 * takes their one-time codes away. Throws `person-locked` (the password stands in the configuration).
	 */
	resetPassword(): Promise<{ readonly name: string; readonly password: string }>;
}

export interface Services {
	readonly appliance: ApplianceService;
	readonly queue: QueueService;
	readonly devices: DeviceService;
	readonly deviceRules: DeviceRuleService;
	readonly accounts: AccountService;
	readonly mailboxes: MailboxService;
	readonly lights: LightService;
	readonly console: ConsoleRescueService;
	readonly network: NetworkService;
	readonly updates: UpdateService;
}
