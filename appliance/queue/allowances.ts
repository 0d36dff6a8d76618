/**
 * What each account has used of what Microsoft allows it, and when it may use more. For the runner,
 * which lets an attempt in when there is room for what it should cost, and for the transports, which
 * count what they really ask (`Meter`).
 *
 * An attempt holds its cost from when it is let in, and what it really asks is drawn from that: so
 * attempts that run together do not count on the same room, and nothing is counted twice. What an attempt
 * asks beyond its estimate waits for room of its own. Counts of days are kept (kept-counts.ts). Of an app registration no more
 * requests run at once than Microsoft lets.
 */
import pLimit, { type LimitFunction } from "p-limit";
import type { Clock } from "../clock.ts";
import type { KeptCounts } from "./kept-counts.ts";
import type { Cost, Limits, Meter, Unit, WindowLimit } from "./limits.ts";
import { SlidingWindow } from "./sliding-window.ts";

export interface AllowancesOptions {
	/** In force now; asked each time, so that a reload takes effect at once. */
	readonly limitsOf: (account: string) => Limits;
	readonly clock: Clock;
	/** Absent: no count outlives the process. */
	readonly kept?: KeptCounts;
}

/** Why an account waits although nothing is wrong with it. */
export interface LimitWait {
	readonly waitMs: number;
	readonly limit: WindowLimit;
}

/** What an account has used of one unit. Its window also holds `credit` and what is being asked. */
interface Usage {
	readonly window: SlidingWindow;
	/** Sum of the estimates of attempts in progress. */
	promised: number;
	/** What of that has not been asked yet. */
	credit: number;
}

export class Allowances implements Meter {
	readonly #options: AllowancesOptions;
	readonly #accounts = new Map<string, Map<Unit, Usage>>();
	/** Of each app registration. */
	readonly #turns = new Map<string, LimitFunction>();

	constructor(options: AllowancesOptions) {
		this.#options = options;
	}

	limits(account: string): Limits {
		return this.#options.limitsOf(account);
	}

	/** Why an attempt that should cost so much has to wait; undefined when there is room for it now. */
	wait(account: string, cost: Cost): LimitWait | undefined {
		return this.#wait(account, (limit) => admittedAmount(limit, cost));
	}

	/** Little is left of something that the cost is made of. */
	isTight(account: string, cost: Cost): boolean {
		const nowMs = this.#options.clock.monotonicMs();
		return this.limits(account).windows.some(
			(limit) => (cost[limit.unit] ?? 0) > 0 && this.#of(account, limit).window.isTight(limit, nowMs),
		);
	}

	/** Promises room to an attempt; to be given to `release` when it has ended. */
	hold(account: string, cost: Cost): Cost {
		const nowMs = this.#options.clock.monotonicMs();
		const held: Partial<Record<Unit, number>> = {};
		for (const limit of this.limits(account).windows) {
			const amount = admittedAmount(limit, cost);
			if (amount === 0) continue;
			const usage = this.#of(account, limit);
			usage.promised += amount;
			usage.credit += amount;
			usage.window.hold(amount, nowMs);
			held[limit.unit] = amount;
		}
		return held;
	}

	release(account: string, held: Cost): void {
		for (const [unit, usage] of this.#accounts.get(account) ?? []) {
			usage.promised = Math.max(0, usage.promised - (held[unit] ?? 0));
			const unused = Math.max(0, usage.credit - usage.promised);
			usage.credit -= unused;
			usage.window.letGo(unused);
		}
	}

	/** Counts what has happened, whether or not there was room. */
	count(account: string, cost: Cost): void {
		for (const [limit, amount] of this.#parts(account, cost)) {
			this.#draw(account, limit, amount);
			this.#taken(account, limit, amount);
		}
	}

