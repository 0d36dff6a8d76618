/**
 * Writes a small file so that after a power cut it is there whole: the old one or the new one.
 * For the token vault.
 */
import { randomBytes } from "node:crypto";
import { link, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { errorCode } from "../errors.ts";

/** Throws what the file system throws; then the old file stands as it was. */
export async function writeDurably(path: string, content: Buffer): Promise<void> {
	await withTemporary(path, content, (temporary) => rename(temporary, path));
}

/** The same, but never in place of a file that is there; says whether it was made. */
export async function createDurably(path: string, content: Buffer): Promise<boolean> {
	return withTemporary(path, content, async (temporary) => {
		try {
			await link(temporary, path);
			return true;
		} catch (error) {
			if (errorCode(error) !== "EEXIST") throw error;
			return false;
		} finally {
			await rm(temporary, { force: true });
		}
	});
}

async function withTemporary<T>(
	path: string,
	content: Buffer,
	place: (temporary: string) => Promise<T>,
): Promise<T> {
	const temporary = `${path}.${randomBytes(6).toString("hex")}.tmp`;
	try {
		const file = await open(temporary, "wx", 0o600);
		try {
			await file.writeFile(content);
			await file.sync();
		} finally {
			await file.close();
		}
		const placed = await place(temporary);
		await syncFolder(dirname(path));
		return placed;
	} catch (error) {
		await rm(temporary, { force: true });
		throw error;
	}
}

/** Makes a name's creation, renaming or removal last. */
export async function syncFolder(path: string): Promise<void> {
	const folder = await open(path, "r");
	try {
		await folder.sync();
	} finally {
		await folder.close();
	}
}
