/**
 * What keeps programs from their mail just now, for the log once and for the owner as long as it lasts: a PLC that asks
 * every half minute through an outage of weeks must not fill the log. For session.ts; bounded by the logins there are.
 */
import type { Log } from "../log.ts";
import { say } from "../words/saying.ts";
import { STATUS } from "../words/status.ts";
import type { MaildropFailure } from "./maildrop.ts";

export class Troubles {
	readonly #log: Log;
	readonly #failures = new Map<string, MaildropFailure>();

	constructor(log: Log) {
		this.#log = log;
	}

	/** The login could not have its mail. */
	failed(username: string, client: string, failure: MaildropFailure): void {
		const before = this.#failures.get(username);
		this.#failures.set(username, failure);
		if (before?.code === failure.code && before.text === failure.text) return;
		this.#log.warning("mail-not-fetched", { user: username, client, reason: failure.reason });
	}

	/** It could. */
	well(username: string): void {
		if (!this.#failures.delete(username)) return;
		this.#log.notice("mail-fetched-again", { user: username });
	}

	/** The login is gone. */
	forget(username: string): void {
		this.#failures.delete(username);
	}

	of(username: string): MaildropFailure | undefined {
		return this.#failures.get(username);
	}

	/** Owner texts of what does not pass by itself. */
	problems(): readonly string[] {
		return [...this.#failures]
			.filter(([, { code }]) => code === "SYS/PERM")
			.map(([username, { ownerText }]) => say(STATUS.fetching, { username, trouble: ownerText }));
	}
}
