/**
 * From what a transport reported to what is written: pure. For the runner.
 *
 * What the owner has to decide is held. A message leaves the queue only when every recipient was delivered; with a failed one it stays as
 * `failed`, for its owner to see; with a pending one it is deferred, or fails when it has been tried
 * for as long as the owner set.
 */
import { formatReply } from "../mail/reply.ts";
import type {
	EventRecord,
	Finish,
	MessageState,
	RecipientRecord,
	ShownMessage,
	Update,
} from "../store/operations.ts";
import { DELIVERY } from "../words/delivery.ts";
import { isExpired, jitteredWaitMs } from "./backoff.ts";
import { finish, historyOf, outcomesDetail } from "./history.ts";
import type { AttemptReport, RecipientOutcome } from "./transport.ts";

export interface Patience {
	readonly scheduleMs: readonly number[];
	readonly expireAfterMs: number;
}

export interface Settlement {
	readonly write: Update | Finish;
	readonly state: MessageState | "delivered";
	/** Until the next attempt; 0 unless deferred. */
	readonly waitMs: number;
	readonly delivered: number;
	readonly failed: number;
}

interface Now {
	readonly wallMs: number;
	/** In [0, 1), for the jitter. */
	readonly random: number;
}

export function settle(shown: ShownMessage, report: AttemptReport, patience: Patience, now: Now): Settlement {
	const { message, recipients } = shown;
	const attempts = message.attempts + 1;
	const expired = isExpired(patience.scheduleMs, attempts, patience.expireAfterMs);
	const byAddress = new Map(report.outcomes.map((outcome) => [outcome.recipient, outcome]));
	const after = recipients.map((recipient) => {
		const outcome = recipient.state === "pending" ? byAddress.get(recipient.address) : undefined;
		return outcome === undefined ? recipient : recipientAfter(recipient.address, outcome, expired);
	});
	const event = eventOf(report, attempts, now.wallMs);
	const delivered = after.filter(({ state }) => state === "delivered").length;
	const failed = after.filter(({ state }) => state === "failed").length;
	if (delivered === after.length) {
		const settled = { ...shown, message: { ...message, attempts }, recipients: after };
		const document = historyOf(settled, event);
		const write = finish(message.id, "delivered", document, now.wallMs);
		return { write, state: "delivered", waitMs: 0, delivered, failed };
	}
	const pending = after.some(({ state }) => state === "pending");
	const asks = report.asks === true && pending;
	const state = asks ? "held" : pending ? "deferred" : "failed";
	const waitMs = pending && !asks ? jitteredWaitMs(patience.scheduleMs, attempts, now.random) : 0;
	const worst = report.outcomes.find(({ outcome }) => outcome !== "delivered");
	const write: Update = {
		type: "update",
		id: message.id,
		state,
		dueAtMs: now.wallMs + waitMs,
		attempts,
		// Who releases it has decided: then it is sent without another look.
		maybeSent: !asks && report.outcomes.some(({ outcome }) => outcome === "unknown"),
		lastError: worst?.ownerText ?? "",
		recipients: after.map((recipient, ordinal) => ({ ...recipient, ordinal })),
		event,
	};
	return { write, state, waitMs, delivered, failed };
}

function recipientAfter(
	address: string,
	{ outcome, reply, ownerText }: RecipientOutcome,
	expired: boolean,
): RecipientRecord {
	const last = formatReply(reply);
	if (outcome === "delivered") return { address, state: "delivered", reply: last, ownerText: "" };
	if (outcome === "failed") return { address, state: "failed", reply: last, ownerText };
	if (!expired) return { address, state: "pending", reply: last, ownerText };
	return {
		address,
		state: "failed",
		reply: last,
		ownerText: `${DELIVERY.givenUp} ${ownerText}`.trim(),
	};
}

function eventOf(report: AttemptReport, attempt: number, wallMs: number): EventRecord {
	const outcomes = report.outcomes.map(({ recipient, outcome, reply: said }) => ({
		...{ address: recipient, outcome, reply: formatReply(said) },
	}));
	const details = report.note === undefined ? [] : [report.note];
	const detail = [outcomesDetail(outcomes), ...details].filter((text) => text !== "").join("; ");
	return { atMs: wallMs, event: `attempt ${attempt} via ${report.via}`, detail };
}
