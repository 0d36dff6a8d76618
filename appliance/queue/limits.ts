/**
 * What Microsoft allows a mailbox and an app registration, as data: the units that are counted, the
 * windows they are counted in, and what one attempt costs. For the queue, which keeps within them, and
 * for delivery/, which knows the numbers (delivery/account-limits.ts) and counts what it really asks.
 */

/** `requests` and `uploadBytes` are Graph's, `messages` are SMTP's, `recipients` are of both. */
export type Unit = "messages" | "requests" | "uploadBytes" | "recipients";

/** So much of each unit; absent is none. */
export type Cost = Readonly<Partial<Record<Unit, number>>>;

/** At most `most` of a unit in any time of `perMs`. */
export interface WindowLimit {
	readonly unit: Unit;
	readonly most: number;
	/** The same for a unit as long as the process lives. */
	readonly perMs: number;
	/**
	 * From this share of `most` on, what is left is spread over the time until more comes free, so that an
	 * alarm behind a flood waits for seconds and not for the whole window. 1: not spread.
	 */
	readonly spreadFrom: number;
	/** Counted over days: survives a restart. */
	readonly isKept: boolean;
	/** Whose limit, for the owner: `Microsoft's limit of 30 messages a minute`. */
	readonly ownerText: string;
}

export interface Limits {
	readonly windows: readonly WindowLimit[];
	/** Attempts at once, and requests, of all accounts that share an app registration; absent when nothing is shared. */
	readonly app?: { readonly key: string; readonly concurrency: number };
}

export const NO_LIMITS: Limits = { windows: [] };

/** Counts what is really asked of Microsoft. */
export interface Meter {
	/**
	 * Runs `ask`, a request or the sending of a message, when there is room for it: at once when an attempt
	 * has been let in for that much, or when the signal aborts; a request also waits for its turn. It counts until its answer, and
	 * a window's length from then on, for Microsoft may have counted it at any moment in between.
	 */
	run<Answer>(
		account: string,
		cost: Cost,
		signal: AbortSignal | undefined,
		ask: () => Promise<Answer>,
	): Promise<Answer>;
}

/** Counts nothing. */
export const NO_METER: Meter = { run: (_account, _cost, _signal, ask) => ask() };
