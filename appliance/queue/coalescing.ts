/**
 * For things that repeat themselves: at most one message of a device in the time its owner set (`coalesce`).
 * For the listeners, which ask before a message's header is written and tell when it is committed.
 *
 * The first goes at once. Of those that follow within the time only the latest is kept; it goes when the time
 * is over and says how many it stands for, so the last state always arrives. One that is replaced leaves a
 * line of history. Nothing that is being sent is replaced. After a restart a device begins anew; what waited
 * goes at its time.
 */
import type { Clock } from "../clock.ts";
import { formatQueueId } from "../mail/queue-id.ts";
import type { Scheduler } from "./scheduler.ts";
import { finish, historyOf } from "./settlement.ts";
import type { Spool } from "./spool.ts";

/** How the next message of a device is to be taken. */
export interface Fold {
	/** Messages it stands for besides itself. */
	readonly suppressed: number;
	/** When it may go, monotonic milliseconds. */
	readonly dueAtMs: number;
}

interface Window {
	endsAtMs: number;
	/** The latest message within it, which waits for its end. */
	waiting: number | undefined;
	suppressed: number;
}

export class Coalescing {
	readonly #parts: { readonly clock: Clock; readonly spool: Spool; readonly scheduler: Scheduler };
	readonly #windows = new Map<string, Window>();

	constructor(parts: { readonly clock: Clock; readonly spool: Spool; readonly scheduler: Scheduler }) {
		this.#parts = parts;
	}

	/** Undefined: it goes at once. `everyMs` is undefined for a device whose mail is not coalesced. */
	next(device: string, everyMs: number | undefined): Fold | undefined {
		const window = everyMs === undefined ? undefined : this.#open(device, everyMs);
		if (window === undefined) return undefined;
		return {
			suppressed: window.suppressed + (window.waiting === undefined ? 0 : 1),
			dueAtMs: window.endsAtMs,
		};
	}

	/** The message is on the card, taken as `fold` says. */
	async took(device: string, everyMs: number, number: number, fold: Fold | undefined): Promise<void> {
		const window = this.#windows.get(device);
		if (fold === undefined || window === undefined) {
			const endsAtMs = this.#parts.clock.monotonicMs() + everyMs;
			this.#windows.set(device, { endsAtMs, waiting: undefined, suppressed: 0 });
			return;
		}
		const before = window.waiting;
		window.waiting = number;
		if (before !== undefined && (await this.#replace(before, number))) window.suppressed += 1;
	}

	/** The window that is open now; one whose latest message went at its end is followed by another. */
	#open(device: string, everyMs: number): Window | undefined {
		const nowMs = this.#parts.clock.monotonicMs();
		const window = this.#windows.get(device);
		if (window === undefined || nowMs < window.endsAtMs) return window;
		const endsAtMs = window.endsAtMs + everyMs;
		this.#windows.delete(device);
		if (window.waiting === undefined || nowMs >= endsAtMs) return undefined;
		const next = { endsAtMs, waiting: undefined, suppressed: 0 };
		this.#windows.set(device, next);
		return next;
	}

	/** False when it is being sent, or its owner has acted on it. */
	async #replace(number: number, by: number): Promise<boolean> {
		const { scheduler, spool, clock } = this.#parts;
		const item = scheduler.known(number);
		if (item?.state !== "deferred") return false;
		// Out of reach first, so that no attempt begins.
		scheduler.move(item, "held", 0);
		const shown = await spool.show(number);
		if (shown === null || !("message" in shown)) return false;
		const nowMs = clock.now();
		const event = { atMs: nowMs, event: "coalesced", detail: `replaced by ${formatQueueId(by)}` };
		const document = historyOf(shown, event);
		await spool.settle(finish(number, "coalesced", document, nowMs), shown.message.inFile, "urgent");
		scheduler.remove(item);
		return true;
	}
}
