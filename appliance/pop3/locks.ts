/**
 * One session for a maildrop at a time (RFC 1939 §8). A client that has died, or whose connection has, must not hold it
 * for ever: a newcomer with the right password takes the place of a session from which nothing has been heard for a while.
 */

export interface LockHolder {
	/** Monotonic milliseconds since something was heard from its client, or it was sent something. */
	silentMs(): number;
	/** Its place is taken: ends it, and removes nothing. */
	evict(): void;
}

/** Programs that fetch say something every few seconds while they work. */
const SILENT_MS = 60_000;

export class MaildropLocks {
	readonly #holders = new Map<string, LockHolder>();

	/** Release is due once; undefined: somebody else is at work. */
	take(name: string, holder: LockHolder): (() => void) | undefined {
		const before = this.#holders.get(name);
		if (before !== undefined) {
			if (before.silentMs() < SILENT_MS) return undefined;
			before.evict();
		}
		this.#holders.set(name, holder);
		return () => {
			if (this.#holders.get(name) === holder) this.#holders.delete(name);
		};
	}
}
