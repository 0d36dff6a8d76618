/**
 * Queue and history as one list, for the console: find, show, download, act on many, pause. What it refuses, it refuses
 * with a `UserError`.
 *
 * States are the scheduler's where it knows better than the card (queue-rows.ts). A download reads as it goes; a message that
 * leaves meanwhile ends it with an error, never with half a message that looks whole.
 */
import type { Clock } from "../clock.ts";
import type { MailEntry, MailFile, MailFilter, MailPage, MailRow, MailService } from "../console-services.ts";
import { UserError } from "../errors.ts";
import { formatQueueId, parseQueueId } from "../mail/queue-id.ts";
import type { QueueAction, QueueState } from "../services.ts";
import type { FinishedOutcome, FoundMail, QueuedStates, Search } from "../store/operations.ts";
import { foldedText } from "../store/search-text.ts";
import { REFUSING } from "../words/refusing.ts";
import { say } from "../words/saying.ts";
import { readNotice, reportedOf } from "./notice.ts";
import { APPLIES_TO, isApplicable, type QueueActions } from "./queue-actions.ts";
import { entryOf, isoTime, liveRow, lookUp, type ShowingParts } from "./queue-rows.ts";
import type { Item } from "./scheduler.ts";

const OUTCOMES: readonly FinishedOutcome[] = ["delivered", "deleted", "coalesced", "expired"];
const QUEUE_STATES: readonly QueueState[] = ["incoming", "active", "deferred", "held", "failed"];
const MOST_ROWS = 200;
/** What is acted on at once by a filter; the rest is found by the next look. */
const ACT_PAGE = 200;

export interface MailDeskOptions extends ShowingParts {
	readonly actions: QueueActions;
	readonly clock: Clock;
	/** `queue.paused`: read, and saved with what else the console saves. */
	readonly pause: {
		since(): Promise<string | null>;
		set(paused: boolean): Promise<void>;
	};
}

export class MailDesk implements MailService {
	readonly #options: MailDeskOptions;

	constructor(options: MailDeskOptions) {
		this.#options = options;
	}

