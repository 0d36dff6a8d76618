/**
 * Who may use a submission connection, and which: at most so many for an account at once, idle ones
 * kept for a short while and used again. For smtp-submission.ts.
 */
import type { SubmissionConnection } from "./submission-connection.ts";

export interface PoolOptions {
	/** Connections at once for an account. */
	readonly limit: number;
	readonly idleMs: number;
	readonly messagesPerConnection: number;
}

interface Idle {
	readonly connection: SubmissionConnection;
	readonly timer: NodeJS.Timeout;
}

interface Lane {
	inUse: number;
	readonly idle: Idle[];
	readonly waiting: (() => void)[];
}

export class SubmissionPool {
	readonly #options: PoolOptions;
	readonly #lanes = new Map<string, Lane>();
	#closed = false;

	constructor(options: PoolOptions) {
		this.#options = options;
	}

	/** Waits for a turn, and runs `work` with it. False when the signal ended the wait. */
	async turn(account: string, signal: AbortSignal, work: () => Promise<void>): Promise<boolean> {
		const lane = this.#lane(account);
		if (lane.inUse >= this.#options.limit && !(await waitInLine(lane, signal))) return false;
		lane.inUse += 1;
		try {
			await work();
		} finally {
			lane.inUse -= 1;
			lane.waiting.shift()?.();
		}
		return true;
	}

	/** An idle connection that is still good. */
	take(account: string): SubmissionConnection | undefined {
		const { idle } = this.#lane(account);
		for (let entry = idle.pop(); entry !== undefined; entry = idle.pop()) {
			clearTimeout(entry.timer);
			if (entry.connection.isUsable) return entry.connection;
		}
		return undefined;
	}

	/** Back from use: kept, or closed when it is broken or has done enough. */
	giveBack(account: string, connection: SubmissionConnection): void {
		if (!connection.isUsable) return;
		if (this.#closed || connection.messages >= this.#options.messagesPerConnection) {
			connection.quit();
			return;
		}
		const { idle } = this.#lane(account);
		const timer = setTimeout(() => {
			const index = idle.findIndex((entry) => entry.connection === connection);
			if (index !== -1) idle.splice(index, 1);
			connection.quit();
		}, this.#options.idleMs);
		timer.unref();
		idle.push({ connection, timer });
	}

	/** Closes idle connections, and those in use when they come back. */
	close(): void {
		this.#closed = true;
		for (const { idle } of this.#lanes.values()) {
			for (const { connection, timer } of idle.splice(0)) {
				clearTimeout(timer);
				connection.quit();
			}
		}
	}

	#lane(account: string): Lane {
		let lane = this.#lanes.get(account);
		if (lane === undefined) {
			lane = { inUse: 0, idle: [], waiting: [] };
			this.#lanes.set(account, lane);
		}
		return lane;
	}
}

/** False when the signal came first. */
function waitInLine(lane: Lane, signal: AbortSignal): Promise<boolean> {
	if (signal.aborted) return Promise.resolve(false);
	return new Promise((resolve) => {
		const next = () => {
			signal.removeEventListener("abort", gaveUp);
			resolve(true);
		};
		const gaveUp = () => {
			lane.waiting.splice(lane.waiting.indexOf(next), 1);
			resolve(false);
		};
		lane.waiting.push(next);
		signal.addEventListener("abort", gaveUp, { once: true });
	});
}
