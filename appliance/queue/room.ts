/**
 * Room on the card. A reserve is not given to new mail, so that settling and deleting stay possible on a full card; half of it is
 * for urgent devices, so that the camera that filled the card does not silence the alarm panel. For the listeners (may this message
 * begin, may it go on?) and for status.
 *
 * The measurement is about a second old; every byte received since then, whole message or not, is
 * counted against it.
 */
import { statfs } from "node:fs/promises";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import { INLINE_BYTES } from "./body-writer.ts";

const FRESH_MS = 1_000;
/** Enough for settling and deleting (decisions/0041). */
const RESERVE_FROM_URGENT = 1 / 2;

export interface RoomOptions {
	readonly folder: string;
	readonly reserveBytes: () => number;
	/** Room inside the database's file, which keeps the size it once had. */
	readonly spareBytes: () => Promise<number>;
	readonly log: Log;
}

export class Room {
	readonly #options: RoomOptions;
	#freeBytes = Number.MAX_SAFE_INTEGER;
	#spareBytes = 0;
	#measuredAtMs = Number.NEGATIVE_INFINITY;
	#measuring: Promise<void> | undefined;

	constructor(options: RoomOptions) {
		this.#options = options;
	}

	get freeBytes(): number {
		return this.#freeBytes;
	}

	get reserveBytes(): number {
		return this.#options.reserveBytes();
	}

	/** Is there room for a message of this size (0 when unknown) above the reserve, or above its part for `urgent` ones? */
	async has(sizeBytes: number, { urgent = false } = {}): Promise<boolean> {
		if (this.#isStale()) await this.measure();
		return this.#available(sizeBytes) - sizeBytes >= this.#keptBytes(urgent);
	}

	/**
	 * Takes room for bytes that have come, of a message of `messageBytes` so far. False when that leaves less than is kept from it.
	 */
	take(sizeBytes: number, messageBytes: number, { urgent = false } = {}): boolean {
		this.#freeBytes -= sizeBytes;
		if (this.#isStale()) {
			this.measure().catch((thrown: unknown) => {
				// The next message asks again and is refused if this goes on.
				this.#options.log.error("room-unmeasured", { error: asError(thrown).message });
			});
		}
		return this.#available(messageBytes) >= this.#keptBytes(urgent);
	}

	/** Rejects with the system's error when the folder cannot be looked at. */
	async measure(): Promise<void> {
		this.#measuring ??= Promise.all([statfs(this.#options.folder), this.#options.spareBytes()])
			.then(([{ bavail, bsize }, spareBytes]) => {
				this.#freeBytes = bavail * bsize;
				this.#spareBytes = spareBytes;
				this.#measuredAtMs = performance.now();
			})
			.finally(() => {
				this.#measuring = undefined;
			});
		await this.#measuring;
	}

	#keptBytes(urgent: boolean): number {
		return this.reserveBytes * (urgent ? RESERVE_FROM_URGENT : 1);
	}

	/** A message that becomes a row also fits into what the database has and does not use. */
	#available(messageBytes: number): number {
		return this.#freeBytes + (messageBytes <= INLINE_BYTES ? this.#spareBytes : 0);
	}

	#isStale(): boolean {
		return performance.now() - this.#measuredAtMs > FRESH_MS;
	}
}
