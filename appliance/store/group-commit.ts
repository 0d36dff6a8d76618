/**
 * Decides which writes share a flush. One group is with the writer thread at a time; what arrives
 * meanwhile forms the next. For storage.ts.
 *
 * Two kinds of writes: *urgent* ones, for which somebody waits (a device for its 250, a delivery for
 * its lease), and *riders* (settling, history), which go along with the next urgent one, or alone
 * after `RIDER_WAIT_MS`, so that settling never stands in the way of the next message.
 *
 * A group is not posted the moment the thread is free when more messages are about to end: where a
 * flush is slow (an SD card) it waits for those, up to a third of a flush, so that ten devices cost
 * one flush and not two; where it is quick it waits for half of them, so that receiving and
 * flushing overlap. A lone device never waits.
 */
import type { Write } from "./operations.ts";
import type { WriteFate } from "./writer.ts";

export interface CommitAnswer {
	readonly fates: readonly WriteFate[];
	/** How long the transaction took, flush included. */
	readonly tookMs: number;
}

/** A rider waits this long for company; a crash within it costs one look before the next attempt. */
const RIDER_WAIT_MS = 200;
/** Above this a flush is slow, and worth waiting for every message that is about to end. */
const SLOW_COMMIT_MS = 2;
const QUICK_WAIT_MS = 1.5;
const SLOW_WAIT_SHARE = 0.35;
const LONGEST_WAIT_MS = 10;
/** Weight of the newest commit in the running mean of their durations. */
const NEWEST_WEIGHT = 0.2;

interface Waiting {
	readonly write: Write;
	readonly urgent: boolean;
	readonly settle: (fate: WriteFate) => void;
}

export class GroupCommit {
	readonly #post: (writes: readonly Write[]) => Promise<CommitAnswer>;
	readonly #monotonicMs: () => number;
	#waiting: Waiting[] = [];
	#urgentCount = 0;
	#busy = false;
	/** Messages whose transaction has begun and that have not been submitted. */
	#underWay = 0;
	/** Messages of the last group whose sessions are likely to begin another. */
	#expected = 0;
	#idleSinceMs = 0;
	#meanCommitMs = 0;
	#timer: NodeJS.Timeout | undefined;
	#timerIsForRiders = false;

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
		if (this.#expected > 0) this.#expected -= 1;
	}

	/** The message of `messageBegins` was submitted, or will not be. */
	messageEnds(): void {
		this.#underWay -= 1;
		this.#consider();
	}

	/** Resolves with the write's fate when its group has been committed. */
	submit(write: Write, urgent: boolean): Promise<WriteFate> {
		return new Promise((settle) => {
			this.#waiting.push({ write, urgent, settle });
			if (urgent) this.#urgentCount += 1;
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
		if (this.#urgentCount === 0) {
			this.#arm(RIDER_WAIT_MS, true);
			return;
		}
		const waitMs = this.#worthWaitingMs();
		if (waitMs <= 0) this.#commit();
		else this.#arm(waitMs, false);
	}

	/** How much longer the group should wait for company; 0 when it should go. */
	#worthWaitingMs(): number {
		const coming = this.#underWay + this.#expected;
		if (coming === 0) return 0;
		const slow = this.#meanCommitMs > SLOW_COMMIT_MS;
		if (!slow && this.#urgentCount >= coming) return 0;
		const longestMs = slow ? Math.min(this.#meanCommitMs * SLOW_WAIT_SHARE, LONGEST_WAIT_MS) : QUICK_WAIT_MS;
		return longestMs - (this.#monotonicMs() - this.#idleSinceMs);
	}

	#arm(waitMs: number, forRiders: boolean): void {
		if (this.#timer !== undefined) {
			if (this.#timerIsForRiders === forRiders) return;
			clearTimeout(this.#timer);
		}
		this.#timerIsForRiders = forRiders;
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
		this.#urgentCount = 0;
		this.#busy = true;
		void this.#post(group.map(({ write }) => write)).then((answer) => {
			this.#busy = false;
			this.#idleSinceMs = this.#monotonicMs();
			this.#meanCommitMs += (answer.tookMs - this.#meanCommitMs) * NEWEST_WEIGHT;
			this.#expected = group.filter(({ write }) => write.type === "enqueue").length;
			for (const [index, { settle }] of group.entries()) {
				settle(answer.fates[index] ?? { code: "ERR", text: "the storage thread gave no answer" });
			}
			this.#consider();
		});
	}
}
