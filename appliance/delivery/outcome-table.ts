/**
 * What is common to the two tables of upstream answers (graph-outcomes.ts, smtp-outcomes.ts): the form of a row. What
 * owners read stands in words/delivery.ts.
 */
import type { AccountTrouble, Outcome } from "../queue/transport.ts";

export interface Ruling {
	readonly outcome: Outcome;
	/** Set when the account or the link is at fault, not this message: its circuit opens. */
	readonly trouble?: AccountTrouble["kind"];
	/** How long to leave the account alone when the upstream does not say. */
	readonly waitMs?: number;
	/** Too much ran at once for the mailbox. */
	readonly tooManyAtOnce?: true;
	readonly ownerText: string;
	/** Where it is documented, or was seen. */
	readonly source: string;
}

const HOUR_MS = 60 * 60 * 1000;
/** A limit counted over a day frees up bit by bit; asking every hour is enough. */
export const DAILY_LIMIT_WAIT_MS = HOUR_MS;
