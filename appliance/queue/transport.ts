/**
 * The seam between the queue and the ways out of the house. The queue knows nothing of Graph or
 * SMTP: it hands over an `Attempt` and gets an `AttemptReport`, in which every outcome is data.
 *
 * A transport never throws for anything the cloud, the network or the message can cause; what it
 * throws is a bug, which the runner logs and treats as `unknown`.
 */
import type { Reply } from "../mail/reply.ts";
import type { Cost } from "./limits.ts";

/** One try to hand one message to Microsoft for the recipients that still lack it. */
export interface Attempt {
	readonly queueId: string;
	/** Address of the Microsoft account it goes through. */
	readonly account: string;
	/** Name of the device it came from. */
	readonly device: string;
	/** 1 for the first. */
	readonly number: number;
	/** True when an earlier attempt may have got through: look before sending (design, promise 2). */
	readonly maybeSent: boolean;
	/** Wall clock of acceptance; may be wrong by years on a box without a clock chip. */
	readonly receivedAtMs: number;
	/** MAIL FROM without brackets; empty for the null reverse-path. */
	readonly reversePath: string;
	/** Recipients without a final outcome, as the device gave them. */
	readonly recipients: readonly string[];
	/** Every recipient of the message, also those settled earlier. */
	readonly allRecipients: readonly string[];
	/** The device used SMTPUTF8 (RFC 6531). */
	readonly smtpUtf8: boolean;
	/** Octets of the spooled message. */
	readonly sizeBytes: number;
	/** What `noteProgress` was given last for this message, also before a restart; null for nothing. */
	readonly progress: string | null;
	/** Keeps how far the transport has come: on the card when it resolves. Throws when the card refuses. */
	noteProgress(document: string | null): Promise<void>;
	/** The spooled bytes, from the start, anew at each call; chunks of bounded size. */
	openBody(): AsyncIterable<Buffer>;
}

export type Outcome = "delivered" | "deferred" | "failed" | "unknown";

/** What became of one recipient, with a text for each of three readers. */
export interface RecipientOutcome {
	readonly recipient: string;
	readonly outcome: Outcome;
	/** What the upstream said, as an SMTP reply (Graph answers are mapped to one). */
	readonly reply: Reply;
	/** For the log: status, codes, request ids. */
	readonly reason: string;
	/** For the owner: what happened and what to do next. Empty when delivered. */
	readonly ownerText: string;
}

/** Why nothing can go through the account at all just now. Opens the account's circuit. */
export interface AccountTrouble {
	readonly kind: "unreachable" | "throttled" | "needs-sign-in" | "blocked";
	/** What the upstream asked for (`Retry-After`); obeyed to the second. */
	readonly retryAfterMs?: number;
	/** Microsoft said that too much ran at once for the mailbox: less is run for a while. */
	readonly tooManyAtOnce?: true;
	readonly reason: string;
	readonly ownerText: string;
}

export interface AttemptReport {
	/** One for each of `attempt.recipients`, in that order. */
	readonly outcomes: readonly RecipientOutcome[];
	/** Present when the fault lies with the account or the link, not with this message. */
	readonly trouble?: AccountTrouble;
	/** For history: which way it went, e.g. `graph` or `smtp`. */
	readonly via: string;
	/** The unknown outcomes cannot be found out: the owner decides what becomes of the message. */
	readonly asks?: true;
	/** For history: what else its owner should know of it, such as header fields that were lost. */
	readonly note?: string;
}

export interface Transport {
	/** Most attempts at once for one account (Microsoft's limits, `microsoft-365` facts §2.5, §4.2). */
	readonly concurrency: number;
	/**
	 * What an attempt of such a message should cost, recipients apart; nothing when absent. What it really
	 * costs, the transport tells the `Meter` (limits.ts) as it goes.
	 */
	costOf?(message: { readonly sizeBytes: number }): Cost;
	deliver(attempt: Attempt, signal: AbortSignal): Promise<AttemptReport>;
	/** Lets go of idle connections; attempts in progress go on. */
	close(): Promise<void>;
}
