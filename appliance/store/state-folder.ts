/**
 * The state folder before anything in it is opened: made where there is none, and whether this user may use it. For storage.ts.
 *
 * A folder that was copied by another user, or that a card has made read-only, is refused in words; nothing of it is changed.
 * Throws `UserError`.
 */
import { accessSync, chmodSync, constants, existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import { errorCode, UserError } from "../errors.ts";

const DATABASE = ["postern.db", "postern.db-wal", "postern.db-shm"] as const;
/** What a start cannot do without; others' things may lie there too. */
const PARTS = [...DATABASE, "lock.db", "attempts", "spool", "vault", "vault.key", "tls"] as const;

export function makeUsable(stateDir: string): void {
	try {
		mkdirSync(stateDir, { recursive: true, mode: 0o700 });
		accessSync(stateDir, constants.R_OK | constants.W_OK | constants.X_OK);
	} catch (thrown) {
		throw refusal(
			thrown,
			"state-dir-unusable",
			`The state folder ${stateDir} cannot be used by this user (${errorCode(thrown) ?? "unknown error"}).`,
			"Set state_dir to a folder that this user may write, or start as the user that owns it.",
		);
	}
	for (const place of PARTS.map((name) => path.join(stateDir, name)).filter(existsSync)) {
		try {
			accessSync(place, constants.R_OK | constants.W_OK);
			// Made by an earlier run under another umask, perhaps.
			if (DATABASE.some((name) => place.endsWith(name))) chmodSync(place, 0o600);
		} catch (thrown) {
			throw refusal(
				thrown,
				"storage-of-another",
				`${place} in the state folder cannot be used by this user (${errorCode(thrown) ?? "unknown error"}).`,
				"It belongs to another user: give the state folder and all in it to the user that Postern runs as. The mail in it is untouched.",
			);
		}
	}
}

function refusal(thrown: unknown, code: string, text: string, hint: string): UserError {
	if (errorCode(thrown) !== "EROFS") return new UserError(code, text, hint, { cause: thrown });
	return new UserError(
		"storage-read-only",
		`${text} The card can only be read.`,
		"It may be failing: start the box again, and put in a new card if that goes on. The mail in it is untouched.",
		{ cause: thrown },
	);
}
