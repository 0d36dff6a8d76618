/**
 * What the console may set of the configuration: every key that stands once, with where its value comes from. For
 * console-parts.ts.
 *
 * A change is judged with the whole configuration, then put in force on trial, ports and all, and only then saved, in one
 * commit (reloading.ts). Throws `UserError`, and has changed nothing then. One after which no port of the
 * console would be open is refused: nobody could take it back.
 */
import { isDeepStrictEqual } from "node:util";
import { type ConfigDiff, needsRestart } from "./config/diff.ts";
import type { LoadedConfig } from "./config/load.ts";
import { nearest } from "./config/nearest.ts";
import type { KeyValue } from "./config/origins.ts";
import type { SavedSetting } from "./config/text-layers.ts";
import type { Setting, SettingsService } from "./console-services.ts";
import { UserError } from "./errors.ts";
import { savedSettings } from "./reloading.ts";
import type { DocumentStore } from "./store/documents.ts";
import { REFUSING } from "./words/refusing.ts";
import { say } from "./words/saying.ts";

/** Why some keys are changed elsewhere. */
const ELSEWHERE = new Map<string, typeof REFUSING.settingInFolder | typeof REFUSING.settingIsPassword>([
	["state_dir", REFUSING.settingInFolder],
	["console.password_hash", REFUSING.settingIsPassword],
]);

export interface SettingsDeskOptions {
	readonly loaded: { readonly current: LoadedConfig };
	readonly documents: DocumentStore;
	/** What the configuration would be if this were what is saved. */
	readonly load: (saved: readonly SavedSetting[]) => Promise<LoadedConfig>;
	/** Puts it in force, and has it kept when all of it can be. */
	readonly tryOut: (saved: readonly SavedSetting[], keep: () => Promise<void>) => Promise<ConfigDiff>;
	/** Some port of the console is open. */
	readonly isConsoleOpen: () => boolean;
}

type Changes = ReadonlyMap<string, unknown>;

export class SettingsDesk implements SettingsService {
	readonly #options: SettingsDeskOptions;
	/** One change at a time: each judges what the one before has left. */
	#last: Promise<unknown> = Promise.resolve();

	constructor(options: SettingsDeskOptions) {
		this.#options = options;
	}

	list(): Promise<readonly Setting[]> {
		return Promise.resolve(this.#options.loaded.current.values.map(settingOf));
	}

	change(changes: Readonly<Record<string, unknown>>) {
		const turn = this.#last.then(() => this.#change(changes));
		// The next change waits for this one and does not share its failure.
		this.#last = turn.catch(() => undefined);
		return turn;
	}

	/** Throws what `change` would throw, but for ports that cannot be had; changes nothing. */
	async check(asked: Readonly<Record<string, unknown>>): Promise<void> {
		await this.#judged(asked);
	}

	async #change(asked: Readonly<Record<string, unknown>>) {
		const { documents, tryOut, isConsoleOpen } = this.#options;
		const { changes, after } = await this.#judged(asked);
		if (changes.size === 0) return { needRestart: [] };
		const wasOpen = isConsoleOpen();
		const keep = async () => {
			if (wasOpen && !isConsoleOpen()) throw lockedOut();
			await documents.change("setting", [...changes]);
		};
		try {
			const { needRestart } = await tryOut(after, keep);
			return { needRestart };
		} catch (thrown) {
			throw isPortError(thrown)
				? new UserError("setting-invalid", `${thrown.message} ${REFUSING.nothingChanged}`, thrown.hint)
				: thrown;
		}
	}

	async #judged(asked: Readonly<Record<string, unknown>>) {
		const changes = await this.#news(asked);
		const before = await savedSettings(this.#options.documents);
		const after = [
			...before.filter(({ key }) => !changes.has(key)),
			...[...changes].flatMap(([key, value]) => (value === null ? [] : [{ key, value }])),
		];
		if (changes.size > 0) await this.#judge(before, after);
		return { changes, after };
	}

	/** What a form sends back as it was shown is no change: a default stays one, and a masked text is not saved. */
	async #news(asked: Readonly<Record<string, unknown>>): Promise<Changes> {
		const present = new Map((await this.list()).map((setting) => [setting.key, setting]));
		const changes = new Map<string, unknown>();
		for (const [name, value] of Object.entries(asked)) {
			const setting = present.get(name);
			if (setting === undefined) throw unknown(name, [...present.keys()]);
			if (setting.isLocked) throw locked(setting);
			if (!isDeepStrictEqual(value, setting.value)) changes.set(name, value);
		}
		return changes;
	}

	/** With everything else that is in force: two keys may be right alone and wrong together. */
	async #judge(before: readonly SavedSetting[], after: readonly SavedSetting[]): Promise<void> {
		const { load, loaded } = this.#options;
		const known = new Set((await load(before)).misfits);
		const next = await load(after);
		const found = next.misfits.filter((text) => !known.has(text));
		if (found.length > 0) {
			throw new UserError(
				"setting-invalid",
				found.map((text) => `${text}.`).join(" "),
				REFUSING.nothingChanged,
			);
		}
		const hasPages = ({ config: { console: pages } }: LoadedConfig) =>
			pages.listen.length + pages.listen_tls.length > 0;
		if (hasPages(loaded.current) && !hasPages(next)) throw lockedOut();
	}
}

function settingOf({ key, value, origin, isLocked }: KeyValue): Setting {
	const name = key.path.join(".");
	return {
		key: name,
		value: value ?? null,
		origin,
		isLocked: isLocked || key.meta.secret === true || ELSEWHERE.has(name),
		description: key.meta.description,
		type: typeOf(key),
		choices: key.choices,
		needsRestart: needsRestart(name),
	};
}

function typeOf({ meta, choices, type }: KeyValue["key"]): Setting["type"] {
	if (meta.secret === true) return "secret";
	if (choices.length > 0) return "choice";
	return type === "boolean" ? "switch" : type;
}

function isPortError(thrown: unknown): thrown is UserError {
	return thrown instanceof UserError && thrown.code.startsWith("port-");
}

function unknown(name: string, known: readonly string[]): UserError {
	const near = nearest(name, known);
	return new UserError(
		"setting-unknown",
		say(REFUSING.settingUnknown, { name: name.slice(0, 80) }),
		near === undefined ? "" : say(REFUSING.didYouMean, { near }),
	);
}

function locked({ key, origin }: Setting): UserError {
	const elsewhere = ELSEWHERE.get(key);
	if (elsewhere !== undefined) return new UserError("setting-locked", say(elsewhere, { key }));
	return new UserError(
		"setting-locked",
		say(REFUSING.settingLocked, { key, origin }),
		REFUSING.settingLockedDo,
	);
}

function lockedOut(): UserError {
	return new UserError("setting-invalid", REFUSING.lockedOut, REFUSING.lockedOutDo);
}
