/**
 * What the console asks of a running appliance beyond what the command line does (services.ts): mail and
 * its history, people, settings, traffic, the log, the machine. Interfaces only; in process, so some
 * values are streams. Times are ISO 8601 in UTC.
 *
 * Methods throw `UserError` for what a person can mend.
 */
import type { Config } from "./config/schema.ts";
import type { MovingService } from "./moving-service.ts";
import type { Secret } from "./secret.ts";
import type {
	AccountStatus,
	DeviceSettings,
	MailboxSettings,
	QueueAction,
	QueueEntry,
	Services,
	SignInNews,
	TestStep,
} from "./services.ts";

export {
	MOVING_SOURCES,
	type MovingReport,
	type MovingRow,
	type MovingService,
	type MovingSource,
} from "./moving-service.ts";

export interface ConsoleServices extends Services {
	readonly mail: MailService;
	readonly people: PeopleService;
	readonly keys: KeyService;
	readonly settings: SettingsService;
	readonly traffic: TrafficService;
	readonly news: NewsService;
	readonly machine: MachineService;
	readonly backups: BackupDesk;
	readonly moving: MovingService;
	readonly hooks: HookService;
	readonly joining: JoinService;
}

// Mail: queue and history in one list -------------------------------------------------------------

export type MailState = QueueEntry["state"];

/** Everything given must hold. */
export interface MailFilter {
	/** Somewhere in sender, recipients, subject, device or id; case does not matter. */
	readonly text?: string;
	readonly states?: readonly MailState[];
	readonly device?: string;
	readonly account?: string;
	/** Accepted at or after, and before. */
	readonly since?: string;
	readonly until?: string;
}

export interface MailRow {
	readonly id: string;
	readonly state: MailState;
	readonly device: string;
	readonly account: string;
	readonly sender: string;
	/** The first few. */
	readonly recipients: readonly string[];
	readonly recipientCount: number;
	/** Empty where subjects are not kept (`queue.keep_subjects`). */
	readonly subject: string;
	readonly sizeBytes: number;
	readonly receivedAt: string;
	/** When it left the queue; null while it is in it. */
	readonly finishedAt: string | null;
	readonly nextAttemptAt: string | null;
	readonly attempts: number;
	/** Owner text of the last trouble, or empty. */
	readonly lastError: string;
}

/** Newest first. */
export interface MailPage {
	readonly rows: readonly MailRow[];
	/** To give as `before` for the next, older page; null when this is the last. */
	readonly older: string | null;
	/** To give as `after` for the page before this one; null when this is the first. */
	readonly newer: string | null;
}

export interface MailEntry extends QueueEntry {
	readonly subject: string;
	readonly finishedAt: string | null;
	/** Its bytes are still on the card. */
	readonly isKept: boolean;
	/** Queue ids of the reports (bounces, delay warnings) made about it, as sent. */
	readonly reports: readonly string[];
	/** It is itself such a report: about which message. */
	readonly reportOf: string | null;
}

/** The bytes of a message as it would be sent. */
export interface MailFile {
	readonly fileName: string;
	readonly sizeBytes: number;
	readonly content: AsyncIterable<Uint8Array>;
}

export interface MailService {
	/** `before` and `after`: cursors of a page; at most one of them. Throws `mail-filter` for a bad date or cursor. */
	search(
		filter: MailFilter,
		page: { readonly before?: string; readonly after?: string; readonly limit: number },
	): Promise<MailPage>;
	/** Throws `queue-unknown-id`. */
	show(id: string): Promise<MailEntry>;
	/** Throws `queue-unknown-id`, `mail-gone` (it was delivered or deleted: its bytes are no longer on the card). */
	download(id: string): Promise<MailFile>;
	/** Acts where the action applies, and says where it did not; never throws for one among many. */
	act(
		action: QueueAction,
		ids: readonly string[],
	): Promise<{ readonly changed: number; readonly skipped: number }>;
	/** All that match now and to which the action applies. */
	actOnAll(action: QueueAction, filter: MailFilter): Promise<{ readonly changed: number }>;
	/** No mail leaves while paused; devices are still served. Survives a restart. */
	pause(): Promise<void>;
	resume(): Promise<void>;
	/** Since when; null when it is not paused. */
	paused(): Promise<{ readonly since: string } | null>;
}

// People ----------------------------------------------------------------------------------------

/** `viewer` looks; `operator` acts on mail, devices and tests; `owner` does everything. */
export type Role = "owner" | "operator" | "viewer";

/** Where a request comes from. */
export interface Peer {
	/** IP address, after trusted proxies. */
	readonly address: string;
	/** Its User-Agent, cut; to tell sessions apart. */
	readonly agent: string;
}

