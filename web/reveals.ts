/**
 * Passwords and keys that have just been made, for the page that shows them: for the session that made them, and for ten
 * minutes, since somebody stands at a printer and types. In memory alone; afterwards nobody can see them again.
 */
import type { Secret } from "../appliance/secret.ts";

const SHOWN_MS = 10 * 60_000;
const MOST_KEPT = 100;

export class Reveals {
	readonly #kept = new Map<string, { readonly secret: Secret; readonly untilMs: number }>();

	/** `what`: `device Copier`, `key abc`. */
	put(sessionId: string, what: string, secret: Secret): void {
		const key = `${sessionId} ${what}`;
		this.#kept.delete(key);
		this.#kept.set(key, { secret, untilMs: performance.now() + SHOWN_MS });
		const [oldest] = this.#kept.keys();
		if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
	}

	/** It has been written down. */
	forget(sessionId: string, what: string): void {
		this.#kept.delete(`${sessionId} ${what}`);
	}

	find(sessionId: string, what: string): Secret | undefined {
		const kept = this.#kept.get(`${sessionId} ${what}`);
		if (kept === undefined || kept.untilMs < performance.now()) return undefined;
		return kept.secret;
	}
}
