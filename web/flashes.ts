/**
 * What came of a form, told on the page that follows it: kept here for a moment, by session, because the
 * form answers with a redirect (so that going back or reloading does not send it again).
 */
export interface Flash {
	readonly kind: "done" | "trouble";
	readonly text: string;
}

/** A page that is not fetched leaves its flash behind. */
const MOST_KEPT = 200;

export class Flashes {
	readonly #kept = new Map<string, Flash>();

	put(sessionId: string, flash: Flash): void {
		this.#kept.delete(sessionId);
		this.#kept.set(sessionId, flash);
		const [oldest] = this.#kept.keys();
		if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
	}

	/** Once. */
	take(sessionId: string): Flash | undefined {
		const flash = this.#kept.get(sessionId);
		this.#kept.delete(sessionId);
		return flash;
	}
}