export interface ClaimState {
	/** There is an owner; nobody can claim the console any more. */
	readonly claimed: boolean;
	/** From the local network without the setup code until then; null: only with the code. */
	readonly openUntil: string | null;
	/** There is a setup code that would be taken (on the image: on its boot partition and its screen). */
	readonly hasCode: boolean;
}

export interface Person {
	/** Unique, case does not matter. The first is `owner`. */
	readonly name: string;
	readonly role: Role;
	readonly hasTotp: boolean;
	readonly createdAt: string;
	readonly lastSignInAt: string | null;
	/** `file`: `console.password_hash`; cannot be changed here. */
	readonly origin: "file" | "saved";
}

export interface Session {
	/** Names the session to people; not the cookie. */
	readonly id: string;
	readonly name: string;
	readonly role: Role;
	/** Keys the CSRF tokens of this session. */
	readonly csrfKey: Secret;
	readonly startedAt: string;
	readonly lastSeenAt: string;
	/** Where it was last seen. */
	readonly peer: Peer;
}

/** A session as others see it. */
export type SessionRow = Omit<Session, "csrfKey">;

export interface SignedIn {
	readonly session: Session;
	/** For the cookie; shown nowhere else, kept as a hash. */
	readonly token: Secret;
}

export interface SignInDraft {
	readonly name: string;
	readonly password: Secret;
	/** The six digits, or a recovery code; where the person has set it up. */
	readonly totp?: string;
	readonly peer: Peer;
}

/** What an authenticator app is given. */
export interface TotpSetup {
	/** `otpauth://…`, for the QR. */
	readonly uri: Secret;
	/** In groups, to type. */
	readonly secret: Secret;
}

export interface PeopleService {
	claimState(): ClaimState;
	/**
	 * The first owner's password. Throws `console-claimed`, `claim-closed` (window over, or not from the local network),
	 * `code-wrong`, `sign-in-locked`, `password-weak`.
	 */
	claim(draft: { readonly password: Secret; readonly code?: string; readonly peer: Peer }): Promise<SignedIn>;
	/**
	 * `totp`: right so far, and a code is asked for. Throws `sign-in-wrong` (never says what), `sign-in-locked`
	 * (too many tries), `sign-in-busy`.
	 */
	signIn(draft: SignInDraft): Promise<SignedIn | "totp">;
	/** Undefined: none, expired, or its person is gone. Notes that it was seen. */
	session(token: string, peer: Peer): Session | undefined;
	signOut(token: string): Promise<void>;
	/** Newest first. */
	sessions(name: string): readonly SessionRow[];
	endSession(name: string, id: string): Promise<void>;
	list(): readonly Person[];
	/** The password is made and shown once. Throws `person-exists`, `person-invalid`. */
	add(draft: { readonly name: string; readonly role: Role }): Promise<{
		readonly person: Person;
		readonly password: Secret;
	}>;
	/** Throws `person-unknown`, `person-locked` (from the file), `last-owner`. Ends its sessions when the role falls. */
	changeRole(name: string, role: Role): Promise<void>;
	/** A new password, shown once; ends the person's sessions and takes its TOTP away. Throws as `changeRole`. */
	resetPassword(name: string): Promise<Secret>;
	/** Ends its sessions. Throws as `changeRole`. */
	remove(name: string): Promise<void>;
	/** One's own. Ends one's other sessions. Throws `sign-in-wrong`, `sign-in-locked`, `password-weak`, `person-locked`. */
	changePassword(draft: {
		readonly name: string;
		readonly current: Secret;
		readonly next: Secret;
		/** Which stays. */
		readonly sessionId: string;
		readonly peer: Peer;
	}): Promise<void>;
	/** Not in force until confirmed. Throws `person-unknown`, `person-locked`, `totp-exists` (it is taken away first). */
	beginTotp(name: string): Promise<TotpSetup>;
	/** Recovery codes, shown once. Throws `totp-wrong`, `totp-not-begun`. */
	confirmTotp(name: string, code: string): Promise<readonly Secret[]>;
	/** Throws `sign-in-wrong`, `sign-in-locked`. */
	removeTotp(name: string, password: Secret, peer: Peer): Promise<void>;
}

// Self-service ----------------------------------------------------------------------------------

/** What the rules of `[sign_up]` say of an address. */
export interface SignUpJudgement {
	readonly may: boolean;
	readonly by: "deny" | "allow" | "no-rule" | "no-address";
	/** The pattern that decides; empty where none does. */
	readonly rule: string;
}

