/** What has to be written so that this box's documents of a kind are those of the box that leads. Pure; for pair-desk.ts. */
import { isDeepStrictEqual } from "node:util";
import type { OpenedDocument } from "../backup/opened-documents.ts";

export interface Differences {
	readonly added: readonly OpenedDocument[];
	readonly changed: readonly OpenedDocument[];
	/** Of this box. */
	readonly removed: readonly OpenedDocument[];
}

/** Both opened: a secret that is sealed anew each time is the same secret. */
export function differencesOf(
	own: readonly OpenedDocument[],
	theirs: readonly OpenedDocument[],
): Differences {
	const ownByKey = new Map(own.map((one) => [one.key, one]));
	const theirKeys = new Set(theirs.map(({ key }) => key));
	return {
		added: theirs.filter(({ key }) => !ownByKey.has(key)),
		changed: theirs.filter((one) => {
			const before = ownByKey.get(one.key);
			return before !== undefined && !isSame(before, one);
		}),
		removed: own.filter(({ key }) => !theirKeys.has(key)),
	};
}

export function isNothing({ added, changed, removed }: Differences): boolean {
	return added.length + changed.length + removed.length === 0;
}

function isSame(one: OpenedDocument, other: OpenedDocument): boolean {
	return (
		isDeepStrictEqual(one.value, other.value) &&
		isDeepStrictEqual([...one.opened].sort(), [...other.opened].sort())
	);
}
