/**
 * The queue as its owner sees and changes it: list, show, retry, hold, release, delete. Implements
 * `QueueService` for console and command line. What it refuses, it refuses with a `UserError`.
 *
 * Where the card and the scheduler differ, the scheduler is right about now: a message that waits
 * for a dead link is marked as being attempted on the card, and is shown as waiting.
 */
import type { Clock } from "../clock.ts";
import { UserError } from "../errors.ts";
import { formatQueueId, parseQueueId } from "../mail/queue-id.ts";
import type { QueueAction, QueueEntry, QueueRow, QueueService, QueueState } from "../services.ts";
import type { MessageRecord, ShownHistory, ShownMessage, Update } from "../store/operations.ts";
import type { Runner } from "./runner.ts";
import type { Item, Scheduler } from "./scheduler.ts";
import { finish, historyOf } from "./settlement.ts";
import type { Spool } from "./spool.ts";
import { strangerAddress } from "./stranger-lane.ts";

/** Rows fetched at once while listing. */
const PAGE_ROWS = 200;

const SETTLE_PATIENCE_MS = 500;

/** The states from which each action leads somewhere. */
const APPLIES_TO: Readonly<Record<QueueAction, readonly QueueState[]>> = {
	retry: ["deferred", "failed"],
	hold: ["incoming", "deferred"],
	release: ["held"],
	delete: ["incoming", "deferred", "held", "failed"],
};

export interface QueueDeskOptions {
	readonly spool: Spool;
	readonly scheduler: Scheduler;
	readonly runner: Runner;
	readonly clock: Clock;
}

export class QueueDesk implements QueueService {
	readonly #options: QueueDeskOptions;

	constructor(options: QueueDeskOptions) {
		this.#options = options;
	}