export interface JoinDraft {
	/** Names the visit to `paste`: nobody else knows it. */
	readonly visit: string;
	readonly address: string;
	readonly method: "device-code" | "browser";
	/** `join`: a user name and a password, a new one for who has them already. `leave`: to have them no more. */
	readonly wish: "join" | "leave";
	readonly peer: Peer;
}

export type JoinNews =
	| Exclude<SignInNews, { type: "certificate" | "signed-in" }>
	| {
			readonly type: "joined";
			/** Not for somebody who had a login and got a new password. */
			readonly isNew: boolean;
			/** Without the password. */
			readonly settings: DeviceSettings;
			/** Where the same login fetches their mail; null: it does not. */
			readonly fetching: Pick<MailboxSettings, "server" | "ports"> | null;
			/** To be shown once. */
			readonly password: Secret;
	  }
	| { readonly type: "left" };

/** Somebody who came by self-service. */
export interface JoinedPerson {
	readonly address: string;
	/** Null: their account is gone, and the login is left. */
	readonly joinedAt: string | null;
	/** Of the login; empty where the owner has removed that. */
	readonly username: string;
	readonly device: string;
	readonly state: AccountStatus["state"];
	/** A deny rule has come to fit: the login is refused. */
	readonly isDenied: boolean;
	/** The beginning of the minute, the hour or the day of their last message; null: none within 31 days. */
	readonly lastMailAt: string | null;
}

export interface JoinService {
	isOpen(): boolean;
	/** Which rule decides, whether it is open or not. */
	judge(address: string): SignUpJudgement;
	/**
	 * To be read to its end, which comes after `refused`, `joined` or `left`; abort the signal to cancel. Throws at once
	 * `sign-up-closed`, `sign-up-denied`, `sign-up-locked`, `sign-up-busy`; the news end with `sign-up-closed` and
	 * `sign-up-denied` (the rules once more), `sign-up-full`, `sign-up-other` (somebody else signed in than was typed),
	 * `sign-up-taken` (the owner set the address up), `joined-unknown` (nothing to leave), `account-invalid`.
	 */
	begin(draft: JoinDraft, signal: AbortSignal): AsyncIterable<JoinNews>;
	/** Of a browser sign-in. Throws `sign-in-not-waiting`, `paste-unusable`. */
	paste(visit: string, pasted: string): void;
	/** By address. */
	list(): Promise<readonly JoinedPerson[]>;
	/** Their login ends at once, their sign-in is erased. Throws `joined-unknown`. */
	remove(address: string): Promise<void>;
}

/**
 * `read` looks; `mail` acts on messages and reads them; `devices` changes devices; `accounts` changes accounts and who
 * fetches their mailboxes; `settings` and `people` look at those and change them; `metrics` is `/metrics` alone.
 */
export const KEY_SCOPES = ["read", "mail", "devices", "accounts", "settings", "people", "metrics"] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

export interface ApiKey {
	readonly id: string;
	readonly label: string;
	readonly scopes: readonly KeyScope[];
	readonly createdAt: string;
	readonly createdBy: string;
	readonly lastUsedAt: string | null;
	readonly expiresAt: string | null;
}

export interface KeyService {
	list(): readonly ApiKey[];
	/** The key is shown once. Throws `key-invalid`. */
	add(draft: {
		readonly label: string;
		readonly scopes: readonly KeyScope[];
		readonly expiresAt: string | null;
		readonly createdBy: string;
	}): Promise<{ readonly key: ApiKey; readonly secret: Secret }>;
	/** Throws `key-unknown`. */
	remove(id: string): Promise<void>;
	/** Undefined: none such, or expired. Constant in time. Guessing is slowed: throws `sign-in-locked`. */
	find(secret: string, peer: Peer): ApiKey | undefined;
}

// Settings --------------------------------------------------------------------------------------

/** Every key that stands once: `name`, `smtp.max_message_size`. */
export type SettingKey = {
	[Table in keyof Config]: Config[Table] extends string
		? Table
		: Config[Table] extends readonly unknown[]
			? never
			: `${Table}.${keyof Config[Table] & string}`;
}[keyof Config];

export interface Setting {
	/** Dotted, `smtp.max_message_size`. */
	readonly key: string;
	/** As the file would have it; secrets are null. */
	readonly value: unknown;
	/** `default`, `console`, `file /etc/…:12`, `environment POSTERN_…`. */
	readonly origin: string;
	/** Set where the console cannot change it: by file, environment or flag. */
	readonly isLocked: boolean;
	readonly description: string;
	/** `switch` true or false; `choice` one of `choices`; `list` of texts. */
	readonly type: "text" | "number" | "switch" | "choice" | "list" | "secret";
	readonly choices: readonly string[];
	/** Comes into force when Postern starts again. */
	readonly needsRestart: boolean;
}

