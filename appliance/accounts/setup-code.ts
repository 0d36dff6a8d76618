/**
 * The code that claims a box from anywhere: whoever has the card, or its screen, can read it. Written by the
 * image as STATE/setup-code, or given by systemd as a credential. For console-claim.ts.
 *
 * A file that cannot be read or holds too little to be a secret counts as none and is logged; the box can
 * then be claimed from the local network alone.
 */
import { randomInt } from "node:crypto";
import { access, open, readFile, rename, rm } from "node:fs/promises";
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
const ALONE = "setup-code-alone";
/** Guessing is slowed, so that 40 bits would do; fewer signs than this are no secret. */
const LEAST_CHARACTERS = 8;
const MOST_CHARACTERS = 100;
/** None that is taken for another when it is read off a screen. */
const SIGNS = "abcdefghjkmnpqrstuvwxyz23456789";
const NEW_GROUPS = 3;
const GROUP_CHARACTERS = 4;

/** In the form in which codes are compared. Undefined when there is none. */
export async function readSetupCode(place: SetupCodePlace, log: Log): Promise<Secret | undefined> {
	const { credentialsDir, stateDir } = place;
	const given =
		credentialsDir === "" || (await claimsByCodeAlone(place)) ? [] : [join(credentialsDir, CREDENTIAL)];
	const files = [...given, join(stateDir, FILE)];
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

/** The owner has asked for a new way in: nothing but the code in the state folder claims the box, also after a restart. */
export async function claimsByCodeAlone({ stateDir }: Pick<SetupCodePlace, "stateDir">): Promise<boolean> {
	return access(join(stateDir, ALONE)).then(
		() => true,
		() => false,
	);
}

/**
 * Another code in place of the one before, which alone claims the box; on the card when it resolves. The image shows it where it
 * showed that. In the form in which codes are compared.
 */
export async function renewSetupCode({ stateDir }: Pick<SetupCodePlace, "stateDir">): Promise<Secret> {
	const group = () => Array.from({ length: GROUP_CHARACTERS }, () => SIGNS[randomInt(SIGNS.length)]).join("");
	const code = Array.from({ length: NEW_GROUPS }, group).join("-");
	await replaceFile(join(stateDir, ALONE), "");
	await replaceFile(join(stateDir, FILE), `${code}\n`);
	const folder = await open(stateDir, "r");
	await folder.sync().finally(() => folder.close());
	return new Secret(foldCode(code));
}

async function replaceFile(file: string, content: string): Promise<void> {
	const beside = await open(`${file}.new`, "w", 0o600);
	try {
		await beside.writeFile(content);
		await beside.sync();
	} finally {
		await beside.close();
	}
	await rename(`${file}.new`, file);
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
