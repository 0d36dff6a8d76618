/** Backups: made, received, put in place. For console-services.ts. */
import type { Secret } from "../secret.ts";

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
