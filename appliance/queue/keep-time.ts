/**
 * Failed mail is kept for its owner to act on, and not for ever: after `keep_failed` it leaves with a line of
 * history. For the composition root. Only by a time that is to be trusted: a box whose clock jumps years
 * removes nothing. When the card refuses, it is tried again the next time.
 */
import type { Clock } from "../clock.ts";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import { formatQueueId } from "../mail/queue-id.ts";
import type { TrustedTime } from "../trusted-time.ts";
import { finish, historyOf } from "./history.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Spool } from "./spool.ts";

const LOOK_EVERY_MS = 60 * 60_000;

const REMOVED = {
	event: "removed",
	detail: "not delivered, and kept for as long as keep_failed says",
} as const;

export interface KeepTimeOptions {
	readonly spool: Spool;
	readonly scheduler: Scheduler;
	readonly clock: Clock;
	readonly time: TrustedTime;
	readonly log: Log;
	readonly keepMs: () => number;
}

export class KeepTime {
	readonly #options: KeepTimeOptions;
	readonly #stopping = new AbortController();
	#running: Promise<void> = Promise.resolve();

	constructor(options: KeepTimeOptions) {
		this.#options = options;
	}

	start(): void {
		this.#running = this.#run();
	}

	async stop(): Promise<void> {
		this.#stopping.abort();
		await this.#running;
	}

	/** Removes what has been kept long enough; says how many. */
	async look(): Promise<number> {
		const { scheduler, time, keepMs } = this.#options;
		const nowMs = time.nowMs();
		if (nowMs === undefined) return 0;
		let removed = 0;
		for (const number of scheduler.failed()) {
			if (this.#stopping.signal.aborted) break;
			if (await this.#removeIfOld(number, nowMs - keepMs())) removed += 1;
		}
		return removed;
	}

	async #run(): Promise<void> {
		const { clock, log } = this.#options;
		for (;;) {
			await clock.sleep(LOOK_EVERY_MS, this.#stopping.signal);
			if (this.#stopping.signal.aborted) return;
			try {
				await this.look();
			} catch (thrown) {
				log.warning("keep-time", { error: asError(thrown).message });
			}
		}
	}

	async #removeIfOld(number: number, beforeMs: number): Promise<boolean> {
		const { spool, scheduler, time, clock, log } = this.#options;
		const shown = await spool.show(number);
		const item = scheduler.known(number);
		if (shown === null || !("message" in shown) || item?.state !== "failed") return false;
		const failedAtMs = shown.events.at(-1)?.atMs ?? shown.message.receivedAtMs;
		if (time.ofReading(failedAtMs) > beforeMs) return false;
		const nowMs = clock.now();
		await spool.settle(
			finish(number, "expired", historyOf(shown, { atMs: nowMs, ...REMOVED }), nowMs),
			shown.message.inFile,
			"urgent",
		);
		scheduler.remove(item);
		log.notice("failed-mail-removed", { qid: formatQueueId(number), device: shown.message.device });
		return true;
	}
}