export interface SettingsService {
	list(): Promise<readonly Setting[]>;
	/**
	 * Saves all or nothing, and puts it in force; `null` takes a saved value back. Throws `setting-unknown`,
	 * `setting-locked`, `setting-invalid` (its text names the key and what is wrong).
	 */
	change(changes: Readonly<Record<string, unknown>>): Promise<{ readonly needRestart: readonly string[] }>;
}

// Traffic ---------------------------------------------------------------------------------------

export interface TrafficPoint {
	/** The slice begins here; slices are a minute (hour), an hour (day), a day (month) long. */
	readonly startsAt: string;
	readonly accepted: number;
	readonly delivered: number;
	readonly failed: number;
	/** By SMTP, whatever it was: a sender, a recipient, a message, a sign-in, a connection. */
	readonly refused: number;
	readonly acceptedBytes: number;
	/** Most messages that waited at once during the slice; of the whole box only. */
	readonly waiting: number;
}

/** 60 minutes, 24 hours, 31 days. */
export type TrafficSpan = "hour" | "day" | "month";

export interface TrafficService {
	/** Oldest first, the last is the present one. Of one device, or of all. */
	series(span: TrafficSpan, device?: string): readonly TrafficPoint[];
	/** Since the start of this process, for `/metrics`. */
	totals(): Readonly<Record<"accepted" | "delivered" | "failed" | "refused" | "acceptedBytes", number>>;
}

// News and log ----------------------------------------------------------------------------------

/** What has changed, for pages that are open. */
export type Topic = "mail" | "devices" | "accounts" | "mailboxes" | "log" | "machine" | "settings";

export const LOG_LEVELS = ["debug", "info", "notice", "warning", "error", "crit"] as const;
export type LogLevelName = (typeof LOG_LEVELS)[number];

export interface LogEntry {
	/** Ascending within this run. */
	readonly number: number;
	readonly at: string;
	readonly level: LogLevelName;
	/** `mail-accepted` */
	readonly event: string;
	readonly fields: Readonly<Record<string, string>>;
}

export interface LogFilter {
	/** This and worse. */
	readonly level?: LogLevelName;
	readonly event?: string;
	readonly text?: string;
}

export interface NewsService {
	/** Topics that changed, gathered for about a second. Ends when the signal aborts. */
	changes(signal: AbortSignal): AsyncIterable<readonly Topic[]>;
	/** Newest first. `before`: a number. What is kept is bounded; the journal has all of it. */
	log(
		filter: LogFilter,
		page: { readonly before?: number; readonly limit: number },
	): { readonly entries: readonly LogEntry[]; readonly older: number | null };
	/** All that is kept and matches, oldest first, as text. Holds no secrets. */
	logText(filter: LogFilter): string;
}

// The machine -----------------------------------------------------------------------------------

/** What the light on the box says; the same words everywhere. */
export type LightMeaning =
	| "starting"
	| "setup"
	| "working"
	| "sending"
	| "offline"
	| "needs-you"
	| "storage"
	| "updating"
	| "stopped";

export interface MachineState {
	readonly light: LightMeaning;
	/** `Raspberry Pi 4 Model B Rev 1.4`, or empty. */
	readonly model: string;
	readonly operatingSystem: string;
	readonly upSeconds: number;
	readonly postern: { readonly version: string; readonly upSeconds: number; readonly memoryBytes: number };
	readonly temperatureCelsius: number | null;
	readonly memory: { readonly totalBytes: number; readonly availableBytes: number };
	readonly card: {
		readonly totalBytes: number;
		readonly freeBytes: number;
		readonly reserveBytes: number;
		readonly accepting: boolean;
		/** 0 new to 100 worn, where the card tells; else null. */
		readonly wearPercent: number | null;
		readonly isReadOnly: boolean;
		/** Bytes written by this machine to the disk since it booted; null when unknown. */
		readonly writtenBytes: number | null;
	};
	readonly clock: {
		readonly now: string;
		/** By NTP or by what servers on the internet say; null when unknown. */
		readonly isSynchronised: boolean | null;
		/** The box's clock less the real time. */
		readonly errorMs: number;
	};
	readonly links: readonly {
		readonly name: string;
		readonly isUp: boolean;
		readonly mac: string;
		/** With prefix length. */
		readonly addresses: readonly string[];
		readonly speedMbits: number | null;
	}[];
	readonly names: readonly string[];
	/** What this machine lets Postern do. */
	readonly can: {
		readonly restart: boolean;
		readonly lights: boolean;
		readonly update: boolean;
		readonly network: boolean;
	};
}

