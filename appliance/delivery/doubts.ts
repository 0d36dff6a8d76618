/**
 * What this process knows of its own sending: which messages are in doubt since when and for whom, and
 * which Message-IDs are not one message's alone. For verify.ts. Bounded, in memory: after a restart
 * nothing is known, and the mailbox has to say it all.
 */
import { addressKey } from "../mail/address.ts";
import type { Attempt, AttemptReport } from "../queue/transport.ts";

export interface Doubt {
	/** When nobody knew any more, monotonic milliseconds. */
	readonly sinceMs: number;
	/** Keys of the recipients who may have been sent to; the others certainly were not. */
	readonly recipientKeys: ReadonlySet<string>;
	/** Some recipients had been settled before, so there may be a copy of an earlier attempt too. */
	readonly isMixed: boolean;
}

const MOST_DOUBTS = 10_000;
const MOST_MESSAGE_IDS = 10_000;
const SHARED = "";

export class Doubts {
	readonly #doubts = new Map<string, Doubt>();
	/** Message-ID to the queue id that has it, or `SHARED`. */
	readonly #users = new Map<string, string>();

	of(queueId: string): Doubt | undefined {
		return this.#doubts.get(queueId);
	}

	/** From here on it may be under way. */
	begin(attempt: Attempt, nowMs: number): void {
		const recipientKeys = new Set(attempt.recipients.map(addressKey));
		this.#put(attempt.queueId, { sinceMs: nowMs, recipientKeys, isMixed: isPartlySettled(attempt) });
	}

	/** The attempt is over; whoever it left `unknown` stays in doubt. */
	end(queueId: string, { outcomes }: AttemptReport, nowMs: number): void {
		const doubt = this.#doubts.get(queueId);
		const open = outcomes.filter(({ outcome }) => outcome === "unknown");
		if (open.length === 0) {
			this.#doubts.delete(queueId);
			return;
		}
		const recipientKeys = new Set(open.map(({ recipient }) => addressKey(recipient)));
		this.#put(queueId, { sinceMs: nowMs, recipientKeys, isMixed: doubt?.isMixed ?? true });
	}

	/** It is certain now. */
	settle(queueId: string): void {
		this.#doubts.delete(queueId);
	}

	/** This message carries that Message-ID, and has been sent or is about to be. */
	noteMessageId(messageId: string, queueId: string): void {
		const user = this.#users.get(messageId);
		this.#users.delete(messageId);
		makeRoom(this.#users, MOST_MESSAGE_IDS);
		this.#users.set(messageId, user === undefined || user === queueId ? queueId : SHARED);
	}

	/** Another message of this process had it too. */
	isShared(messageId: string): boolean {
		return this.#users.get(messageId) === SHARED;
	}

	#put(queueId: string, doubt: Doubt): void {
		this.#doubts.delete(queueId);
		makeRoom(this.#doubts, MOST_DOUBTS);
		this.#doubts.set(queueId, doubt);
	}
}

export function isPartlySettled({ recipients, allRecipients }: Attempt): boolean {
	return recipients.length < allRecipients.length;
}

/** The oldest goes; a message whose doubt is forgotten counts as one of an earlier process. */
function makeRoom(map: Map<string, unknown>, limit: number): void {
	const [oldest] = map.keys();
	if (oldest !== undefined && map.size >= limit) map.delete(oldest);
}
