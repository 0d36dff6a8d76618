/**
 * Room on the card. A reserve is never given to new mail, so that settling and deleting stay
 * possible on a full card. For the listeners (may this message begin?) and for status.
 *
 * The measurement is at most `FRESH_MS` old; what was promised since then is counted against it.
 */
import { statfs } from "node:fs/promises";

const FRESH_MS = 1_000;

export class Room {
	readonly #folder: string;
	readonly #reserveBytes: () => number;
	#freeBytes = Number.MAX_SAFE_INTEGER;
	#measuredAtMs = Number.NEGATIVE_INFINITY;
	#measuring: Promise<void> | undefined;

	constructor(folder: string, reserveBytes: () => number) {
		this.#folder = folder;
		this.#reserveBytes = reserveBytes;
	}

	get freeBytes(): number {
		return this.#freeBytes;
	}

	get reserveBytes(): number {
		return this.#reserveBytes();
	}

	/** Is there room for a message of this size (0 when unknown) above the reserve? */
	async has(sizeBytes: number): Promise<boolean> {
		if (performance.now() - this.#measuredAtMs > FRESH_MS) await this.measure();
		return this.#freeBytes - sizeBytes >= this.#reserveBytes();
	}

	/** Counts a message that was taken, until the next measurement shows it. */
	took(sizeBytes: number): void {
		this.#freeBytes -= sizeBytes;
	}

	async measure(): Promise<void> {
		this.#measuring ??= statfs(this.#folder)
			.then(({ bavail, bsize }) => {
				this.#freeBytes = bavail * bsize;
				this.#measuredAtMs = performance.now();
			})
			.finally(() => {
				this.#measuring = undefined;
			});
		await this.#measuring;
	}
}
