/**
 * The queue as its owner sees and changes it: list, show, retry, hold, release, delete. Implements
 * `QueueService` for console and command line. What it refuses, it refuses with a `UserError`.
 */
import type { Clock } from "../clock.ts";
import { UserError } from "../errors.ts";
import { formatQueueId, parseQueueId } from "../mail/queue-id.ts";
import type { QueueAction, QueueEntry, QueueRow, QueueService, QueueState } from "../services.ts";
import { isApplicable, type QueueActions } from "./queue-actions.ts";
import { entryOf, liveRow, lookUp, unknownId } from "./queue-rows.ts";
import type { Runner } from "./runner.ts";
import type { Item, Scheduler } from "./scheduler.ts";
import type { Spool } from "./spool.ts";
import { strangerAddress } from "./stranger-lane.ts";

/** Rows fetched at once while listing. */
const PAGE_ROWS = 200;

export interface QueueDeskOptions {
	readonly spool: Spool;
	readonly scheduler: Scheduler;
	readonly runner: Runner;
	readonly clock: Clock;
	readonly actions: QueueActions;
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
				rows.push({
					...liveRow(this.#options, message, item),
					sender: message.reversePath,
					recipients: message.recipients,
				});
			}
			if (page.length < PAGE_ROWS) return rows;
			after = page.at(-1)?.id ?? after;
		}
	}

	async show(id: string): Promise<QueueEntry> {
		const { number, shown } = await lookUp(this.#options, id);
		return entryOf(this.#options, number, shown);
	}

	async act(action: QueueAction, ids: readonly string[] | "all"): Promise<{ readonly changed: number }> {
		const { scheduler, actions } = this.#options;
		const items = ids === "all" ? [...scheduler.all()] : ids.map((id) => this.#find(id));
		if (ids !== "all") {
			const refused = items.find((item) => !isApplicable(action, item));
			if (refused !== undefined) throw wrongState(action, refused);
		}
		return await actions.apply(action, items);
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
