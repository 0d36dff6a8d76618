/**
 * What was asked of the simulation, compactly and bounded, for assertions: the newest requests, and
 * how many ran at once for each account. A request is listed from its start; `status` 0 is unanswered.
 */

export interface SandboxRequest {
	readonly atMs: number;
	readonly kind: "graph" | "sign-in" | "smtp";
	/** HTTP method, or the SMTP command it stands for. */
	readonly method: string;
	readonly path: string;
	/** HTTP status or SMTP reply code. */
	status: number;
	account: string;
	bodyBytes: number;
	/** Sign-in: grant type and scope. SMTP: queue text. Never a token. */
	detail: string;
}

export interface Concurrency {
	readonly graph: Readonly<Record<string, number>>;
	readonly smtp: Readonly<Record<string, number>>;
}

export class RequestLog {
	readonly #limit: () => number;
	#kept: SandboxRequest[] = [];
	#total = 0;

	constructor(limit: () => number) {
		this.#limit = limit;
	}

	/** The entry may be completed by its owner while the request runs. */
	add(entry: SandboxRequest): SandboxRequest {
		this.#total += 1;
		this.#kept.push(entry);
		// Twice the limit before cutting, so that cutting costs nothing on average.
		if (this.#kept.length > 2 * this.#limit()) this.#kept = this.#kept.slice(-this.#limit());
		return entry;
	}

	list(): readonly SandboxRequest[] {
		return this.#kept.slice(-this.#limit());
	}

	get total(): number {
		return this.#total;
	}

	clear(): void {
		this.#kept = [];
		this.#total = 0;
	}
}

/** Who is being served right now, by account, and the most there ever were. */
export class Slots {
	readonly #busy = new Map<string, number>();
	readonly #most = new Map<string, number>();

	/** How many are served now, this one counted. */
	enter(account: string): number {
		const busy = (this.#busy.get(account) ?? 0) + 1;
		this.#busy.set(account, busy);
		this.#most.set(account, Math.max(busy, this.#most.get(account) ?? 0));
		return busy;
	}

	busy(account: string): number {
		return this.#busy.get(account) ?? 0;
	}

	leave(account: string): void {
		const busy = (this.#busy.get(account) ?? 1) - 1;
		if (busy <= 0) this.#busy.delete(account);
		else this.#busy.set(account, busy);
	}

	most(): Readonly<Record<string, number>> {
		return Object.fromEntries(this.#most);
	}

	/** Forgets the most, not who is being served. */
	clear(): void {
		this.#most.clear();
	}
}

/** What happened in the last so-and-so-long, each event kept: is this one still within the limit? */
export class RateWindow {
	readonly #lengthMs: number;
	readonly #events = new Map<string, { readonly atMs: number; readonly amount: number }[]>();

	constructor(lengthMs: number) {
		this.#lengthMs = lengthMs;
	}

	/**
	 * Seconds until there is room again when `limit` is used up, else 0. A refused event counts, as at
	 * Microsoft. `scale` 0.1: the window is a tenth as long.
	 */
	use(
		account: string,
		{ limit, scale, amount = 1 }: { limit: number | null; scale: number; amount?: number },
		nowMs: number,
	): number {
		if (limit === null) return 0;
		const lengthMs = this.#lengthMs * scale;
		const events = (this.#events.get(account) ?? []).filter(({ atMs }) => atMs > nowMs - lengthMs);
		events.push({ atMs: nowMs, amount });
		this.#events.set(account, events);
		let over = events.reduce((sum, event) => sum + event.amount, 0) - limit;
		if (over <= 0) return 0;
		const freeing = events.find((event) => {
			over -= event.amount;
			return over <= 0;
		});
		return Math.max(1, Math.ceil(((freeing?.atMs ?? nowMs) + lengthMs - nowMs) / 1000));
	}

	clear(): void {
		this.#events.clear();
	}
}
