/**
 * Puts the configuration in force while the box runs: as file and card have it (a reload), or with settings that the console
 * wants to save and that are tried first. For appliance.ts; one at a time.
 *
 * A reload that finds the configuration bad throws and changes nothing. A trial is in force, all its ports open, before it is
 * on the card; where either refuses, what was in force before is again, so that no cut of power leaves a box
 * that cannot start.
 */
import type { Accounts } from "./accounts/accounts.ts";
import type { Devices } from "./accounts/devices.ts";
import { type ConfigDiff, diffConfig } from "./config/diff.ts";
import type { LoadedConfig, SavedSetting } from "./config/load.ts";
import { asError, type UserError } from "./errors.ts";
import type { Events } from "./events.ts";
import type { Fetching } from "./fetching.ts";
import type { Listeners } from "./listeners.ts";
import type { Log } from "./log.ts";
import type { SignIns } from "./microsoft/sign-ins.ts";
import type { Runner } from "./queue/runner.ts";
import type { DocumentStore } from "./store/documents.ts";

export interface ReloadingOptions {
	/** What is in force. */
	readonly loaded: { current: LoadedConfig };
	readonly load: (saved: readonly SavedSetting[]) => Promise<LoadedConfig>;
	readonly documents: DocumentStore;
	readonly accounts: Accounts;
	readonly devices: Devices;
	readonly fetching: Fetching;
	readonly listeners: Listeners;
	readonly signIns: SignIns;
	readonly runner: Runner;
	readonly events: Events;
	readonly log: Log;
}

interface Applied {
	readonly diff: ConfigDiff;
	/** Ports that were not wanted before and cannot be had. */
	readonly refusals: readonly UserError[];
}

export class Reloading {
	readonly #options: ReloadingOptions;
	#last: Promise<unknown> = Promise.resolve();

	constructor(options: ReloadingOptions) {
		this.#options = options;
	}

	/** What file and card hold now. */
	reload(): Promise<{ readonly changes: readonly string[] }> {
		return this.#inTurn(async () => {
			const { load, documents } = this.#options;
			const next = await load(await savedSettings(documents));
			const { diff } = await this.#apply(next);
			this.#tell(next, diff);
			return { changes: diff.changed };
		});
	}

	/** As if this were saved; then `keep` saves it. Throws what it threw, `port-…`, or why the configuration is bad. */
	tryOut(saved: readonly SavedSetting[], keep: () => Promise<void>): Promise<ConfigDiff> {
		return this.#inTurn(async () => {
			const { load, loaded } = this.#options;
			const before = loaded.current;
			const next = await load(saved);
			try {
				const {
					diff,
					refusals: [refusal],
				} = await this.#apply(next);
				if (refusal !== undefined) throw refusal;
				await keep();
				this.#tell(next, diff);
				return diff;
			} catch (thrown) {
				this.#options.log.warning("configuration-put-back", { reason: asError(thrown).message });
				await this.#apply(before);
				throw thrown;
			}
		});
	}

	async #apply(next: LoadedConfig): Promise<Applied> {
		const { loaded, accounts, devices, fetching, listeners, signIns, events, runner } = this.#options;
		const diff = diffConfig(loaded.current.config, next.config);
		// All check before they change anything.
		await accounts.reload(next.config);
		await devices.reload(next.config);
		await fetching.mailboxes.reload(next.config);
		loaded.current = next;
		const refusals = await listeners.reload();
		await signIns.refreshCertificates();
		events.emit("configuration-reloaded", { changes: diff.changed.length });
		runner.nudge();
		return { diff, refusals };
	}

	#tell({ warnings }: LoadedConfig, { changed, needRestart }: ConfigDiff): void {
		const { log } = this.#options;
		for (const warning of warnings) log.warning("configuration", { warning });
		if (needRestart.length > 0) log.warning("configuration-needs-restart", { keys: needRestart.join(",") });
		log.notice("configuration-reloaded", { changes: changed.join(",") });
	}

	#inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
		const turn = this.#last.then(work);
		// The next one waits for this one and does not share its failure.
		this.#last = turn.catch(() => undefined);
		return turn;
	}
}

/** What the console saved of the configuration. */
export async function savedSettings(documents: DocumentStore): Promise<readonly SavedSetting[]> {
	return (await documents.list("setting")).map(({ key, value }) => ({ key, value }));
}
