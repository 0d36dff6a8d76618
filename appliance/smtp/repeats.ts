/**
 * Tells a message that a device repeats because it lost our 250 from a second one that only looks alike. For
 * session-policy.ts.
 *
 * A repeat has the same bytes, the same envelope and the same device, within minutes, and the earlier one's
 * session ended so that its device cannot be taken to have read our answer: the connection broke, fell silent,
 * or we were restarted. After a session that went on or ended well the same bytes are a second message: a PLC
 * that says "ALARM" twice means it twice. So nothing that a device knows to be delivered is asked for again,
 * and nothing that it means is dropped.
 */
import type { Clock } from "../clock.ts";

/** As long as devices wait before they try again, with room. */
export const REPEAT_WINDOW_MS = 10 * 60_000;
const MOST_REMEMBERED = 2_000;

interface Answered {
	readonly number: number;
	readonly atMs: number;
	isHeard: boolean;
}

export class Repeats {
	readonly #clock: Clock;
	/** By digest, oldest first. */
	readonly #answered = new Map<string, Answered>();

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** A message is committed and about to be answered 250. Call the result when its device has read that. */
	answering(digest: string, number: number): () => void {
		const answered: Answered = { number, atMs: this.#clock.monotonicMs(), isHeard: false };
		this.#answered.delete(digest);
		this.#answered.set(digest, answered);
		const [oldest] = this.#answered.keys();
		if (this.#answered.size > MOST_REMEMBERED && oldest !== undefined) this.#answered.delete(oldest);
		return () => {
			answered.isHeard = true;
		};
	}

	/** The number of the message that this one repeats; undefined when it is a message of its own. */
	repeated(digest: string): number | undefined {
		const answered = this.#answered.get(digest);
		if (answered === undefined || answered.isHeard) return undefined;
		return this.#clock.monotonicMs() - answered.atMs <= REPEAT_WINDOW_MS ? answered.number : undefined;
	}
}
