/**
 * How reports and the messages that they are about know of each other: the note on the card of what a
 * message's sender has been told, and the first line of a report's history. For bounces.ts, settlement.ts
 * and the console's list.
 */
import * as z from "zod";
import type { ReportAction } from "../mail/delivery-report.ts";
import { formatQueueId } from "../mail/queue-id.ts";
import type { EventRecord } from "../store/operations.ts";

const Notice = z.object({
	/** Recipients whose failure was told. */
	told: z.array(z.string()),
	delayed: z.boolean(),
	/** Numbers of the reports made; notes of earlier versions have none. */
	reports: z.array(z.number()).default([]),
});
export type Notice = z.infer<typeof Notice>;

export function readNotice(document: string | null): Notice {
	const nothing: Notice = { told: [], delayed: false, reports: [] };
	if (document === null) return nothing;
	return Notice.safeParse(JSON.parse(document)).data ?? nothing;
}

/** With another report, if there is one. */
export function formatNotice(notice: Notice, report?: number): string {
	if (report === undefined) return JSON.stringify(notice);
	return JSON.stringify({ ...notice, reports: [...notice.reports, report] });
}

const EVENT = "report";

/** The first line of a report's own history. */
export function reportEvent(atMs: number, about: number, action: ReportAction): EventRecord {
	return { atMs, event: EVENT, detail: `about ${formatQueueId(about)}: ${action}` };
}

/** Queue id of the message that a report is about; null for what is no report. */
export function reportedOf(events: readonly EventRecord[]): string | null {
	const [first] = events;
	if (first?.event !== EVENT) return null;
	return /^about (\w+):/.exec(first.detail)?.[1] ?? null;
}