	async search(filter: MailFilter, page: Parameters<MailService["search"]>[1]): Promise<MailPage> {
		const { spool, scheduler } = this.#options;
		const limit = Math.min(MOST_ROWS, Math.max(1, Math.floor(page.limit)));
		const from =
			page.before !== undefined
				? { before: cursor(page.before) }
				: page.after !== undefined
					? { after: cursor(page.after) }
					: null;
		const found = await spool.search({ ...this.#searchOf(filter), from, limit });
		const rows = found.rows
			// Delivered, and about to leave the card.
			.filter(({ id, finishedAtMs }) => finishedAtMs !== null || !this.#isLeaving(id))
			.map((mail) => this.#row(mail, scheduler.known(mail.id)));
		const [first, last] = [found.rows[0]?.id, found.rows.at(-1)?.id];
		// Of a page whose rows have all gone meanwhile, the way back is by what was asked for.
		const asked = from === null ? 0 : "before" in from ? Math.max(0, from.before - 1) : from.after;
		return {
			rows,
			older: found.hasOlder ? formatQueueId(last ?? asked + 1) : null,
			newer: found.hasNewer ? formatQueueId(first ?? asked) : null,
		};
	}

	async show(id: string): Promise<MailEntry> {
		const { number, shown } = await lookUp(this.#options, id);
		const entry = entryOf(this.#options, number, shown);
		if ("outcome" in shown) {
			const { subject = "", reports = [], events } = shown.document;
			return {
				...entry,
				subject,
				finishedAt: isoTime(shown.finishedAtMs),
				isKept: false,
				reports: reports.map(formatQueueId),
				reportOf: reportedOf(events),
			};
		}
		return {
			...entry,
			subject: shown.message.subject,
			finishedAt: null,
			isKept: true,
			reports: readNotice(shown.notice).reports.map(formatQueueId),
			reportOf: reportedOf(shown.events),
		};
	}

	async download(id: string): Promise<MailFile> {
		const { spool } = this.#options;
		const { number, shown } = await lookUp(this.#options, id);
		if ("outcome" in shown) {
			throw new UserError(
				"mail-gone",
				"This message is no longer on the card: only its history is kept.",
				shown.outcome === "delivered" ? "It is in the mailbox that sent it, under Sent Items." : "",
			);
		}
		const { sizeBytes, inFile } = shown.message;
		return { fileName: `${formatQueueId(number)}.eml`, sizeBytes, content: spool.readBody(number, inFile) };
	}

	async act(action: QueueAction, ids: readonly string[]) {
		const { scheduler, actions } = this.#options;
		const items = ids.flatMap((id) => {
			const number = parseQueueId(id);
			const item = number === undefined ? undefined : scheduler.find(number);
			return item === undefined || !isApplicable(action, item) ? [] : [item];
		});
		const { changed } = await actions.apply(action, [...new Set(items)]);
		return { changed, skipped: ids.length - changed };
	}

	async actOnAll(action: QueueAction, filter: MailFilter): Promise<{ readonly changed: number }> {
		const { spool, scheduler, actions } = this.#options;
		const wanted = filter.states ?? QUEUE_STATES;
		const states = APPLIES_TO[action].filter((state) => wanted.includes(state));
		if (states.length === 0) return { changed: 0 };
		const search = { ...this.#searchOf({ ...filter, states }), limit: ACT_PAGE };
		let changed = 0;
		let from: Search["from"] = null;
		for (;;) {
			const { rows, hasOlder } = await spool.search({ ...search, from });
			// What has come into another state since it was found was not asked for.
			const found = rows.flatMap(({ id }) => scheduler.find(id) ?? []);
			const items = found.filter(({ state }) => states.includes(state));
			changed += (await actions.apply(action, items)).changed;
			const last = rows.at(-1);
			if (!hasOlder || last === undefined) return { changed };
			from = { before: last.id };
		}
	}

	pause(): Promise<void> {
		return this.#options.pause.set(true);
	}

	async resume(): Promise<void> {
		await this.#options.pause.set(false);
		this.#options.runner.nudge();
	}

	async paused(): Promise<{ readonly since: string } | null> {
		const since = await this.#options.pause.since();
		return since === null ? null : { since };
	}

	#isLeaving(id: number): boolean {
		const { scheduler, runner } = this.#options;
		return scheduler.known(id) === undefined && runner.isSettling(id);
	}

	#searchOf(filter: MailFilter): Omit<Search, "from" | "limit"> {
		const { states, text = "", device, account } = filter;
		return {
			text: foldedText(text.trim()),
			device: device ?? null,
			account: account ?? null,
			sinceMs: timeOf(filter.since),
			untilMs: timeOf(filter.until),
			outcomes: states === undefined ? null : OUTCOMES.filter((outcome) => states.includes(outcome)),
			queued:
				states === undefined ? null : this.#queued(QUEUE_STATES.filter((state) => states.includes(state))),
		};
	}

	/** Of a message that just waits the scheduler knows no more than the card, and after weeks offline there are many. */
	#queued(states: readonly QueueState[]): QueuedStates {
		const [ids, otherIds]: [number[], number[]] = [[], []];
		if (states.length === 0) return { ids, otherIds, states };
		for (const { id, state } of this.#options.scheduler.touched()) {
			if (states.includes(state)) ids.push(id);
			else otherIds.push(id);
		}
		return { ids, otherIds, states };
	}

	#row(mail: FoundMail, item: Item | undefined): MailRow {
		const { sender, recipients, recipientCount, subject } = mail;
		const said = { sender, recipients, recipientCount, subject };
		if (mail.finishedAtMs === null) {
			const card = { ...mail, state: mail.state as QueueState };
			return { ...liveRow(this.#options, card, item), ...said, finishedAt: null };
		}
		const { device, account, sizeBytes, attempts, lastError, state } = mail;
		return {
			...{ device, account, sizeBytes, attempts, lastError, state, ...said },
			id: formatQueueId(mail.id),
			receivedAt: isoTime(mail.receivedAtMs),
			finishedAt: isoTime(mail.finishedAtMs),
			nextAttemptAt: null,
		};
	}
}

function cursor(text: string): number {
	const number = parseQueueId(text);
	if (number !== undefined) return number;
	throw new UserError("mail-filter", REFUSING.pageDamaged, REFUSING.beginAtFirst);
}

function timeOf(text: string | undefined): number | null {
	if (text === undefined) return null;
	const ms = Date.parse(text);
	if (!Number.isNaN(ms)) return ms;
	throw new UserError(
		"mail-filter",
		say(REFUSING.noDate, { value: JSON.stringify(text.slice(0, 40)) }),
		REFUSING.noDateDo,
	);
}
