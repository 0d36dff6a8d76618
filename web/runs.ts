/**
 * Work that takes longer than a page: a sign-in, a test. It goes on while its owner's phone sleeps, and every page
 * that shows it sees how far it is. One at a time by key; what has ended is kept for a while to be read.
 *
 * A run that throws a `UserError` ends with it; anything else is a fault of ours, logged, and its page says so.
 */
import { asError, UserError } from "../appliance/errors.ts";
import type { Log } from "../appliance/log.ts";
import { REFUSING } from "../appliance/words/refusing.ts";

export interface Run<News> {
	/** All of it, oldest first. */
	readonly news: readonly News[];
	readonly startedAt: Date;
	readonly isOver: boolean;
	/** Why it ended early; a run that ended well or was cancelled has none. */
	readonly refusal: UserError | undefined;
}

interface Running<News> extends Run<News> {
	news: News[];
	isOver: boolean;
	refusal: UserError | undefined;
	readonly cancel: AbortController;
	ended: Promise<void>;
}

const MOST_RUNS = 50;
const MOST_NEWS = 500;
const KEPT_MS = 15 * 60_000;

export class Runs {
	readonly #log: Log;
	readonly #runs = new Map<string, Running<unknown>>();
	readonly #listeners = new Set<() => void>();

	constructor(log: Log) {
		this.#log = log;
	}

	/** Begins, or joins one that is under way. Throws `UserError` `too-many-runs`. */
	start<News>(key: string, open: (signal: AbortSignal) => AsyncIterable<News>): Run<News> {
		const present = this.#runs.get(key);
		if (present !== undefined && !present.isOver) return present as Running<News>;
		this.#runs.delete(key);
		this.#makeRoom();
		const run: Running<News> = {
			news: [],
			startedAt: new Date(),
			isOver: false,
			refusal: undefined,
			cancel: new AbortController(),
			ended: Promise.resolve(),
		};
		this.#runs.set(key, run as Running<unknown>);
		run.ended = this.#follow(key, run, open);
		return run;
	}

	/** Undefined: none, or it ended long ago. */
	find<News>(key: string): Run<News> | undefined {
		return this.#runs.get(key) as Running<News> | undefined;
	}

	/** Resolves when it has ended: only then can another take its place. */
	async cancel(key: string): Promise<void> {
		const run = this.#runs.get(key);
		run?.cancel.abort();
		await run?.ended;
	}

	/** What has ended is no longer shown. */
	forget(key: string): void {
		if (this.#runs.get(key)?.isOver === true) this.#runs.delete(key);
	}

	/** Called when any run has news. */
	onNews(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	cancelAll(): void {
		for (const run of this.#runs.values()) run.cancel.abort();
	}

	async #follow<News>(
		key: string,
		run: Running<News>,
		open: (signal: AbortSignal) => AsyncIterable<News>,
	): Promise<void> {
		try {
			for await (const news of open(run.cancel.signal)) {
				run.news.push(news);
				if (run.news.length > MOST_NEWS) run.news.shift();
				this.#tell();
			}
		} catch (thrown) {
			if (!run.cancel.signal.aborted) run.refusal = this.#refusalFor(key, thrown);
		}
		run.isOver = true;
		this.#tell();
		setTimeout(() => {
			if (this.#runs.get(key) === (run as Running<unknown>)) this.#runs.delete(key);
		}, KEPT_MS).unref();
	}

	#refusalFor(key: string, thrown: unknown): UserError {
		if (thrown instanceof UserError) return thrown;
		const error = asError(thrown);
		this.#log.error("console-run-fault", { run: key, error: error.stack ?? error.message });
		return new UserError("internal-fault", REFUSING.ownFault, REFUSING.ownFaultDo);
	}

	#makeRoom(): void {
		for (const [key, run] of this.#runs) {
			if (this.#runs.size < MOST_RUNS) return;
			if (run.isOver) this.#runs.delete(key);
		}
		if (this.#runs.size >= MOST_RUNS) {
			throw new UserError("too-many-runs", REFUSING.tooMuchAtOnce, REFUSING.tooMuchAtOnceDo);
		}
	}

	#tell(): void {
		for (const listener of this.#listeners) listener();
	}
}
