/** Why a backup is not taken, in the owner's words. For the parts of backup/. */
import { UserError } from "../errors.ts";

export function damaged(cause?: unknown): UserError {
	return new UserError(
		"backup-damaged",
		"This backup is damaged or cut short. Nothing was changed.",
		"Copy the file again from where it is kept, or take an older backup.",
		{ cause },
	);
}

export function foreign(): UserError {
	return new UserError(
		"backup-foreign",
		"This is no backup of a Postern. Nothing was changed.",
		"Choose the file that Postern gave you; its name ends in .postern-backup.",
	);
}

export function tooNew(): UserError {
	return new UserError(
		"backup-too-new",
		"This backup was made by a newer Postern. Nothing was changed.",
		"Update this Postern first, then restore the backup again.",
	);
}

export function passphraseWrong(): UserError {
	return new UserError(
		"passphrase-wrong",
		"The passphrase does not open this backup. Nothing was changed.",
		"Capitals and blanks count. Without the passphrase nobody can open the file.",
	);
}

export function tooLarge(): UserError {
	return new UserError(
		"backup-too-large",
		"There is not enough room on the card for what is in this backup. Nothing was changed.",
		"Delete messages that are not needed any more, or use a larger card.",
	);
}
