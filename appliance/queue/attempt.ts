/**
 * One attempt of one message: what the transport gets, and what its report says about whose fault a
 * failure was. For runner.ts; pure but for the log lines.
 */

import { formatQueueId } from "../mail/queue-id.ts";
import { formatReply, reply } from "../mail/reply.ts";
import type { MailLog } from "../maillog.ts";
import type { ShownMessage } from "../store/operations.ts";
import { DELIVERY } from "../words/delivery.ts";
import { type Body, suppressedOf, withCount } from "./coalesced.ts";
import type { Spool } from "./spool.ts";
import type { AccountTrouble, Attempt, AttemptReport } from "./transport.ts";

/** A message that meets its account's trouble this often in a row is deferred for itself: it may be the cause. */
const TROUBLES_BEFORE_DEFERRING = 3;

/** The next attempt of a queued message, through `account`; `content` where it has been read already. Throws when the card cannot be read. */
export async function attemptOf(
	{ message, recipients, events, progress }: ShownMessage,
	account: string,
	spool: Spool,
	content?: Buffer,
): Promise<Attempt> {
	const suppressed = suppressedOf(events);
	const kept: Body = {
		sizeBytes: message.sizeBytes,
		openBody: () =>
			content === undefined ? spool.readBody(message.id, message.inFile) : inOnePiece(content),
	};
	const { sizeBytes, openBody } = suppressed === undefined ? kept : await withCount(kept, suppressed);
	const pending = recipients.filter(({ state }) => state === "pending");
	return {
		queueId: formatQueueId(message.id),
		account,
		device: message.device,
		number: message.attempts + 1,
		maybeSent: message.maybeSent,
		receivedAtMs: message.receivedAtMs,
		reversePath: message.reversePath,
		recipients: pending.map(({ address }) => address),
		allRecipients: recipients.map(({ address }) => address),
		smtpUtf8: message.smtpUtf8,
		sizeBytes,
		progress,
		noteProgress: (document) => spool.noteProgress(message.id, document),
		openBody,
	};
}

// Read once from the card; a transport may ask for it more than once.
async function* inOnePiece(content: Buffer): AsyncIterable<Buffer> {
	yield content;
}

/** A transport threw, which is a bug of ours: nobody knows whether the message went. */
export function faultReport({ recipients }: Attempt, error: Error): AttemptReport {
	return {
		via: "none",
		outcomes: recipients.map((recipient) => ({
			recipient,
			outcome: "unknown",
			reply: reply(451, "4.3.0", "Internal error"),
			reason: error.message,
			ownerText: DELIVERY.ownFault,
		})),
	};
}

/**
 * The message stays as it is when nothing of it was decided and the fault lies elsewhere. A doubt that
 * could not be cleared up because there is no link is no decision either; it stays on the card.
 */
export function isNotItsFault(
	troublesBefore: number,
	{ message }: ShownMessage,
	{ outcomes }: AttemptReport,
	{ kind, retryAfterMs, tooManyAtOnce }: AccountTrouble,
): boolean {
	const linkIsDead = kind === "unreachable" || kind === "needs-sign-in";
	const undecided = outcomes.every(
		({ outcome }) => outcome === "deferred" || (outcome === "unknown" && message.maybeSent && linkIsDead),
	);
	// Microsoft paces the account: no message is the cause, and none is overtaken for it.
	const isPaced = kind === "throttled" && (retryAfterMs !== undefined || tooManyAtOnce === true);
	return undecided && (linkIsDead || isPaced || troublesBefore + 1 < TROUBLES_BEFORE_DEFERRING);
}

/** One line of the mail log for each recipient. */
export function tellOutcomes(
	mailLog: MailLog,
	{ message }: ShownMessage,
	report: AttemptReport,
	waitMs: number,
): void {
	const common = { qid: formatQueueId(message.id), account: message.account, via: report.via };
	for (const { recipient, outcome, reply: said, reason } of report.outcomes) {
		const to = `<${recipient}>`;
		if (outcome === "delivered") mailLog.delivered({ ...common, to, reply: formatReply(said) });
		else if (outcome === "failed") mailLog.failed({ ...common, to, reply: formatReply(said), reason });
		else mailLog.deferred({ ...common, to, reason, waitMs });
	}
}
