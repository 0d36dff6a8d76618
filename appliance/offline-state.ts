/**
 * The state folder of an appliance that does not run, opened as the appliance would: under its lock. For
 * offline-backups.ts and offline-moving.ts.
 *
 * Throws `UserError` when the folder cannot be used, or is another user's: what this user writes there the
 * appliance could not read.
 */
import { stat } from "node:fs/promises";
import { errorCode, UserError } from "./errors.ts";
import { Storage } from "./store/storage.ts";

export async function openOwnState(stateDir: string): Promise<Storage> {
	await assertOwn(stateDir);
	return Storage.open({
		stateDir,
		onFatal: (error) => {
			throw error;
		},
	});
}

async function assertOwn(stateDir: string): Promise<void> {
	const ownerId = await stat(stateDir).then(
		({ uid }) => uid,
		(error: unknown) => {
			if (errorCode(error) === "ENOENT") return undefined;
			throw error;
		},
	);
	if (ownerId === undefined || ownerId === process.getuid?.()) return;
	throw new UserError(
		"state-dir-of-another",
		`Postern does not run here, and its state folder ${stateDir} belongs to another user.`,
		"Start Postern and do it then, or do it as that user.",
	);
}
