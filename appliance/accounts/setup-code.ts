/**
 * The code that claims a box from anywhere: whoever has the card, or its screen, can read it. Written by the
 * image as STATE/setup-code, or given by systemd as a credential. For console-claim.ts.
 *
 * A file that cannot be read or holds too little to be a secret counts as none and is logged; the box can
 * then be claimed from the local network alone.
 */
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { errorCode } from "../errors.ts";
import type { Log } from "../log.ts";
import { Secret } from "../secret.ts";

export interface SetupCodePlace {
	readonly stateDir: string;
	/** `$CREDENTIALS_DIRECTORY`, empty when there is none. */
	readonly credentialsDir: string;
}

/** Name of the systemd credential (`LoadCredential=`). */
const CREDENTIAL = "postern-setup-code";
const FILE = "setup-code";
/** Guessing is slowed, so that 40 bits would do; fewer signs than this are no secret. */
const LEAST_CHARACTERS = 8;
const MOST_CHARACTERS = 100;

/** In the form in which codes are compared. Undefined when there is none. */
export async function readSetupCode(place: SetupCodePlace, log: Log): Promise<Secret | undefined> {
	const { credentialsDir, stateDir } = place;
	const files = [...(credentialsDir === "" ? [] : [join(credentialsDir, CREDENTIAL)]), join(stateDir, FILE)];
	for (const file of files) {
		const content = await readIfThere(file, log);
		if (content === undefined) continue;
		const code = foldCode(content);
		if (code.length >= LEAST_CHARACTERS && code.length <= MOST_CHARACTERS) return new Secret(code);
		log.warning("setup-code-left-out", {
			file,
			reason: `has not ${LEAST_CHARACTERS} to ${MOST_CHARACTERS} letters and digits`,
		});
	}
	return undefined;
}

export { FILE as SETUP_CODE_FILE };

/** Somebody owns the box: the code is good for nothing, and must not be taken for one. A sealed one is the machine's to keep. */
export async function forgetSetupCode(
	{ stateDir }: Pick<SetupCodePlace, "stateDir">,
	log: Log,
): Promise<void> {
	try {
		await rm(join(stateDir, FILE), { force: true });
	} catch (thrown) {
		log.warning("setup-code-stays", { reason: errorCode(thrown) ?? "" });
	}
}

/** As people type it: case, blanks and hyphens do not matter. */
export function foldCode(text: string): string {
	return text
		.slice(0, 4 * MOST_CHARACTERS)
		.replaceAll(/[\s-]/g, "")
		.toLowerCase();
}

async function readIfThere(file: string, log: Log): Promise<string | undefined> {
	try {
		return await readFile(file, "utf8");
	} catch (error) {
		const code = errorCode(error);
		if (code === undefined) throw error;
		if (code !== "ENOENT") log.warning("setup-code-left-out", { file, reason: code });
		return undefined;
	}
}
