/**
 * What became of messages, on its way to the card. For runner.ts.
 *
 * An outcome is offered to the card until it takes it: a full card must not lose that a message was delivered. Until then it stands in
 * the attempt journal, from where the next start takes it (recovery.ts).
 */
import type { Clock } from "../clock.ts";
import { asError } from "../errors.ts";
import type { Events } from "../events.ts";
import type { Log } from "../log.ts";
import { formatQueueId } from "../mail/queue-id.ts";
import type { ShownMessage } from "../store/operations.ts";
import type { AttemptJournal } from "./attempt-journal.ts";
import type { Settlement } from "./settlement.ts";
import type { Spool } from "./spool.ts";

/** What the card refused is offered again after this long. */
export const CARD_AGAIN_MS = 5_000;

export interface SettlerOptions {
	readonly spool: Spool;
	/** A message's new state is on the card. For whoever tells its sender. */
	readonly onSettled?: (shown: ShownMessage, settlement: Settlement) => void;
	readonly clock: Clock;
	readonly events: Events;
	readonly log: Log;
}

export class Settler {
	readonly #options: SettlerOptions;
	readonly #underWay = new Map<number, Promise<void>>();
	readonly #ended = new AbortController();

	constructor(options: SettlerOptions) {
		this.#options = options;
	}

	/** True while a message's outcome is known and not yet on the card. */
	isSettling(number: number): boolean {
		return this.#underWay.has(number);
	}

	/** Resolves when a message's last attempt is settled on the card. */
	async settled(number: number): Promise<void> {
		await this.#underWay.get(number);
	}

	/** In the background; `settled` tells its end. */
	begin(shown: ShownMessage, settlement: Settlement, journal: AttemptJournal | undefined): void {
		this.#underWay.set(shown.message.id, this.#settle(shown, settlement, journal));
	}

	/** Resolves when every outcome is on the card or, where that takes none, has been offered once more. */
	async end(): Promise<void> {
		this.#ended.abort();
		await Promise.all(this.#underWay.values());
	}

	async #settle(
		shown: ShownMessage,
		settlement: Settlement,
		journal: AttemptJournal | undefined,
	): Promise<void> {
		const { message } = shown;
		await journal?.settle(settlement.write);
		if (!(await this.#offer(shown, settlement))) return;
		this.#underWay.delete(message.id);
		await journal?.end(message.id);
		this.#options.onSettled?.(shown, settlement);
		if (settlement.state === "deferred") return;
		this.#options.events.emit("message-settled", {
			queueId: formatQueueId(message.id),
			device: message.device,
			delivered: settlement.delivered,
			failed: settlement.failed,
		});
	}

	/** True when the card has taken it. */
	async #offer({ message }: ShownMessage, { write }: Settlement): Promise<boolean> {
		const { spool, clock, log } = this.#options;
		for (;;) {
			try {
				await spool.settle(write, message.inFile, "rider");
				return true;
			} catch (thrown) {
				log.error("settle-refused", { qid: formatQueueId(message.id), error: asError(thrown).message });
				if (this.#ended.signal.aborted) return false;
				await clock.sleep(CARD_AGAIN_MS, this.#ended.signal);
			}
		}
	}
}
