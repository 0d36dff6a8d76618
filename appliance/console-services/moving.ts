/**
 * Moving in from another program: what was found there, and what became of it. Interfaces only, like services.ts, which
 * see. `postern import` reads the other program's files (moving/) and hands over a draft; the appliance judges each
 * thing beside what it has already, and takes it.
 */

export const MOVING_SOURCES = ["m365proxy", "outlook-proxy"] as const;
export type MovingSource = (typeof MOVING_SOURCES)[number];

interface Found {
	/** What it is called there: `mailboxes[0]`, `SMTP_TLS_PORT`. */
	readonly what: string;
	/** What it becomes here: `device scan@contoso.com`. */
	readonly as: string;
	/** What its owner should know of it; or empty. */
	readonly note: string;
}

export interface FoundRecord extends Found {
	readonly kind: "account" | "device" | "mailbox";
	/** In the form of the configuration file. Holds the hash of a password. */
	readonly record: Readonly<Record<string, unknown>>;
}

/** Taken whole or not at all. */
export interface FoundSettings extends Found {
	readonly kind: "settings";
	/** Dotted keys of lists: these are added to what is there. */
	readonly add: Readonly<Record<string, readonly string[]>>;
	/** Dotted keys of texts: set where nothing is set yet. */
	readonly put: Readonly<Record<string, string>>;
}

export interface NotFit {
	readonly kind: "left";
	readonly what: string;
	readonly why: string;
}

export type MovingItem = FoundRecord | FoundSettings | NotFit;

export interface MovingDraft {
	/** The seed of a new box comes the same way. */
	readonly source: MovingSource | "seed";
	readonly items: readonly MovingItem[];
	/** What is left to do by hand, a sentence each. */
	readonly next: readonly string[];
}

export type MovingOutcome = "taken" | "already-there" | "not-taken";

export interface MovingRow {
	readonly what: string;
	/** Empty when it has no place here. */
	readonly as: string;
	readonly outcome: MovingOutcome;
	/** Why not; of what was taken, what its owner should know, or empty. */
	readonly note: string;
}

export interface MovingReport {
	/** Nothing was changed. */
	readonly isTrial: boolean;
	/** In the order of the draft. */
	readonly rows: readonly MovingRow[];
	/** Settings that come into force when Postern starts again. */
	readonly needRestart: readonly string[];
	readonly next: readonly string[];
}

export interface MovingService {
	/**
	 * Takes what there is room for; what is here already stays as it is. Accounts, devices, mailboxes: all of a kind in one
	 * commit; settings one by one, each in force or as it was. Called again it takes nothing twice.
	 */
	move(draft: MovingDraft, options: { readonly isTrial: boolean }): Promise<MovingReport>;
}
