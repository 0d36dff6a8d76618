/**
 * Keeps counts that run over a day (recipients) on the card, for allowances.ts: seldom, for a card
 * wears out, that is whenever a count has grown by a twentieth of its limit, and when the box stops.
 *
 * So a restart in good order remembers all of it, and a crash or a power cut forgets at most a twentieth:
 * then Microsoft's own answer stops the account. A write that the card refuses is logged and made up
 * for by the next. How long the box was off, only the wall clock knows; one that stands before the time
 * of saving frees nothing, and one that is put right later is heard before mail waits for it.
 */
import type { Clock } from "../clock.ts";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { DocumentStore } from "../store/documents.ts";
import type { AgedCounts, SlidingWindow } from "./sliding-window.ts";

const SAVED_SHARE = 1 / 20;

interface Saved {
	readonly savedAtMs: number;
	readonly counts: AgedCounts;
}

interface Kept {
	readonly window: SlidingWindow;
	/** How much was in it when it was saved last. */
	savedUsed: number;
	/** By how much the wall clock was ahead of the monotonic one when it was put back. */
	offsetMs: number;
}

/** A clock is not put right by less. */
const CORRECTION_MS = 60_000;

export interface KeptCountsOptions {
	readonly documents: DocumentStore;
	readonly clock: Clock;
	readonly log: Log;
}

export class KeptCounts {
	readonly #options: KeptCountsOptions;
	readonly #saved: ReadonlyMap<string, Saved>;
	readonly #kept = new Map<string, Kept>();
	#writing: Promise<void> = Promise.resolve();

	private constructor(options: KeptCountsOptions, saved: ReadonlyMap<string, Saved>) {
		this.#options = options;
		this.#saved = saved;
	}

	/** Rejects when the store does. */
	static async open(options: KeptCountsOptions): Promise<KeptCounts> {
		const documents = await options.documents.list("allowance");
		const saved = documents.flatMap(({ key, value }) => (isSaved(value) ? [[key, value] as const] : []));
		return new KeptCounts(options, new Map(saved));
	}

	/** Puts back into a new window what was counted before the restart. */
	restore(account: string, window: SlidingWindow): void {
		const kept: Kept = { window, savedUsed: 0, offsetMs: 0 };
		this.#kept.set(account, kept);
		this.#putBack(account, kept);
		kept.savedUsed = window.used(this.#options.clock.monotonicMs());
	}

	/** True when the wall clock has been put forward, and has freed what was put back with a wrong age. */
	correct(account: string): boolean {
		const kept = this.#kept.get(account);
		if (kept === undefined || this.#offsetMs() < kept.offsetMs + CORRECTION_MS) return false;
		this.#putBack(account, kept);
		return true;
	}

	/** Something was counted in the account's window, whose limit is `most`. */
	grown(account: string, window: SlidingWindow, most: number): void {
		const kept = this.#kept.get(account);
		if (kept === undefined) return;
		const used = window.used(this.#options.clock.monotonicMs());
		// What has fallen out since the last time is no growth.
		kept.savedUsed = Math.min(kept.savedUsed, used);
		if (used - kept.savedUsed >= most * SAVED_SHARE) this.#save(account, kept);
	}

	/** All of it, before the box stops. */
	async close(): Promise<void> {
		const nowMs = this.#options.clock.monotonicMs();
		for (const [account, kept] of this.#kept) {
			if (kept.window.used(nowMs) > 0) this.#save(account, kept);
		}
		await this.#writing;
	}

	#putBack(account: string, kept: Kept): void {
		const { clock } = this.#options;
		kept.offsetMs = this.#offsetMs();
		const saved = this.#saved.get(account);
		if (saved === undefined) return;
		const elapsedMs = Math.max(0, clock.now() - saved.savedAtMs);
		kept.window.restore(saved.counts, elapsedMs, clock.monotonicMs());
	}

	#offsetMs(): number {
		const { clock } = this.#options;
		return clock.now() - clock.monotonicMs();
	}

	#save(account: string, kept: Kept): void {
		const { documents, clock, log } = this.#options;
		const nowMs = clock.monotonicMs();
		kept.savedUsed = kept.window.used(nowMs);
		const value: Saved = { savedAtMs: clock.now(), counts: kept.window.counts(nowMs) };
		this.#writing = this.#writing
			.then(() => documents.put("allowance", account, value))
			.catch((thrown: unknown) => {
				log.warning("allowance-not-saved", { account, error: asError(thrown).message });
			});
	}
}

function isSaved(value: unknown): value is Saved {
	if (typeof value !== "object" || value === null) return false;
	const { savedAtMs, counts } = value as Partial<Saved>;
	return (
		typeof savedAtMs === "number" &&
		Array.isArray(counts) &&
		counts.every((pair) => Array.isArray(pair) && pair.length === 2 && pair.every(Number.isFinite))
	);
}
