/**
 * The settings that both boxes share, changed as the console would change them: judged, tried, then saved. For pair-desk.ts.
 *
 * What this box's own file says stays; a setting that cannot be had is told and leaves the others alone.
 */
import { isDeepStrictEqual } from "node:util";
import type { OpenedDocument } from "../backup/opened-documents.ts";
import type { Setting } from "../console-services.ts";
import { UserError } from "../errors.ts";
import { isSharedSetting } from "./shared-parts.ts";

export interface SharedSettings {
	list(): Promise<readonly Setting[]>;
	/** Null takes back to the default. Throws `UserError`, and has changed nothing then. */
	change(changes: Readonly<Record<string, unknown>>): Promise<{ readonly needRestart: readonly string[] }>;
}

export interface TakenSettings {
	/** Keys. */
	readonly changed: readonly string[];
	readonly needRestart: readonly string[];
	/** Owner texts. */
	readonly left: readonly string[];
}

export async function takeSettings(
	settings: SharedSettings,
	own: readonly OpenedDocument[],
	theirs: readonly OpenedDocument[],
): Promise<TakenSettings> {
	const present = new Map((await settings.list()).map((setting) => [setting.key, setting]));
	const changes: Record<string, unknown> = {};
	const left: string[] = [];
	for (const { key, value } of theirs.filter((one) => isSharedSetting(one.key))) {
		const setting = present.get(key);
		// Also one that is saved here already; and one that stands here by default.
		const isSaved = own.some((one) => one.key === key && isDeepStrictEqual(one.value, value));
		if (isSaved || isDeepStrictEqual(setting?.value, value)) continue;
		if (setting === undefined)
			left.push(`The setting ${key} is not known to this version: update this box too.`);
		else if (setting.isLocked)
			left.push(`The setting ${key} stands in this box's own file: ${setting.origin}.`);
		else changes[key] = value;
	}
	for (const { key } of own) {
		if (theirs.some((one) => one.key === key) || present.get(key)?.isLocked !== false) continue;
		changes[key] = null;
	}
	const changed = Object.keys(changes);
	if (changed.length === 0) return { changed: [], needRestart: [], left };
	try {
		const { needRestart } = await settings.change(changes);
		return { changed, needRestart, left };
	} catch (thrown) {
		if (!(thrown instanceof UserError)) throw thrown;
		const why = `${thrown.message} ${thrown.hint}`.trim();
		return { changed: [], needRestart: [], left: [...left, `Settings were left as they are: ${why}`] };
	}
}
