/** Mailboxes that programs fetch from over POP3. For services.ts. */
import type { Mailbox } from "../accounts/model.ts";
import type { TestStep } from "./trying.ts";

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
