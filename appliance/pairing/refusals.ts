/** Why an export is not made or not taken, in the owner's words. For pair-desk.ts and export-file.ts. */
import { UserError } from "../errors.ts";

const NOTHING = "Nothing was changed.";

/** What the parts of backup/ throw of any encrypted file, said of this one. */
export function ofExport(thrown: unknown): unknown {
	if (!(thrown instanceof UserError)) return thrown;
	switch (thrown.code) {
		case "backup-damaged":
			return damaged(thrown);
		case "backup-foreign":
			return new UserError(
				"export-foreign",
				`This is no file of \`postern config export\`. ${NOTHING}`,
				"A backup is put in place with `postern restore`.",
			);
		case "backup-too-new":
			return tooNew();
		case "passphrase-wrong":
			return new UserError(
				"passphrase-wrong",
				`The passphrase does not open this file. ${NOTHING}`,
				"It is the one that was given to `postern config export`.",
			);
		default:
			return thrown;
	}
}

export function damaged(cause?: unknown): UserError {
	return new UserError(
		"export-damaged",
		`This export is damaged or cut short. ${NOTHING}`,
		"Have it made and sent again.",
		{ cause },
	);
}

export function tooNew(): UserError {
	return new UserError(
		"export-too-new",
		`The box that leads has a newer Postern than this one. ${NOTHING}`,
		"Update this box too.",
	);
}

export function notFollowing(name: string): UserError {
	return new UserError(
		"not-following",
		`This box does not go by "${name}". ${NOTHING}`,
		`If it shall, and lose the devices, accounts and mailbox logins that "${name}" has not: postern config follow ${name}`,
	);
}

export function followsAnother(followed: string, name: string): UserError {
	return new UserError(
		"follows-another",
		followed === name
			? `Another box of the name "${name}" has made this file than the one that is gone by here. ${NOTHING}`
			: `This box goes by "${followed}", and the file is of "${name}". ${NOTHING}`,
		`If it shall go by that one from now on: postern config follow ${name}`,
	);
}

export function onlyLeader(followed: string): UserError {
	return new UserError(
		"follows-another",
		`This box goes by "${followed}", so its own devices and accounts are not the ones to go by.`,
		`Export on "${followed}". If that one is gone for good: postern config lead`,
	);
}

export function leaderEmpty(name: string): UserError {
	return new UserError(
		"leader-empty",
		`"${name}" has no devices and no accounts, and this box has. ${NOTHING}`,
		`Is it the other way round? If "${name}" has lost what it had: \`postern config lead\` here, and let it follow this one.`,
	);
}
