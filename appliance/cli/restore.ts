/**
 * `postern restore FILE`: checks a backup, says what is in it, asks, and has it put in place. Until the answer
 * is yes nothing changes; a file that is refused changes nothing at all.
 */
import { createReadStream } from "node:fs";
import { access, constants } from "node:fs/promises";
import type { BackupSummary } from "../console-services.ts";
import { errorCode, UserError } from "../errors.ts";
import { type Command, DONE, FAILED, type Invocation, type OpenedBackups, UsageError } from "./command.ts";
import { PASSPHRASE_OPTION, passphrase } from "./passphrase.ts";
import { renderPairs } from "./table.ts";
import { count, localTime } from "./words.ts";

export const restoreCommand: Command = {
	name: "restore",
	summary: "put what is in a backup in place of what is here",
	operands: { text: "FILE", least: 1, most: 1 },
	options: {
		"passphrase-file": PASSPHRASE_OPTION,
		yes: { type: "boolean", help: "do not ask, once the file has been checked" },
	},
	details:
		"Settings, accounts, devices, mailboxes, people and the certificate authority become those of the backup; mail\nthat waits here stays, and what waits in the backup is added. Postern restarts for it. Where it does not run,\nits state folder is changed directly. What was there before is kept for 30 days in before-restore-… in the\nstate folder: renamed to restore-ready while Postern is stopped, it is put back at the next start.",
	run: restore,
};

async function restore(invocation: Invocation): Promise<number> {
	const { operands, options, terminal, json } = invocation;
	const [file = ""] = operands;
	if (!options.flag("yes") && !invocation.canAsk()) {
		throw new UsageError("nobody can be asked here", "Add --yes to go on once the file has been checked.");
	}
	await assertReadable(file);
	const secret = await passphrase(invocation);
	const opened = await invocation.backups();
	try {
		const summary = await opened.service.receive(createReadStream(file), secret);
		if (!json) terminal.print(renderPairs(summaryFacts(summary)));
		if (!options.flag("yes") && !(await isConfirmed(invocation))) {
			terminal.tell("Nothing was changed.");
			return FAILED;
		}
		const isRestarting = await apply(opened);
		if (json) terminal.json({ summary, restarts: isRestarting });
		else terminal.print(endText(opened.isRunning, isRestarting));
		return DONE;
	} finally {
		await opened.close();
	}
}

/** False: it is to be started again by whoever started it. */
async function apply({ service, isRunning }: OpenedBackups): Promise<boolean> {
	try {
		await service.apply();
		return isRunning;
	} catch (thrown) {
		// It is ready by then.
		if (thrown instanceof UserError && thrown.code === "restart-impossible") return false;
		throw thrown;
	}
}

function endText(isRunning: boolean, isRestarting: boolean): string {
	if (isRestarting) return "Postern restarts with what is in the backup.";
	if (isRunning) return "The backup is put in place when Postern starts again: stop it and start it.";
	return "The backup is in place. Start Postern.";
}

function summaryFacts(summary: BackupSummary): [string, string][] {
	return [
		["backup of", summary.name],
		["made", `${localTime(summary.madeAt)}, by Postern ${summary.version}`],
		["accounts", String(summary.accounts)],
		["devices", String(summary.devices)],
		["mailboxes", String(summary.mailboxes)],
		["people", String(summary.people)],
		["mail", summary.messages === 0 ? "none" : `${count(summary.messages, "message")} that waited`],
		[
			"sign-ins",
			summary.hasSignIns ? "in it" : "not in it; accounts that are not signed in here have to sign in",
		],
	];
}

async function isConfirmed({ terminal, inputLines, interrupted }: Invocation): Promise<boolean> {
	terminal.tell("Put this in place of what is here? Type yes to go on:");
	for await (const line of inputLines(interrupted())) return line.trim().toLowerCase() === "yes";
	return false;
}

export async function assertReadable(file: string): Promise<void> {
	try {
		await access(file, constants.R_OK);
	} catch (error) {
		const code = errorCode(error);
		throw new UserError(
			"file-unreadable",
			code === "ENOENT" ? `There is no file ${file}.` : `The file ${file} cannot be read (${code}).`,
			code === "ENOENT" ? "Check the path." : "Try with sudo, or copy it to where you may read it.",
			{ cause: error },
		);
	}
}
