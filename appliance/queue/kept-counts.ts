/**
 * Keeps counts that run over a day (recipients) on the card, for allowances.ts: seldom, for a card
 * wears out, that is whenever a count has grown by a twentieth of its limit, and when the box stops.
 *
 * So a restart in good order remembers all of it, and a crash or a power cut forgets at most a twentieth:
 * then Microsoft's own answer stops the account. A write that the card refuses is logged and made up
 * for by the next. Ages are counted by the wall clock over a restart; a clock that stands before the time of
 * saving frees nothing.
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

export interface KeptCountsOptions {
	readonly documents: DocumentStore;
	readonly clock: Clock;
	readonly log: Log;
}

export class KeptCounts {
	readonly #options: KeptCountsOptions;
	readonly #saved: ReadonlyMap<string, Saved>;
	/** By account: what was counted since it was saved. */
	readonly #windows = new Map<string, { readonly window: SlidingWindow; savedUsed: number }>();
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
		const { clock } = this.#options;
		const saved = this.#saved.get(account);
		const nowMs = clock.monotonicMs();
		if (saved !== undefined) {
			window.restore(saved.counts, Math.max(0, clock.now() - saved.savedAtMs), nowMs);
		}
		this.#windows.set(account, { window, savedUsed: window.used(nowMs) });
	}

	/** Something was counted in the account's window, whose limit is `most`. */
	grown(account: string, window: SlidingWindow, most: number): void {
		const kept = this.#windows.get(account);
		if (kept === undefined) return;
		const used = window.used(this.#options.clock.monotonicMs());
		// What has fallen out since the last time is no growth.
		kept.savedUsed = Math.min(kept.savedUsed, used);
		if (used - kept.savedUsed >= most * SAVED_SHARE) this.#save(account, kept);
	}

	/** All of it, before the box stops. */
	async close(): Promise<void> {
		const nowMs = this.#options.clock.monotonicMs();
		for (const [account, kept] of this.#windows) {
			if (kept.window.used(nowMs) > 0) this.#save(account, kept);
		}
		await this.#writing;
	}

	#save(account: string, kept: { readonly window: SlidingWindow; savedUsed: number }): void {
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