	async list(): Promise<readonly QueueRow[]> {
		const { scheduler, runner, spool } = this.#options;
		const rows: QueueRow[] = [];
		let after = 0;
		for (;;) {
			const page = await spool.list(after, PAGE_ROWS);
			for (const message of page) {
				const item = scheduler.known(message.id);
				// Delivered, and about to leave the card.
				if (item === undefined && runner.isSettling(message.id)) continue;
				rows.push(this.#row(message, message.recipients, item));
			}
			if (page.length < PAGE_ROWS) return rows;
			after = page.at(-1)?.id ?? after;
		}
	}

	async show(id: string): Promise<QueueEntry> {
		const { spool, runner, clock, scheduler } = this.#options;
		const number = parseQueueId(id);
		if (number === undefined) throw unknownId(id);
		// An outcome reaches the card a moment after it is known; a card that refuses it is not waited for.
		const impatient = new AbortController();
		await Promise.race([runner.settled(number), clock.sleep(SETTLE_PATIENCE_MS, impatient.signal)]);
		impatient.abort();
		const shown = await spool.show(number);
		if (shown === null) throw unknownId(id);
		if ("outcome" in shown) return finishedEntry(number, shown);
		const item = scheduler.known(number);
		const addresses = shown.recipients.map(({ address }) => address);
		return {
			...this.#row(shown.message, addresses, item),
			recipientStates: shown.recipients,
			history: shown.events.map(({ atMs, event, detail }) => ({ at: isoTime(atMs), event, detail })),
			dsn: shown.dsn,
		};
	}

	async act(action: QueueAction, ids: readonly string[] | "all"): Promise<{ readonly changed: number }> {
		const items = ids === "all" ? [...this.#options.scheduler.all()] : ids.map((id) => this.#find(id));
		const applicable = items.filter((item) => isApplicable(action, item));
		if (ids !== "all") {
			const refused = items.find((item) => !applicable.includes(item));
			if (refused !== undefined) throw wrongState(action, refused);
		}
		let changed = 0;
		for (const item of applicable) if (await this.#actOn(action, item)) changed += 1;
		if (action === "retry" || action === "release") this.#options.runner.nudge();
		return { changed };
	}

	counts(): Promise<Readonly<Record<QueueState, number>>> {
		return Promise.resolve(this.#options.scheduler.counts());
	}

	#find(id: string): Item {
		const number = parseQueueId(id);
		const item = number === undefined ? undefined : this.#options.scheduler.find(number);
		if (item === undefined) throw unknownId(id);
		return item;
	}

	/** False when the message changed meanwhile so that the action no longer applies. */
	async #actOn(action: QueueAction, item: Item): Promise<boolean> {
		const { scheduler, spool, runner, clock } = this.#options;
		// While others of a long list were acted on, this one may have been taken or have left.
		if (scheduler.find(item.id) !== item || !APPLIES_TO[action].includes(item.state)) return false;
		// Out of the scheduler's reach first, so that no attempt begins while the card is being changed.
		const before = { state: item.state, dueAtMs: item.dueAtMs };
		scheduler.move(item, "held", 0);
		await runner.settled(item.id);
		const shown = await spool.show(item.id);
		if (shown === null || !("message" in shown)) {
			scheduler.remove(item);
			return false;
		}
		const nowMs = clock.now();
		try {
			if (action === "delete") {
				await spool.settle(deletion(shown, nowMs), shown.message.inFile, "urgent");
				scheduler.remove(item);
				return true;
			}
			const write = action === "hold" ? held(shown, nowMs) : dueNow(shown, nowMs, action);
			await spool.settle(write, shown.message.inFile, "urgent");
			item.leased = false;
			scheduler.move(item, write.state, clock.monotonicMs());
			return true;
		} catch (error) {
			scheduler.move(item, before.state, before.dueAtMs);
			throw error;
		}
	}

	#row(message: MessageRecord, recipients: readonly string[], item: Item | undefined): QueueRow {
		const { clock, runner } = this.#options;
		const state = item?.state ?? (message.state === "active" ? "incoming" : message.state);
		const waits = state === "deferred" || state === "incoming";
		const { trouble } = runner.circuit(message.account);
		const waitMs = item?.state === "deferred" ? Math.max(0, item.dueAtMs - clock.monotonicMs()) : 0;
		return {
			id: formatQueueId(message.id),
			state,
			device: message.device,
			account: message.account,
			sender: message.reversePath,
			recipients,
			sizeBytes: message.sizeBytes,
			receivedAt: isoTime(message.receivedAtMs),
			nextAttemptAt: waits ? isoTime(clock.now() + waitMs) : null,
			attempts: message.attempts,
			lastError: waits && trouble !== undefined ? trouble.ownerText : message.lastError,
		};
	}
}

function held({ message }: ShownMessage, nowMs: number): Update {
	return {
		...unchanged(message),
		state: "held",
		event: { atMs: nowMs, event: "held", detail: "by the owner" },
	};
}

function dueNow({ message, recipients }: ShownMessage, nowMs: number, action: QueueAction): Update {
	return {
		...unchanged(message),
		state: "incoming",
		dueAtMs: nowMs,
		// Somebody asked for another try: its patience begins anew.
		attempts: action === "retry" ? 0 : message.attempts,
		lastError: "",
		recipients: recipients.flatMap((recipient, ordinal) =>
			recipient.state === "failed" ? [{ ...recipient, ordinal, state: "pending" as const }] : [],
		),
		event: { atMs: nowMs, event: action === "retry" ? "retried" : "released", detail: "by the owner" },
	};
}

function unchanged(message: MessageRecord): Omit<Update, "state" | "event"> {
	const { id, dueAtMs, attempts, maybeSent, lastError } = message;
	return { type: "update", id, dueAtMs, attempts, maybeSent, lastError, recipients: [] };
}

function deletion(shown: ShownMessage, nowMs: number) {
	const event = { atMs: nowMs, event: "deleted", detail: "by the owner" };
	return finish(shown.message.id, "deleted", historyOf(shown, event), nowMs);
}

function finishedEntry(number: number, { outcome, document }: ShownHistory): QueueEntry {
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
		history: document.events.map(({ atMs, event, detail }) => ({ at: isoTime(atMs), event, detail })),
		dsn: null,
	};
}

function isoTime(ms: number): string {
	return new Date(ms).toISOString();
}

function unknownId(id: string): UserError {
	return new UserError(
		"queue-unknown-id",
		`There is no message ${id} in the queue or its history.`,
		"See `postern queue list`.",
	);
}

/** Mail of a stranger leaves by the owner's word about the stranger alone, not about the message. */
function isApplicable(action: QueueAction, { state, lane }: Item): boolean {
	const goesOut = action === "release" || action === "retry";
	return APPLIES_TO[action].includes(state) && !(goesOut && strangerAddress(lane.device) !== undefined);
}

function wrongState(action: QueueAction, { id, state, lane }: Item): UserError {
	const stranger = strangerAddress(lane.device);
	if (stranger !== undefined) {
		return new UserError(
			"queue-of-stranger",
			`Message ${formatQueueId(id)} is from ${stranger}, which Postern does not know.`,
			`Let it in, and its mail goes out: postern device allow ${stranger}. Or refuse it: postern device refuse ${stranger}.`,
		);
	}
	const why = state === "active" ? "it is being sent at this moment" : `it is ${state}`;
	return new UserError(
		"queue-wrong-state",
		`Message ${formatQueueId(id)} cannot be changed (${action}): ${why}.`,
	);
}
