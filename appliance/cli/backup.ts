/**
 * `postern backup FILE`: everything in one encrypted file (target-file.ts), whole or not at all.
 */
import path from "node:path";
import { UserError } from "../errors.ts";
import { type Command, DONE, type Invocation } from "./command.ts";
import { newPassphrase, PASSPHRASE_OPTION } from "./passphrase.ts";
import { asFileError, fileExists, isThere, openTarget } from "./target-file.ts";
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
