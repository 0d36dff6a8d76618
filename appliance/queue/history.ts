/**
 * What history keeps of a message that leaves the queue, and how it is read back. Pure. Each octet of it is
 * written with each message, so nothing is in it twice.
 */
import type {
	EventRecord,
	Finish,
	HistoryDocument,
	RecipientRecord,
	ShownMessage,
} from "../store/operations.ts";
import { readNotice } from "./notice.ts";

/** `event` is the last that happened to it. */
export function historyOf(
	{ message, recipients, events, digest, notice }: ShownMessage,
	event: EventRecord,
): HistoryDocument {
	const { device, account, sizeBytes, receivedAtMs, attempts, subject } = message;
	const { reports } = readNotice(notice);
	// Of a message that went at once it says what its recipients say.
	const isTold = event.detail === recipientsDetail(recipients);
	return {
		...{ device, account, sizeBytes, receivedAtMs, attempts, recipients },
		sender: message.reversePath,
		events: [...events, isTold ? { ...event, detail: "" } : event],
		...(digest === null ? {} : { digest }),
		...(subject === "" ? {} : { subject }),
		...(reports.length === 0 ? {} : { reports }),
	};
}

/** A message leaves the queue, with what history keeps of it. */
export function finish(
	id: number,
	outcome: Finish["outcome"],
	document: HistoryDocument,
	wallMs: number,
): Finish {
	return { type: "finish", id, finishedAtMs: wallMs, outcome, document: JSON.stringify(document) };
}

export function eventsOf({ events, recipients }: HistoryDocument): readonly EventRecord[] {
	return events.map((event, index) =>
		index === events.length - 1 && event.detail === ""
			? { ...event, detail: recipientsDetail(recipients) }
			: event,
	);
}

/** An attempt's outcomes as the line of a message's history that tells of it. */
export function outcomesDetail(
	outcomes: readonly { readonly address: string; readonly outcome: string; readonly reply: string }[],
): string {
	return outcomes.map(({ address, outcome, reply }) => `${address}: ${outcome} (${reply})`).join("; ");
}

function recipientsDetail(recipients: readonly RecipientRecord[]): string {
	return outcomesDetail(recipients.map((recipient) => ({ ...recipient, outcome: recipient.state })));
}
