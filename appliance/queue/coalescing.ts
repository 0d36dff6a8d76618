/**
 * At most one message in a time of a device that repeats itself (`coalesce`, decision 0015). For
 * smtp/acceptance.ts.
 *
 * The first goes at once. One that comes within the time after it waits in the queue until that time is
 * over; a newer one takes its place there and carries on the number of those replaced. So the last word
 * ("door closed") always arrives. Only messages of the same sender to the same recipients replace each
 * other, and none that has ever been attempted.
 *
 * The newer message, with the number, is on the card before the older one is taken from it: a crash in
 * between leaves both, and both arrive. What is known of running times is in memory; a restart begins them
 * anew, which lets a device send one message more.
 */
import type { Clock } from "../clock.ts";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Envelope } from "../mail/envelope.ts";
import { formatQueueId } from "../mail/queue-id.ts";
import type { MailLog } from "../maillog.ts";
import type { EventRecord, Finish, ShownMessage } from "../store/operations.ts";
import { waitingEvent } from "./coalesced.ts";
import { finish, historyOf } from "./history.ts";
import type { Runner } from "./runner.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Spool } from "./spool.ts";

/** Beyond this many senders and recipients at once messages simply go: nothing is lost by it. */
const MOST_SERIES = 1_000;

export interface CoalescingOptions {
	readonly spool: Spool;
	readonly scheduler: Scheduler;
	readonly runner: Runner;
	readonly clock: Clock;
	readonly log: Log;
	readonly mailLog: MailLog;
}

/** A message that is about to be committed, whose device coalesces. */
export interface Arrival {
	readonly number: number;
	readonly device: { readonly name: string; readonly coalesceMs: number | undefined };
	readonly account: string;
	readonly envelope: Envelope;
}

/** What has been decided about it. One of the two must be called. */
export interface Place {
	/** It waits; undefined: it goes at once. */
	readonly wait: Wait | undefined;
	/** It is on the card, and the runner knows of it. */
	taken(): void;
	/** It is not. */
	refused(): void;
}

export interface Wait {
	/** Monotonic. */
	readonly dueAtMs: number;
	/** Whole. */
	readonly delayMs: number;
	readonly event: EventRecord;
}

/** A message that waits for the end of its time, or is about to. */
interface Waiting extends Arrival {
	readonly dueAtMs: number;
	readonly count: number;
	readonly sinceMs: number;
	/** It is in the queue; until then a promise, of false when it was refused. */
	isTaken: Promise<boolean> | true;
}

/** Messages of one sender to the same recipients. */
interface Series {
	readonly periodMs: number;
	endsAtMs: number;
	waiting: Waiting | undefined;
}

export class Coalescing {
	readonly #options: CoalescingOptions;
	readonly #series = new Map<string, Series>();

	constructor(options: CoalescingOptions) {
		this.#options = options;
	}

	/** Undefined for a message that is nothing to us. */
	place(arrival: Arrival): Place | undefined {
		const { coalesceMs } = arrival.device;
		// A report on it was asked for, and could not be given of one that is not sent.
		if (coalesceMs === undefined || arrival.envelope.dsn !== undefined) return undefined;
		const nowMs = this.#options.clock.monotonicMs();
		const key = keyOf(arrival);
		const series = this.#series.get(key);
		// The one that waited has gone, and its own time has begun.
		if (series?.waiting !== undefined && series.endsAtMs <= nowMs) {
			series.endsAtMs += coalesceMs;
			series.waiting = undefined;
		}
		if (series !== undefined && series.endsAtMs > nowMs) return this.#wait(arrival, series, nowMs);
		return this.#hasRoom(nowMs) ? this.#begin(key, coalesceMs, nowMs) : undefined;
	}

	/** It goes at once, and its time begins; unless it is not taken, when the next one shall go at once. */
	#begin(key: string, periodMs: number, nowMs: number): Place {
		const series: Series = { periodMs, endsAtMs: nowMs + periodMs, waiting: undefined };
		this.#series.set(key, series);
		const refused = () => {
			if (this.#series.get(key) === series) this.#series.delete(key);
		};
		return { wait: undefined, taken: () => undefined, refused };
	}

	#wait(arrival: Arrival, series: Series, nowMs: number): Place {
		const { clock } = this.#options;
		const older = series.waiting;
		const isOut = older?.isTaken === true && this.#takeOut(older);
		// One that is just being taken is not in the queue yet.
		const replaced = isOut || older?.isTaken !== true ? older : undefined;
		const wallMs = clock.now();
		const { promise, resolve: decide } = Promise.withResolvers<boolean>();
		const newer: Waiting = {
			...arrival,
			dueAtMs: series.endsAtMs,
			count: replaced === undefined ? 0 : replaced.count + 1,
			sinceMs: replaced === undefined ? wallMs : replaced.sinceMs,
			isTaken: promise,
		};
		series.waiting = newer;
		const delayMs = Math.ceil(series.endsAtMs - nowMs);
		return {
			wait: { dueAtMs: newer.dueAtMs, delayMs, event: waitingEvent(wallMs, wallMs + delayMs, newer) },
			taken: () => {
				newer.isTaken = true;
				decide(true);
				if (replaced !== undefined) void this.#drop(replaced, isOut, newer);
			},
			refused: () => {
				decide(false);
				if (series.waiting === newer) series.waiting = older;
				if (isOut && older !== undefined) this.#putIn(older);
			},
		};
	}

	/** Out of the queue, so that no attempt begins; false when it is not there any more, or another than it was. */
	#takeOut({ number, dueAtMs }: Waiting): boolean {
		const { scheduler } = this.#options;
		const item = scheduler.known(number);
		if (item?.state !== "deferred" || item.dueAtMs !== dueAtMs || item.leased) return false;
		scheduler.remove(item);
		return true;
	}

	#putIn({ number, account, device, dueAtMs }: Waiting): void {
		this.#options.runner.acceptedLater(number, account, device.name, dueAtMs);
	}

	/** The older message is not sent: the newer stands for it. When the card refuses that, both go. */
	async #drop(older: Waiting, isOut: boolean, newer: Waiting): Promise<void> {
		const { spool, clock, log, mailLog } = this.#options;
		const [qid, by] = [formatQueueId(older.number), formatQueueId(newer.number)];
		if (!isOut && !((await older.isTaken) && this.#takeOut(older))) return;
		try {
			const shown = await spool.show(older.number);
			if (shown === null || !("message" in shown)) return;
			await spool.settle(replacement(shown, by, clock.now()), shown.message.inFile, "rider");
			mailLog.coalesced({ qid, device: older.device.name, by });
		} catch (thrown) {
			log.error("coalesce-refused", { qid, error: asError(thrown).message });
			this.#putIn(older);
		}
	}

	#hasRoom(nowMs: number): boolean {
		if (this.#series.size < MOST_SERIES) return true;
		// Also where one has waited to the end: then the time of that one is over too.
		for (const [key, { endsAtMs, periodMs }] of this.#series) {
			if (endsAtMs + periodMs <= nowMs) this.#series.delete(key);
		}
		return this.#series.size < MOST_SERIES;
	}
}

/** Not the account: a sender may be spread over several. */
function keyOf({ device, envelope }: Arrival): string {
	return JSON.stringify([device.name, envelope.reversePath, [...envelope.recipients].sort()]);
}

function replacement(shown: ShownMessage, by: string, nowMs: number): Finish {
	const event = { atMs: nowMs, event: "coalesced", detail: `replaced by ${by}, which came within the time` };
	return finish(shown.message.id, "coalesced", historyOf(shown, event), nowMs);
}
