/**
 * Four requests of an account at a time, and whoever asks next waits for its turn, in the order in which they came: Microsoft refuses
 * a fifth (learn.microsoft.com/graph/throttling-limits, Outlook), and without an order whoever fetches would be refused for as long
 * as mail leaves. For graph-client.ts. In memory; never rejects by itself.
 */

const AT_ONCE = 4;

interface Line {
	inFlight: number;
	readonly waiting: Set<() => void>;
}

export class GraphTurns {
	readonly #lines = new Map<string, Line>();

	/** Whoever gives up, by the signal, is let through at once: to be told so by what it calls. */
	async take<Result>(
		account: string,
		signal: AbortSignal | undefined,
		ask: () => Promise<Result>,
	): Promise<Result> {
		const key = account.toLowerCase();
		const line = this.#lines.get(key) ?? { inFlight: 0, waiting: new Set() };
		this.#lines.set(key, line);
		// A turn is handed over by whoever leaves, so that nobody who comes at that moment is before those who wait.
		if (line.inFlight < AT_ONCE) line.inFlight += 1;
		else if (!(await turnIn(line, signal))) return await ask();
		try {
			return await ask();
		} finally {
			this.#leave(key, line);
		}
	}

	#leave(key: string, line: Line): void {
		const [next] = line.waiting;
		if (next !== undefined) {
			next();
			return;
		}
		line.inFlight -= 1;
		if (line.inFlight === 0) this.#lines.delete(key);
	}
}

/** Resolves with true when it is one's turn; with false on the signal. */
function turnIn({ waiting }: Line, signal: AbortSignal | undefined): Promise<boolean> {
	if (signal?.aborted === true) return Promise.resolve(false);
	return new Promise((resolve) => {
		const end = (hasTurn: boolean) => {
			waiting.delete(called);
			signal?.removeEventListener("abort", gaveUp);
			resolve(hasTurn);
		};
		const called = () => end(true);
		const gaveUp = () => end(false);
		signal?.addEventListener("abort", gaveUp);
		waiting.add(called);
	});
}
