/**
 * A file that a command makes for its owner: written beside its place and renamed when it is whole, so that half of it never
 * has its name. For backup.ts and config-pair.ts.
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { errorCode, UserError } from "../errors.ts";

export interface Target {
	readonly handle: FileHandle;
	keep(): Promise<void>;
	discard(): Promise<void>;
}

export async function openTarget(file: string, mayReplace: boolean): Promise<Target> {
	const temporary = `${file}.${randomBytes(4).toString("hex")}.part`;
	let handle: FileHandle;
	try {
		handle = await open(temporary, "wx", 0o600);
	} catch (thrown) {
		throw asFileError(thrown, file);
	}
	return {
		handle,
		async keep() {
			await handle.sync();
			await handle.close();
			// Claims the name; a link would do it in one step, which a stick with FAT does not have.
			if (!mayReplace) await (await open(file, "wx", 0o600)).close();
			await rename(temporary, file);
		},
		async discard() {
			// Closed already where only its place could not be had.
			await handle.close();
			await rm(temporary, { force: true });
		},
	};
}

export async function isThere(file: string): Promise<boolean> {
	try {
		await (await open(file, "r")).close();
		return true;
	} catch (error) {
		return errorCode(error) !== "ENOENT";
	}
}

export function fileExists(file: string): UserError {
	return new UserError(
		"file-exists",
		`There is a file ${file} already.`,
		"Choose another name, or write over it with --force.",
	);
}

/** What the system says of a path that a person has typed is theirs to mend. */
export function asFileError(thrown: unknown, file: string): unknown {
	const code = errorCode(thrown);
	if (thrown instanceof UserError || code === undefined) return thrown;
	if (code === "EEXIST") return fileExists(file);
	return new UserError(
		"file-unwritable",
		`It cannot be written to ${file} (${code}).`,
		"Choose a folder that is there, that you may write to, and that has room.",
		{ cause: thrown },
	);
}
