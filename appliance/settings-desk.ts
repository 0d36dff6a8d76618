/**
 * What the console may set of the configuration: every single key, with where its value comes from. For
 * console-parts.ts.
 *
 * A change is judged with the whole configuration before anything is saved, saved in one commit, and put in
 * force. One that leaves no way to open the console is taken back. Throws `UserError`, and has changed nothing then.
 */
import type { LoadedConfig } from "./config/load.ts";
import { isRepeatedTable, SCHEMA_KEYS, type SchemaKey } from "./config/schema-keys.ts";
import type { SavedSetting } from "./config/text-layers.ts";
import type { Setting, SettingsService } from "./console-services.ts";
import { UserError } from "./errors.ts";
import type { DocumentStore } from "./store/documents.ts";

/** Comes into force at the next start. */
const NEEDS_RESTART: ReadonlySet<string> = new Set(["state_dir", "microsoft.ca_file", "microsoft.proxy"]);
/** Has a service of its own, or cannot be saved in itself. */
const NOT_HERE: ReadonlySet<string> = new Set(["state_dir", "console.password_hash"]);
const LEFT_OUT = "left out ";

const KEYS: readonly SchemaKey[] = SCHEMA_KEYS.filter(({ path }) => !isRepeatedTable(path[0] ?? ""));
const BY_NAME: ReadonlyMap<string, SchemaKey> = new Map(KEYS.map((key) => [key.path.join("."), key]));

export interface SettingsDeskOptions {
	readonly loaded: { readonly current: LoadedConfig };
	readonly documents: DocumentStore;
	/** What the configuration would be if this were what is saved. */
	readonly tryLoad: (saved: readonly SavedSetting[]) => Promise<LoadedConfig>;
	readonly reload: () => Promise<unknown>;
	/** Some port of the console is open. */
	readonly isConsoleOpen: () => boolean;
}

export class SettingsDesk implements SettingsService {
	readonly #options: SettingsDeskOptions;
	#changing: Promise<unknown> = Promise.resolve();

	constructor(options: SettingsDeskOptions) {
		this.#options = options;
	}

	list(): Promise<readonly Setting[]> {
		const { origins } = this.#options.loaded.current;
		const byKey = new Map(origins.map((origin) => [origin.key, origin]));
		return Promise.resolve(
			KEYS.map((key) => {
				const name = key.path.join(".");
				const { value = "", origin = "default" } = byKey.get(name) ?? {};
				return settingOf(key, value, origin);
			}),
		);
	}

	change(changes: Readonly<Record<string, unknown>>) {
		const changed = this.#changing.then(() => this.#change(changes));
		this.#changing = changed.catch(() => undefined);
		return changed;
	}

	async #change(changes: Readonly<Record<string, unknown>>) {
		const { documents, tryLoad, reload, isConsoleOpen } = this.#options;
		const present = await this.list();
		for (const name of Object.keys(changes)) assertMayChange(name, present);
		const before = (await documents.list("setting")).map(({ key, value }) => ({ key, value }));
		const after = [
			...before.filter(({ key }) => !(key in changes)),
			...Object.entries(changes).flatMap(([key, value]) => (value === null ? [] : [{ key, value }])),
		];
		await this.#judge(before, after, changes);
		await documents.change("setting", Object.entries(changes));
		try {
			await reload();
			if (!isConsoleOpen()) throw lockedOut();
		} catch (error) {
			await documents.change(
				"setting",
				Object.keys(changes).map((key) => [key, before.find((one) => one.key === key)?.value ?? null]),
			);
			await tryLoad(before);
			await reload();
			throw error;
		}
		return { needRestart: Object.keys(changes).filter((name) => NEEDS_RESTART.has(name)) };
	}

	/** With everything else that is in force: two keys may be right alone and wrong together. */
	async #judge(
		before: readonly SavedSetting[],
		after: readonly SavedSetting[],
		changes: Readonly<Record<string, unknown>>,
	): Promise<void> {
		const { tryLoad } = this.#options;
		const known = new Set((await tryLoad(before)).warnings);
		const { config, warnings } = await tryLoad(after);
		const found = warnings.find((warning) => warning.startsWith(LEFT_OUT) && !known.has(warning));
		if (found !== undefined) {
			const text = found.replace(/^left out (?:all )?(?:that|what) the console saved: /, "");
			throw new UserError("setting-invalid", text, "Change it and save again.");
		}
		const closesConsole = "console.listen" in changes || "console.listen_tls" in changes;
		const { listen, listen_tls } = config.console;
		if (closesConsole && listen.length === 0 && listen_tls.length === 0) throw lockedOut();
	}
}

function assertMayChange(name: string, present: readonly Setting[]): void {
	const setting = present.find(({ key }) => key === name);
	if (setting === undefined || !BY_NAME.has(name) || NOT_HERE.has(name) || setting.type === "secret") {
		throw new UserError("setting-unknown", `There is no setting "${name.slice(0, 80)}" to change here.`);
	}
	if (!setting.isLocked) return;
	throw new UserError(
		"setting-locked",
		`${name} is set by ${setting.origin}.`,
		"Change it there, then reload.",
	);
}

function lockedOut(): UserError {
	return new UserError(
		"setting-invalid",
		"With this no port of the console would be open, and nobody could change it back.",
		"Leave console.listen or console.listen_tls a port that is free.",
	);
}

function settingOf(key: SchemaKey, value: string, origin: string): Setting {
	const name = key.path.join(".");
	const isSecret = key.meta.secret === true;
	const type = isSecret
		? "secret"
		: key.choices.length > 0
			? "choice"
			: key.type === "boolean"
				? "switch"
				: key.type;
	return {
		key: name,
		value: isSecret ? null : parsed(value),
		origin,
		isLocked: origin !== "default" && origin !== "console",
		description: key.meta.description,
		type,
		choices: key.choices,
		needsRestart: NEEDS_RESTART.has(name),
	};
}

/** As `config show` has it: JSON, or words for a key that is not set. */
function parsed(value: string): unknown {
	try {
		return JSON.parse(value) as unknown;
	} catch {
		return null;
	}
}
