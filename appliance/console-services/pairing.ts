/**
 * Two boxes behind one address: one leads, the other goes by what it exports. Interfaces only. For the command line alone
 * (`postern config export`, `import`, `follow`, `lead`).
 */
import type { Secret } from "../secret.ts";

/** What became of the records of one kind, by name. */
export interface TakenRecords {
	readonly added: readonly string[];
	readonly changed: readonly string[];
	/** The box that leads does not have them. */
	readonly removed: readonly string[];
}

export interface TakenExport {
	/** Name of the box that leads. */
	readonly from: string;
	readonly madeAt: string;
	/** False: all was as it is there, and nothing was written. */
	readonly isChanged: boolean;
	readonly accounts: TakenRecords;
	readonly devices: TakenRecords;
	readonly mailboxes: TakenRecords;
	/** Keys. */
	readonly settings: readonly string[];
	/** Accounts whose sign-in was taken: nobody has to sign in here. */
	readonly signIns: readonly string[];
	/** Owner texts: what could not be taken, and why. */
	readonly left: readonly string[];
	/** Settings that come into force when Postern starts again. */
	readonly needRestart: readonly string[];
}

export interface PairState {
	/** Name of the box that this one goes by; null when it goes by none. */
	readonly follows: string | null;
	/** When it last was as that one is, in this run; null when not yet. */
	readonly inStepAt: string | null;
}

export interface PairService {
	/** One encrypted file. Throws `passphrase-weak`, and `follows-another`: only the box that leads is exported. */
	export(
		passphrase: Secret,
		parts: { readonly signIns: boolean },
	): Promise<{ readonly fileName: string; readonly content: AsyncIterable<Uint8Array> }>;
	/**
	 * Makes this box's records those of the file; all else here stays. What was done stays done when a later step fails,
	 * and the next file finishes it. Throws `not-following`, `follows-another`, `leader-empty`, `export-damaged`,
	 * `export-foreign`, `export-too-new`, `passphrase-wrong`.
	 */
	take(content: AsyncIterable<Uint8Array>, passphrase: Secret): Promise<TakenExport>;
	/** From now on this box goes by the one of that name. Throws `name-invalid`. */
	follow(name: string): Promise<PairState>;
	/** From now on it goes by none. */
	lead(): Promise<PairState>;
	state(): PairState;
}
