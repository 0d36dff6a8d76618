/**
 * `postern backup FILE`: everything in one encrypted file. It is written beside its place and renamed when it is
 * whole, so that half a backup never has a backup's name.
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import path from "node:path";
import { errorCode, UserError } from "../errors.ts";
import { type Command, DONE, type Invocation } from "./command.ts";
import { newPassphrase, PASSPHRASE_OPTION } from "./passphrase.ts";
import { size } from "./words.ts";

export const backupCommand: Command = {
	name: "backup",
	summary: "put settings, accounts, devices, mailboxes and people into one encrypted file",
	operands: { text: "FILE", least: 1, most: 1 },
	options: {
		"with-sign-ins": {
			type: "boolean",
			help: "the sign-ins to Microsoft too: whoever has file and passphrase has the mailboxes",
		},
		"with-queue": { type: "boolean", help: "the mail that waits too, for moving to another card" },
		"passphrase-file": PASSPHRASE_OPTION,
		force: { type: "boolean", help: "write over a file that is there" },
	},
	details:
		"The box's own certificate authority goes along, so that devices keep trusting it. What stands in postern.toml\ndoes not: keep a copy of that file. Without the passphrase nobody can open the backup.\nStop Postern for good before you restore its queue elsewhere: what both have may be sent twice.",
	run: backup,
};

async function backup(invocation: Invocation): Promise<number> {
	const { operands, options, terminal, json } = invocation;
	const file = path.resolve(operands[0] ?? "");
	const mayReplace = options.flag("force");
	if (!mayReplace && (await isThere(file))) throw fileExists(file);
	const passphrase = await newPassphrase(invocation);
	const interrupted = invocation.interrupted();
	const target = await openTarget(file, mayReplace);
	let sizeBytes = 0;
	try {
		const opened = await invocation.backups();
		try {
			const { content } = await opened.service.make(passphrase, {
				signIns: options.flag("with-sign-ins"),
				queue: options.flag("with-queue"),
			});
			for await (const chunk of content) {
				if (interrupted.aborted) throw new UserError("cancelled", "Cancelled; no backup was written.");
				sizeBytes += chunk.length;
				await target.handle.writeFile(chunk);
			}
		} finally {
			await opened.close();
		}
		await target.keep();
	} catch (thrown) {
		await target.discard();
		throw asFileError(thrown, file);
	}
	if (json) terminal.json({ file, sizeBytes });
	else terminal.print(`The backup is in ${file} (${size(sizeBytes)}). Keep its passphrase apart from it.`);
	return DONE;
}

interface Target {
	readonly handle: FileHandle;
	keep(): Promise<void>;
	discard(): Promise<void>;
}

async function openTarget(file: string, mayReplace: boolean): Promise<Target> {
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

async function isThere(file: string): Promise<boolean> {
	try {
		await (await open(file, "r")).close();
		return true;
	} catch (error) {
		return errorCode(error) !== "ENOENT";
	}
}

function fileExists(file: string): UserError {
	return new UserError(
		"file-exists",
		`There is a file ${file} already.`,
		"Choose another name, or write over it with --force.",
	);
}

/** What the system says of a path that a person has typed is theirs to mend. */
function asFileError(thrown: unknown, file: string): unknown {
	const code = errorCode(thrown);
	if (thrown instanceof UserError || code === undefined) return thrown;
	if (code === "EEXIST") return fileExists(file);
	return new UserError(
		"file-unwritable",
		`The backup cannot be written to ${file} (${code}).`,
		"Choose a folder that is there, that you may write to, and that has room.",
		{ cause: thrown },
	);
}
