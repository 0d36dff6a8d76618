/**
 * What the owner does with queued messages: retry, hold, release, delete, one or thousands. For the queue's
 * desk and the console's list.
 *
 * Messages are acted on in batches that share the card's flushes; between two batches whatever else waits is
 * served. When the card refuses one, it stays as it was.
 */
import type { Clock } from "../clock.ts";
import { asError } from "../errors.ts";
import type { QueueAction, QueueState } from "../services.ts";
import type { Finish, MessageRecord, ShownMessage, Update } from "../store/operations.ts";
import { finish, historyOf } from "./history.ts";
import type { Runner } from "./runner.ts";
import type { Item, Scheduler } from "./scheduler.ts";
import type { Spool } from "./spool.ts";
import { strangerAddress } from "./stranger-lane.ts";

/** As many as a flush may carry without keeping a device's message waiting for long. */
const BATCH = 100;

/** The states from which each action leads somewhere. */
export const APPLIES_TO: Readonly<Record<QueueAction, readonly QueueState[]>> = {
	retry: ["deferred", "failed"],
	hold: ["incoming", "deferred"],
	release: ["held"],
	delete: ["incoming", "deferred", "held", "failed"],
};

export interface QueueActionsOptions {
	readonly spool: Spool;
	readonly scheduler: Scheduler;
	readonly runner: Runner;
	readonly clock: Clock;
}

export class QueueActions {
	readonly #options: QueueActionsOptions;

	constructor(options: QueueActionsOptions) {
		this.#options = options;
	}

	/** Acts on those to which it applies; says how many it changed. Throws what the card said when it refused all. */
	async apply(action: QueueAction, items: readonly Item[]): Promise<{ readonly changed: number }> {
		const { runner } = this.#options;
		// The oldest stands at the head of its lane, where it is found at once.
		const applicable = items.filter((item) => isApplicable(action, item)).sort((a, b) => a.id - b.id);
		let changed = 0;
		let refusal: Error | undefined;
		for (let at = 0; at < applicable.length; at += BATCH) {
			const batch = applicable.slice(at, at + BATCH);
			const fates = await Promise.allSettled(batch.map((item) => this.#actOn(action, item)));
			for (const fate of fates) {
				if (fate.status === "rejected") refusal = asError(fate.reason);
				else if (fate.value) changed += 1;
			}
		}
		if (changed > 0 && (action === "retry" || action === "release")) runner.nudge();
		if (changed === 0 && refusal !== undefined) throw refusal;
		return { changed };
	}

	/** False when the message changed meanwhile so that the action no longer applies. */
	async #actOn(action: QueueAction, item: Item): Promise<boolean> {
		const { scheduler, spool, runner, clock } = this.#options;
		// While others of a long list were acted on, this one may have been taken or have left.
		if (scheduler.find(item.id) !== item || !APPLIES_TO[action].includes(item.state)) return false;
		// Out of the scheduler's reach first, so that no attempt begins while the card is being changed.
		const before = { state: item.state, dueAtMs: item.dueAtMs };
		scheduler.move(item, "held", 0);
		try {
			await runner.settled(item.id);
			const shown = await spool.show(item.id);
			if (shown === null || !("message" in shown)) {
				scheduler.remove(item);
				return false;
			}
			const write = writeOf(action, shown, clock.now());
			await spool.settle(write, shown.message.inFile, "urgent");
			if (write.type === "finish") scheduler.remove(item);
			else {
				item.leased = false;
				scheduler.move(item, write.state, clock.monotonicMs());
			}
			return true;
		} catch (error) {
			scheduler.move(item, before.state, before.dueAtMs);
			throw error;
		}
	}
}

/** Mail of a stranger leaves by the owner's word about the stranger alone, not about the message. */
export function isApplicable(action: QueueAction, { state, lane }: Item): boolean {
	const goesOut = action === "release" || action === "retry";
	return APPLIES_TO[action].includes(state) && !(goesOut && strangerAddress(lane.device) !== undefined);
}

function writeOf(action: QueueAction, shown: ShownMessage, nowMs: number): Update | Finish {
	if (action === "delete") return deletion(shown, nowMs);
	return action === "hold" ? held(shown, nowMs) : dueNow(shown, nowMs, action);
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

function deletion(shown: ShownMessage, nowMs: number): Finish {
	const event = { atMs: nowMs, event: "deleted", detail: "by the owner" };
	return finish(shown.message.id, "deleted", historyOf(shown, event), nowMs);
}
