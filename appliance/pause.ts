/**
 * Pausing everything that leaves (`queue.paused`): a setting, so that it outlives a restart and stands in `config show`; since
 * when is kept beside it. For the console. Throws what the settings throw (`setting-locked`), and has noted nothing then.
 */
import type { Clock } from "./clock.ts";
import type { Config } from "./config/schema.ts";
import type { SettingsService } from "./console-services.ts";
import type { DocumentStore } from "./store/documents.ts";

const KEY = "paused";

export interface PauseOptions {
	readonly config: () => Config;
	readonly settings: SettingsService;
	readonly documents: DocumentStore;
	readonly clock: Clock;
}

export class Pause {
	readonly #options: PauseOptions;

	constructor(options: PauseOptions) {
		this.#options = options;
	}

	/** Null when mail may leave. */
	async since(): Promise<string | null> {
		if (!this.#isPaused) return null;
		// Paused by the file: nobody has noted since when.
		return (await this.#mark()) ?? this.#now;
	}

	/** Paused once more, it is paused since the first time. */
	async set(paused: boolean): Promise<void> {
		const { settings, documents } = this.#options;
		const isNew = !this.#isPaused || (await this.#mark()) === undefined;
		// The setting before the mark: where the file has the last word, it is refused.
		await settings.change({ "queue.paused": paused ? true : null });
		if (!paused) await documents.remove("mark", KEY);
		else if (isNew) await documents.put("mark", KEY, this.#now);
	}

	get #isPaused(): boolean {
		return this.#options.config().queue.paused;
	}

	get #now(): string {
		return new Date(this.#options.clock.now()).toISOString();
	}

	async #mark(): Promise<string | undefined> {
		const mark = (await this.#options.documents.list("mark")).find(({ key }) => key === KEY);
		return typeof mark?.value === "string" ? mark.value : undefined;
	}
}
