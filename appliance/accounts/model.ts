/**
 * Who may send, through which account: the types the rest of the appliance sees. A record comes
 * from the configuration file (`origin: "file"`, locked) or was saved by console or command line.
 */

/** `keep`: as the device sends. `force`: the account's address. A list: only these (`*@domain` allowed). */
export type FromPolicy = "keep" | "force" | readonly string[];

/** Leniencies the owner turned on for one device (design §7). */
export interface Compatibility {
	readonly legacyTls: boolean;
	readonly lfLineEnds: boolean;
	readonly authWithoutTls: boolean;
	readonly acceptAnyCredentials: boolean;
	readonly cramMd5: boolean;
	readonly hideEhlo: readonly string[];
}

export type Origin = "file" | "saved";

export interface Device {
	/** Unique, as the owner calls it; also the key in the queue and the log. */
	readonly name: string;
	/** Addresses or CIDR ranges from which it is known without a password. */
	readonly addresses: readonly string[];
	/** Lower case, or empty when it has none. */
	readonly username: string;
	/** Address of the account it sends through; empty = the only account there is. */
	readonly account: string;
	readonly from: FromPolicy;
	/** Patterns: `*`, `*@domain`, `a@domain`. */
	readonly recipients: readonly string[];
	/** Messages per time, or undefined for no limit. */
	readonly rate: { readonly count: number; readonly perMs: number } | undefined;
	/** Bytes per time, or undefined for no limit. */
	readonly quota: { readonly count: number; readonly perMs: number } | undefined;
	readonly compatibility: Compatibility;
	/** At most one message in this time; undefined: all of them. */
	readonly coalesceMs: number | undefined;
	/** What it repeats because it lost our answer is taken once. */
	readonly dropRepeats: boolean;
	/** Its mail goes before that of others. */
	readonly urgent: boolean;
	/** After an outage its latest messages go first. */
	readonly newestFirst: boolean;
	/** What it is (device-kinds.ts), or empty. */
	readonly kind: string;
	/** Address of the person who got it by self-service; absent: it is the owner's. */
	readonly person?: string;
	readonly origin: Origin;
}

/** A login that fetches a mailbox over POP3. */
export interface Mailbox {
	/** Lower case; unique. */
	readonly username: string;
	/** Address of the mailbox: the account's own, or one shared with it. */
	readonly mailbox: string;
	/** Address of the account that reads it; empty = the only account there is. */
	readonly account: string;
	/** A well-known name of Graph's (`inbox`, `junkemail`) or a folder's id. */
	readonly folder: string;
	readonly onDelete: "trash" | "delete" | "keep";
	readonly onlyUnread: boolean;
	readonly markRead: boolean;
	/** Older ones are not shown. */
	readonly newerThanMs: number | undefined;
	/** The newest ones are shown; undefined: all. */
	readonly mostMessages: number | undefined;
	/** So much is kept on the card for times without internet; undefined: nothing. */
	readonly cacheBytes: number | undefined;
	/** A listing waits until the sizes of all its messages are known to the octet. */
	readonly exactSizes: boolean;
	readonly authWithoutTls: boolean;
	readonly apop: boolean;
	readonly origin: Origin;
}

export type TransportKind = "graph" | "smtp";
export type SignInMethod = "device-code" | "browser" | "certificate";

/** What Microsoft lets a mailbox do, or less where the owner set less. */
export interface AccountLimits {
	/** Over SMTP. */
	readonly messagesPerMinute: number;
	readonly recipientsPerDay: number;
	/** Of Graph, as is the volume of uploads. */
	readonly requestsPerTenMinutes: number;
	readonly uploadBytesPerFiveMinutes: number;
}

/** As Microsoft has published them (learn.microsoft.com: Graph throttling limits; Exchange Online limits). */
export const PUBLISHED_LIMITS: AccountLimits = {
	messagesPerMinute: 30,
	recipientsPerDay: 10_000,
	requestsPerTenMinutes: 10_000,
	uploadBytesPerFiveMinutes: 150_000_000,
};

export interface Account {
	/** Lower case; unique. */
	readonly address: string;
	readonly transport: TransportKind;
	readonly method: SignInMethod;
	/** The app registration in force for it: its own or `[microsoft]`'s. */
	readonly clientId: string;
	readonly tenant: string;
	/** How its mailboxes are read for programs that fetch. */
	readonly fetchOver: "graph" | "pop3";
	/** The owner's own certificate and key, PEM; empty: the box makes them. */
	readonly certificateFile: string;
	readonly sharedMailboxes: readonly string[];
	/** Who is told of its failures. */
	readonly owner: string;
	/** Other accounts that may send in its name when it has more than it can. */
	readonly spreadOver: readonly string[];
	/** Patterns of From addresses whose mail goes through it where the device names no account. */
	readonly senders: readonly string[];
	readonly limits: AccountLimits;
	/** When its person came by self-service; absent: it is the owner's. Only what is that person's sends through it. */
	readonly joinedAt?: string;
	readonly origin: Origin;
}
