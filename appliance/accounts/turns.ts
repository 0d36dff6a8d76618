/**
 * A few at once, and a short line for the rest in which nobody takes more than a place or two. For
 * `passwords.ts`.
 */

export interface TurnLimits {
	readonly atOnce: number;
	readonly waiting: number;
	readonly waitingPerSource: number;
}

interface Waiting {
	readonly source: string;
	readonly begin: () => void;
}

export class Turns {
	readonly #limits: TurnLimits;
	readonly #waiting: Waiting[] = [];
	#active = 0;

	constructor(limits: TurnLimits) {
		this.#limits = limits;
	}

	/** What `work` gives, or `busy` when the line is full, for everybody or for this source. */
	async run<Result>(source: string, work: () => Promise<Result>): Promise<Result | "busy"> {
		if (this.#active < this.#limits.atOnce) this.#active += 1;
		else if (this.#isFullFor(source)) return "busy";
		else await new Promise<void>((begin) => this.#waiting.push({ source, begin }));
		try {
			return await work();
		} finally {
			this.#pass();
		}
	}

	#isFullFor(source: string): boolean {
		const own = this.#waiting.filter((waiting) => waiting.source === source).length;
		return this.#waiting.length >= this.#limits.waiting || own >= this.#limits.waitingPerSource;
	}

	/** The turn goes to the longest waiting, or back. */
	#pass(): void {
		const next = this.#waiting.shift();
		if (next === undefined) this.#active -= 1;
		else next.begin();
	}
}
