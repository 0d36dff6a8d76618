/**
 * Decides which writes share a flush. One group is with the writer thread at a time; what arrives
 * meanwhile forms the next. For storage.ts.
 *
 * How long a write may wait for company depends on who waits for it:
 * - *urgent*: a device, for its 250;
 * - *soon*: a delivery, for its lease; goes with the next message that ends, and at once when none
 *   is about to;
 * - *rider*: nobody (settling, history); goes with the next of the others, or alone after
 *   `RIDER_WAIT_MS`, so that settling never stands in the way of the next message.
 *
 * A group is not posted the moment the thread is free when more messages are about to end: where a
 * flush is slow (an SD card) it waits for those, up to nearly a flush, so that ten devices cost one
 * flush and not two; where it is quick it goes with a good part of them, so that some messages are received
 * while others are flushed. A lone device never waits.
 */
import type { Write } from "./operations.ts";
import type { WriteFate } from "./writer.ts";

export type Urgency = "urgent" | "soon" | "rider";

export interface CommitAnswer {
	readonly fates: readonly WriteFate[];
	/** How long the transaction took, flush included. */
	readonly tookMs: number;
}

/** A rider waits this long for company; a crash within it is put right from the attempt journal. */
const RIDER_WAIT_MS = 200;
/** While messages keep coming a lease goes with one of them. */
const SOON_WAIT_MS = 20;
/** Above this a flush is slow, and worth waiting for every message that is about to end. */
const SLOW_COMMIT_MS = 4;
const QUICK_WAIT_MS = 3;
/** A quick flush goes when this many messages wait for each that is still coming: of ten connections in full flow, four. */
const QUICK_SHARE = 0.6;
const SLOW_WAIT_SHARE = 0.9;
const LONGEST_WAIT_MS = 10;
/** Weight of the newest commit in the running mean of their durations. */
const NEWEST_WEIGHT = 0.2;

interface Waiting {
	readonly write: Write;
	readonly urgency: Urgency;
	readonly settle: (fate: WriteFate) => void;
}

export class GroupCommit {
	readonly #post: (writes: readonly Write[]) => Promise<CommitAnswer>;
	readonly #monotonicMs: () => number;
	#waiting: Waiting[] = [];
	readonly #counts: Record<Urgency, number> = { urgent: 0, soon: 0, rider: 0 };
	#busy = false;
	/** Messages whose transaction has begun and that have not been submitted. */
	#underWay = 0;
	/** Messages of the last group whose sessions are likely to begin another. */
	#expected = 0;
	#idleSinceMs = 0;
	#lastMessageMs = Number.NEGATIVE_INFINITY;
	#meanCommitMs = 0;
	#timer: NodeJS.Timeout | undefined;
	#timerAtMs = 0;

	constructor(
		post: (writes: readonly Write[]) => Promise<CommitAnswer>,
		monotonicMs: () => number = () => performance.now(),
	) {
		this.#post = post;
		this.#monotonicMs = monotonicMs;
	}

	/** A message is on its way: its end is expected soon. */
	messageBegins(): void {
		this.#underWay += 1;
		this.#lastMessageMs = this.#monotonicMs();
		if (this.#expected > 0) this.#expected -= 1;
	}

	/** The message of `messageBegins` was submitted, or will not be. */
	messageEnds(): void {
		this.#underWay -= 1;
		this.#consider();
	}

	/** Resolves with the write's fate when its group has been committed. */
	submit(write: Write, urgency: Urgency): Promise<WriteFate> {
		return new Promise((settle) => {
			this.#waiting.push({ write, urgency, settle });
			this.#counts[urgency] += 1;
			this.#consider();
		});
	}

	/** Resolves when nothing waits and nothing is being committed. */
	async drain(): Promise<void> {
		while (this.#busy || this.#waiting.length > 0) {
			if (!this.#busy) this.#commit();
			await new Promise((resolve) => setImmediate(resolve));
		}
	}

	#consider(): void {
		if (this.#busy || this.#waiting.length === 0) return;
		const waitMs = this.#worthWaitingMs();
		if (waitMs <= 0) this.#commit();
		else this.#arm(waitMs);
	}

	/** How much longer the group should wait for company; 0 when it should go. */
	#worthWaitingMs(): number {
		const nowMs = this.#monotonicMs();
		if (this.#counts.urgent > 0) return this.#worthGatheringMs(nowMs);
		const comingSoon = this.#underWay > 0 || nowMs - this.#lastMessageMs < SOON_WAIT_MS;
		if (this.#counts.soon > 0) return comingSoon ? SOON_WAIT_MS : 0;
		return RIDER_WAIT_MS;
	}

	#worthGatheringMs(nowMs: number): number {
		const coming = this.#underWay + this.#expected;
		if (coming === 0) return 0;
		const slow = this.#meanCommitMs > SLOW_COMMIT_MS;
		if (!slow && this.#counts.urgent >= QUICK_SHARE * coming) return 0;
		const longestMs = slow ? Math.min(this.#meanCommitMs * SLOW_WAIT_SHARE, LONGEST_WAIT_MS) : QUICK_WAIT_MS;
		return longestMs - (nowMs - this.#idleSinceMs);
	}

	/** The earliest of what was armed counts: a rider's turn does not come later for a new rider. */
	#arm(waitMs: number): void {
		const atMs = this.#monotonicMs() + waitMs;
		if (this.#timer !== undefined) {
			if (this.#timerAtMs <= atMs) return;
			clearTimeout(this.#timer);
		}
		this.#timerAtMs = atMs;
		this.#timer = setTimeout(() => {
			this.#timer = undefined;
			this.#expected = 0;
			if (!this.#busy) this.#commit();
		}, waitMs);
	}

	#commit(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		const group = this.#waiting;
		if (group.length === 0) return;
		this.#waiting = [];
		for (const urgency of ["urgent", "soon", "rider"] as const) this.#counts[urgency] = 0;
		this.#busy = true;
		void this.#post(group.map(({ write }) => write)).then((answer) => {
			this.#busy = false;
			this.#idleSinceMs = this.#monotonicMs();
			this.#meanCommitMs += (answer.tookMs - this.#meanCommitMs) * NEWEST_WEIGHT;
			this.#expected = group.filter(({ write }) => write.type === "enqueue").length;
			// A device that has just been answered is likely to go on, however long the flush was.
			if (this.#expected > 0) this.#lastMessageMs = this.#idleSinceMs;
			for (const [index, { settle }] of group.entries()) {
				settle(answer.fates[index] ?? { code: "ERR", text: "the storage thread gave no answer" });
			}
			this.#consider();
		});
	}
}
