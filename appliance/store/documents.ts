/**
 * Small JSON documents that the console and the command line save: devices, accounts, mailboxes,
 * settings; people, their sessions and the keys of programs; and what accounts have used of their day
 * (queue/kept-counts.ts), and the sizes of messages in maildrops and what they were seen to hold. A `put` or `remove` is on
 * the card when it resolves.
 */

export type DocumentKind =
	| "device"
	| "account"
	| "mailbox"
	| "setting"
	| "allowance"
	| "sizes"
	| "maildrop"
	| "person"
	| "session"
	| "mark"
	| "traffic"
	| "hook"
	| "api-key"
	/** Which box this is, and by which it goes (pairing/). */
	| "pair"
	/** Of the last time the file was built anew (salvage-report.ts). */
	| "salvage"
	/** Of the file itself, written with its steps (database.ts). */
	| "format";

export interface StoredDocument {
	readonly key: string;
	/** As it was put; read it through a schema. */
	readonly value: unknown;
}

export interface DocumentStore {
	list(kind: DocumentKind): Promise<readonly StoredDocument[]>;
	put(kind: DocumentKind, key: string, value: unknown): Promise<void>;
	/** All or none of them; null removes. */
	change(kind: DocumentKind, changes: readonly (readonly [key: string, value: unknown])[]): Promise<void>;
	/** False when there was none. */
	remove(kind: DocumentKind, key: string): Promise<boolean>;
}
