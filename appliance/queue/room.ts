/**
 * Room on the card. A reserve is never given to new mail, so that settling and deleting stay
 * possible on a full card. For the listeners (may this message begin, may it go on?) and for status.
 *
 * The measurement is about a second old; every byte received since then, whole message or not, is
 * counted against it.
 */
import { statfs } from "node:fs/promises";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";

const FRESH_MS = 1_000;

export class Room {
	readonly #folder: string;
	readonly #reserveBytes: () => number;
	readonly #log: Log;
	#freeBytes = Number.MAX_SAFE_INTEGER;
	#measuredAtMs = Number.NEGATIVE_INFINITY;
	#measuring: Promise<void> | undefined;

	constructor(folder: string, reserveBytes: () => number, log: Log) {
		this.#folder = folder;
		this.#reserveBytes = reserveBytes;
		this.#log = log;
	}

	get freeBytes(): number {
		return this.#freeBytes;
	}

	get reserveBytes(): number {
		return this.#reserveBytes();
	}

	/** Is there room for a message of this size (0 when unknown) above the reserve? */
	async has(sizeBytes: number): Promise<boolean> {
		if (this.#isStale()) await this.measure();
		return this.#freeBytes - sizeBytes >= this.#reserveBytes();
	}

	/** Takes room for bytes that have come. False when that leaves less than the reserve. */
	take(sizeBytes: number): boolean {
		this.#freeBytes -= sizeBytes;
		if (this.#isStale()) {
			this.measure().catch((thrown: unknown) => {
				// The next message asks again and is refused if this goes on.
				this.#log.error("room-unmeasured", { error: asError(thrown).message });
			});
		}
		return this.#freeBytes >= this.#reserveBytes();
	}

	/** Rejects with the system's error when the folder cannot be looked at. */
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

	#isStale(): boolean {
		return performance.now() - this.#measuredAtMs > FRESH_MS;
	}
}
