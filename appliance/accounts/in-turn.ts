/**
 * Changes one at a time: each judges what the one before has left. For records that are read, judged and
 * written. A change that fails fails for its caller alone.
 */

export class InTurn {
	#last: Promise<unknown> = Promise.resolve();

	run<Result>(change: () => Promise<Result>): Promise<Result> {
		const turn = this.#last.then(change);
		// The next change waits for this one and does not share its failure.
		this.#last = turn.catch(() => undefined);
		return turn;
	}

	/** Resolves when all that was begun is over, well or not. */
	async idle(): Promise<void> {
		await this.#last;
	}
}
