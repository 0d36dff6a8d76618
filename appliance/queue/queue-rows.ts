/**
 * A message as it is shown: what the card has of it, with what the scheduler knows. For the queue's desk and
 * the console's list.
 *
 * Where the card and the scheduler differ, the scheduler is right about now: a message that waits
 * for a dead link is marked as being attempted on the card, and is shown as waiting.
 */
import type { Clock } from "../clock.ts";
import { UserError } from "../errors.ts";
import { formatQueueId, parseQueueId } from "../mail/queue-id.ts";
import type { HistoryRow, QueueEntry, QueueRow } from "../services.ts";
import type {
	EventRecord,
	HistoryDocument,
	MessageRecord,
	ShownHistory,
	ShownMessage,
} from "../store/operations.ts";
import { eventsOf } from "./history.ts";
import type { Runner } from "./runner.ts";
import type { Item, Scheduler } from "./scheduler.ts";
import type { Spool } from "./spool.ts";

export interface ShowingParts {
	readonly spool: Spool;
	readonly scheduler: Scheduler;
	readonly runner: Runner;
	readonly clock: Clock;
}

type CardFacts = Pick<
	MessageRecord,
	"id" | "state" | "device" | "account" | "sizeBytes" | "receivedAtMs" | "attempts" | "lastError"
>;

const SETTLE_PATIENCE_MS = 500;

/** The parts of a row that do not say from whom and to whom. `item`: what the scheduler knows of it. */
export function liveRow(
	{ clock, runner }: Pick<ShowingParts, "clock" | "runner">,
	message: CardFacts,
	item: Item | undefined,
): Omit<QueueRow, "sender" | "recipients"> {
	const state = item?.state ?? (message.state === "active" ? "incoming" : message.state);
	const waits = state === "deferred" || state === "incoming";
	const { trouble } = runner.circuit(message.account);
	const waitMs = item?.state === "deferred" ? Math.max(0, item.dueAtMs - clock.monotonicMs()) : 0;
	return {
		id: formatQueueId(message.id),
		state,
		device: message.device,
		account: message.account,
		sizeBytes: message.sizeBytes,
		receivedAt: isoTime(message.receivedAtMs),
		nextAttemptAt: waits ? isoTime(clock.now() + waitMs) : null,
		attempts: message.attempts,
		lastError: waits && trouble !== undefined ? trouble.ownerText : message.lastError,
	};
}

/** Everything that is on the card of a message, in the queue or finished. Throws `queue-unknown-id`. */
export async function lookUp(
	{ spool, runner, clock }: ShowingParts,
	id: string,
): Promise<{ readonly number: number; readonly shown: ShownMessage | ShownHistory }> {
	const number = parseQueueId(id);
	if (number === undefined) throw unknownId(id);
	// An outcome reaches the card a moment after it is known; a card that refuses it is not waited for.
	const impatient = new AbortController();
	await Promise.race([runner.settled(number), clock.sleep(SETTLE_PATIENCE_MS, impatient.signal)]);
	impatient.abort();
	const shown = await spool.show(number);
	if (shown === null) throw unknownId(id);
	return { number, shown };
}

export function entryOf(parts: ShowingParts, number: number, shown: ShownMessage | ShownHistory): QueueEntry {
	if ("outcome" in shown) return finishedEntry(number, shown.outcome, shown.document);
	return {
		...liveRow(parts, shown.message, parts.scheduler.known(number)),
		sender: shown.message.reversePath,
		recipients: shown.recipients.map(({ address }) => address),
		recipientStates: shown.recipients,
		history: historyRows(shown.events),
		dsn: shown.dsn,
	};
}

function finishedEntry(
	number: number,
	outcome: ShownHistory["outcome"],
	document: HistoryDocument,
): QueueEntry {
	return {
		id: formatQueueId(number),
		state: outcome,
		device: document.device,
		account: document.account,
		sender: document.sender,
		recipients: document.recipients.map(({ address }) => address),
		sizeBytes: document.sizeBytes,
		receivedAt: isoTime(document.receivedAtMs),
		nextAttemptAt: null,
		attempts: document.attempts,
		lastError: "",
		recipientStates: document.recipients,
		history: historyRows(eventsOf(document)),
		dsn: null,
	};
}

function historyRows(events: readonly EventRecord[]): HistoryRow[] {
	return events.map(({ atMs, event, detail }) => ({ at: isoTime(atMs), event, detail }));
}

export function isoTime(ms: number): string {
	return new Date(ms).toISOString();
}

export function unknownId(id: string): UserError {
	return new UserError(
		"queue-unknown-id",
		`There is no message ${id} in the queue or its history.`,
		"See `postern queue list`.",
	);
}
