/**
 * What the bench compares: a mail relay that can be set up on an empty folder, started, stopped and
 * started again on what it kept, with a cloud behind it that can go and come back.
 */
import type { FlushProbe } from "./slow-flush.ts";

export const CONTENDERS = ["postern", "naive", "postfix", "haraka"] as const;
export type ContenderName = (typeof CONTENDERS)[number];

export interface Contender {
	readonly name: ContenderName;
	/** What has to be known to read its figures; said below the table. */
	readonly note?: string;
	/** Sets it up on an empty folder of the disk under test. */
	install(folder: string): Promise<Installation>;
}

/** One contender's state on the disk and the cloud it delivers to (up at first). */
export interface Installation extends AsyncDisposable {
	readonly cloud: Cloud;
	/** Where Postern keeps its database; undefined where there is none of its kind. */
	readonly stateFolder?: string;
	/** Resolves once it greets; throws with its last words when it does not. */
	start(probe: FlushProbe): Promise<Running>;
	/** The same with this executable, as its unit has it run. */
	startPackaged?(executable: string): Promise<Running>;
}

export interface Running {
	readonly smtpPort: number;
	/** Where TLS comes first; undefined when it is set up without. */
	readonly tlsPort: number | undefined;
	/** Where mail is fetched; undefined where none can be. */
	readonly pop3Port?: number;
	/** Where the pages are; undefined where there are none. */
	readonly consolePort?: number;
	/** From the start of the process to its first greeting. */
	readonly startupMs: number;
	/** How it wants to be signed in to from `LOGIN_FROM`; undefined when it takes everybody on loopback. */
	readonly login: { readonly username: string; readonly password: string } | undefined;
	readonly memory: Memory;
	stop(): Promise<void>;
}

/** Resident memory of a contender. Peaks only where it is one process. */
export interface Memory {
	idleBytes(): Promise<number>;
	/** What no file holds. */
	privateBytes?(): Promise<number>;
	/** Forgets the peak so far. */
	resetPeak?(): Promise<void>;
	peakBytes?(): Promise<number>;
}

export interface Cloud {
	/** Messages it has taken since it was made. */
	accepted(): Promise<number>;
	/** Refuses connections until `comeBack`. */
	goAway(): Promise<void>;
	comeBack(): Promise<void>;
	/** Keeps Microsoft's limits from now on, as far as it knows them. */
	drawLimits?(): Promise<void>;
	/** Requests since then, and how many of them were too many at once. */
	counts?(): Promise<{ readonly requests: number; readonly refused: number }>;
}

/** Where load comes from: known by address, no password. */
export const LOAD_FROM = "127.0.0.1";
/** Where sessions that sign in come from: an address no device has. */
export const LOGIN_FROM = "127.0.0.2";
/** Where the load of a whole site comes from: each address is a device of its own, and needs no password. */
export const SITE_FROM = Array.from({ length: 8 }, (_, device) => `127.0.1.${device + 1}`);
