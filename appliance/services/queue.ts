/** The queue: what console and command line may ask of it. For services.ts. */
import type { DsnRequest } from "../mail/envelope.ts";

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
