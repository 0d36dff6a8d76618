/**
 * The mark that a database is not whole, for the start that follows: while SQLite's checks may find nothing, what they did not find has
 * been met. For the storage threads, which die of it, and for salvage.ts.
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

const MARK_FILE = "damaged";

/** A storage thread cannot go on with its file; the process ends and starts again. */
export class DamagedFile extends Error {
	override readonly name = "DamagedFile";
}

/** Leaves the mark, where the card takes it, and gives what is to be thrown. */
export function damaged(stateDir: string, why: string): DamagedFile {
	try {
		writeFileSync(path.join(stateDir, MARK_FILE), why, { mode: 0o600 });
	} catch {
		// Then the next start finds the damage by looking, or it is met again.
	}
	return new DamagedFile(why);
}

/** Why the file was given up; undefined when it was not. */
export function damageMark(stateDir: string): string | undefined {
	const file = path.join(stateDir, MARK_FILE);
	return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

export function removeDamageMark(stateDir: string): void {
	rmSync(path.join(stateDir, MARK_FILE), { force: true });
}