export interface CertificateState {
	/** The owner's own files. */
	readonly isOwners: boolean;
	readonly names: readonly string[];
	readonly expiresAt: string;
	/** Hexadecimal in capitals, in pairs; of the authority where the box has its own, else of the certificate. */
	readonly fingerprintSha256: string;
}

export interface MachineService {
	state(): Promise<MachineState>;
	certificate(): Promise<CertificateState>;
	/** Reaches for Microsoft's servers and says how it went, step by step: name, connection, TLS, clock. */
	checkInternet(signal: AbortSignal): AsyncIterable<TestStep>;
	/** Ends this process in good order; whoever supervises it starts it again. Throws `restart-impossible`. */
	restart(): Promise<void>;
	/** Throws `no-lights`. */
	testLights(): Promise<void>;
	/** One text: versions, state, configuration with its origins, log; no secrets, no mail. */
	supportBundle(): Promise<string>;
}

// Backup ------------------------------------------------------------------------------------------

/** The file may lie in a cloud for years, and its passphrase is all that stands between it and a finder. */
export const PASSPHRASE_RULE = {
	leastCharacters: 12,
	mostCharacters: 1_000,
	/** `aaaaaaaaaaaa` and `121212121212` are none. */
	leastDifferent: 5,
} as const;

export interface BackupParts {
	/** Sign-ins to Microsoft: whoever has the file and its passphrase has the mailboxes. */
	readonly signIns: boolean;
	readonly queue: boolean;
}

export interface BackupSummary {
	readonly madeAt: string;
	readonly name: string;
	readonly version: string;
	readonly accounts: number;
	readonly devices: number;
	readonly mailboxes: number;
	readonly people: number;
	readonly messages: number;
	readonly hasSignIns: boolean;
}

export interface BackupService {
	/** One encrypted file. Throws `passphrase-weak`. */
	make(
		passphrase: Secret,
		parts: BackupParts,
	): Promise<{ readonly fileName: string; readonly content: AsyncIterable<Uint8Array> }>;
	/**
	 * Takes the whole file, checks it, and says what is in it; nothing is changed yet. Throws `backup-damaged`,
	 * `backup-foreign`, `backup-too-new`, `passphrase-wrong`, `backup-too-large`, `backup-busy`.
	 */
	receive(content: AsyncIterable<Uint8Array>, passphrase: Secret): Promise<BackupSummary>;
	/**
	 * Puts the received one in place of what is here at the restart that follows. Throws `no-backup`, `backup-busy`, and
	 * `restart-impossible`: it is ready then, and is put in place whenever Postern starts again.
	 */
	apply(): Promise<void>;
}

/** What a restore did, before anything else of this run. */
export interface RestoreReport {
	/** Folder in the state folder that keeps for 30 days what was there before. */
	readonly keptAs: string;
	/** Messages added to the queue. */
	readonly messages: number;
	/** Messages of the backup that had been through this box already, and were not added. */
	readonly known: number;
}

/** What the console asks besides: its pages come one by one, where a command goes on. */
export interface BackupDesk extends BackupService {
	/** What was received and waits for a word; null when there is none. It is kept for an hour. */
	received(): BackupSummary | null;
	/** Removes what was received. Throws `backup-busy`. */
	forget(): Promise<void>;
	/** Null when this run did not begin with a restore. */
	restored(): RestoreReport | null;
}

// Web-hooks -------------------------------------------------------------------------------------

export const HOOK_EVENTS = ["failed", "needs-sign-in", "offline", "storage", "stranger"] as const;
export type HookEvent = (typeof HOOK_EVENTS)[number];

export interface Hook {
	readonly id: string;
	/** http or https. */
	readonly url: string;
	readonly events: readonly HookEvent[];
	/** `offline` is told after so long. */
	readonly offlineAfterMinutes: number;
	readonly lastTriedAt: string | null;
	/** What the last call got, in words; empty before the first. */
	readonly lastAnswer: string;
}

export interface HookService {
	list(): readonly Hook[];
	/** The secret signs each call (`X-Postern-Signature`); shown once. Throws `hook-invalid`. */
	add(draft: {
		readonly url: string;
		readonly events: readonly HookEvent[];
		readonly offlineAfterMinutes: number;
	}): Promise<{ readonly hook: Hook; readonly secret: Secret }>;
	/** Throws `hook-unknown`. */
	remove(id: string): Promise<void>;
	/** Calls it now. Throws `hook-unknown`. */
	test(id: string): Promise<TestStep>;
}
