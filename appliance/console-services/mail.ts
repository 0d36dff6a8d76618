/** Mail: queue and history in one list. For console-services.ts. */
import type { QueueAction, QueueEntry } from "../services.ts";

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