	async run<Answer>(
		account: string,
		cost: Cost,
		signal: AbortSignal | undefined,
		ask: () => Promise<Answer>,
	): Promise<Answer> {
		for (let isStopped = false; !isStopped; isStopped = signal?.aborted === true) {
			const wait = this.#wait(account, (limit) =>
				Math.max(0, (cost[limit.unit] ?? 0) - this.#of(account, limit).credit),
			);
			if (wait === undefined) break;
			await this.#options.clock.sleep(wait.waitMs, signal);
		}
		const parts = this.#parts(account, cost);
		for (const [limit, amount] of parts) this.#draw(account, limit, amount);
		try {
			return await (cost.requests === undefined ? ask() : this.#inTurn(account, ask));
		} finally {
			for (const [limit, amount] of parts) this.#taken(account, limit, amount);
		}
	}

	/**
	 * In the order of asking, so that who fetches beside a flood of mail is served after one request of it. Whoever gives up
	 * keeps its place, and asks nothing when it comes.
	 */
	#inTurn<Answer>(account: string, ask: () => Promise<Answer>): Promise<Answer> {
		const { app } = this.limits(account);
		if (app === undefined) return ask();
		let turn = this.#turns.get(app.key);
		if (turn === undefined) {
			turn = pLimit(app.concurrency);
			this.#turns.set(app.key, turn);
		}
		return turn(ask);
	}

	#parts(account: string, cost: Cost): (readonly [WindowLimit, number])[] {
		return this.limits(account).windows.flatMap((limit) => {
			const amount = cost[limit.unit] ?? 0;
			return amount === 0 ? [] : [[limit, amount] as const];
		});
	}

	/** Room for what is being asked, out of the credit of attempts as far as that goes. */
	#draw(account: string, limit: WindowLimit, amount: number): void {
		const usage = this.#of(account, limit);
		const drawn = Math.min(usage.credit, amount);
		usage.credit -= drawn;
		if (amount > drawn) usage.window.hold(amount - drawn, this.#options.clock.monotonicMs());
	}

	/** What was asked has its answer. */
	#taken(account: string, limit: WindowLimit, amount: number): void {
		const { window } = this.#of(account, limit);
		window.letGo(amount);
		window.take(amount, this.#options.clock.monotonicMs());
		if (limit.isKept) this.#options.kept?.grown(account, window, limit.most);
	}

	#wait(account: string, amountOf: (limit: WindowLimit) => number): LimitWait | undefined {
		const nowMs = this.#options.clock.monotonicMs();
		let longest: LimitWait | undefined;
		for (const limit of this.limits(account).windows) {
			const amount = amountOf(limit);
			if (amount === 0) continue;
			const { window } = this.#of(account, limit);
			let waitMs = window.waitMs(amount, limit, nowMs);
			if (waitMs > 0 && limit.isKept && this.#options.kept?.correct(account) === true) {
				waitMs = window.waitMs(amount, limit, nowMs);
			}
			if (waitMs > (longest?.waitMs ?? 0)) longest = { waitMs, limit };
		}
		return longest;
	}

	#of(account: string, { unit: name, perMs, isKept }: WindowLimit): Usage {
		let units = this.#accounts.get(account);
		if (units === undefined) {
			units = new Map();
			this.#accounts.set(account, units);
		}
		let usage = units.get(name);
		if (usage === undefined) {
			const window = new SlidingWindow(perMs);
			if (isKept) this.#options.kept?.restore(account, window);
			usage = { window, promised: 0, credit: 0 };
			units.set(name, usage);
		}
		return usage;
	}
}

/**
 * A large message is let in when a tenth of the upload volume is free: it goes in requests of 4 MB, each
 * of which waits for room of its own, so that nothing behind it has to wait for an empty window.
 */
const UPLOAD_SHARE = 10;

function admittedAmount({ unit, most }: WindowLimit, cost: Cost): number {
	const amount = cost[unit] ?? 0;
	return unit === "uploadBytes" ? Math.min(amount, most / UPLOAD_SHARE) : amount;
}
