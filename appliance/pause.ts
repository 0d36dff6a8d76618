/**
 * Pausing everything that leaves (`queue.paused`): a setting, so that it outlives a restart and stands in `config show`; since
 * when is kept beside it. For the console. Throws what the settings throw (`setting-locked`).
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
		const { config, documents, clock } = this.#options;
		if (!config().queue.paused) return null;
		const mark = (await documents.list("mark")).find(({ key }) => key === KEY);
		// Paused by the file: nobody has noted since when.
		return typeof mark?.value === "string" ? mark.value : new Date(clock.now()).toISOString();
	}

	async set(paused: boolean): Promise<void> {
		const { settings, documents, clock } = this.#options;
		if (paused) await documents.put("mark", KEY, new Date(clock.now()).toISOString());
		await settings.change({ "queue.paused": paused ? true : null });
		if (!paused) await documents.remove("mark", KEY);
	}
}
