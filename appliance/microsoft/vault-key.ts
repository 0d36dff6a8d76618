/**
 * The key of the token vault: given by systemd as a credential, or made at first use and kept in a
 * file that only the appliance can read. Never replaced while anything is sealed with it unless a
 * new sign-in needs a key; then the old file is set aside, not deleted.
 */
import { randomBytes } from "node:crypto";
import { readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { VaultKey } from "../accounts/recoverable-secrets.ts";
import { errorCode } from "../errors.ts";
import { createDurably } from "./durable-file.ts";

const KEY_BYTES = 32;
/** Name of the systemd credential (`LoadCredential=`, `LoadCredentialEncrypted=`). */
const CREDENTIAL = "postern-vault-key";
const KEY_FILE = "vault.key";

export type KeyReading =
	| { readonly state: "ready"; readonly key: Buffer }
	| { readonly state: "absent" }
	| { readonly state: "unusable"; readonly reason: string };

export interface KeyPlace {
	readonly stateDir: string;
	/** `$CREDENTIALS_DIRECTORY`, empty when there is none. */
	readonly credentialsDir: string;
}

/** Reads the key; makes none. */
export async function readVaultKey({ stateDir, credentialsDir }: KeyPlace): Promise<KeyReading> {
	if (credentialsDir !== "") {
		const credential = await readKeyFile(join(credentialsDir, CREDENTIAL));
		if (credential.state !== "absent") return credential;
	}
	return readKeyFile(join(stateDir, KEY_FILE));
}

/** The key, made if there is none. Throws when it cannot be written, or a credential is no key. */
export async function ensureVaultKey(place: KeyPlace, setAsideSuffix: string): Promise<Buffer> {
	const reading = await readVaultKey(place);
	if (reading.state === "ready") return reading.key;
	const path = join(place.stateDir, KEY_FILE);
	if (reading.state === "unusable") {
		if ((await readKeyFile(path)).state !== "unusable") throw new Error(reading.reason);
		await rename(path, `${path}${setAsideSuffix}`);
	}
	const made = await createDurably(path, randomBytes(KEY_BYTES));
	// Another sign-in made one in the same moment: the first stands.
	const standing = await readKeyFile(path);
	if (standing.state !== "ready") throw new Error(`the key ${made ? "just made" : "found"} cannot be read`);
	return standing.key;
}

/** For other secrets than sign-ins: a key that cannot be used is never replaced for them, since sign-ins may need it. */
export function sharedVaultKey(place: KeyPlace): VaultKey {
	const read = async () => {
		const reading = await readVaultKey(place);
		return reading.state === "ready" ? reading.key : undefined;
	};
	const ensure = async () => {
		const reading = await readVaultKey(place);
		if (reading.state === "unusable") throw new Error(reading.reason);
		return reading.state === "ready" ? reading.key : ensureVaultKey(place, ".unused");
	};
	return { read, ensure };
}

async function readKeyFile(path: string): Promise<KeyReading> {
	try {
		const key = decodeKey(await readFile(path));
		if (key !== undefined) return { state: "ready", key };
		return { state: "unusable", reason: `${path} is not a key of ${KEY_BYTES} bytes` };
	} catch (error) {
		const code = errorCode(error);
		if (code === "ENOENT") return { state: "absent" };
		if (code === undefined) throw error;
		return { state: "unusable", reason: `${path} cannot be read (${code})` };
	}
}

/** Raw bytes, or the same as hex or base64 text, as people make credentials by hand. */
function decodeKey(content: Buffer): Buffer | undefined {
	if (content.length === KEY_BYTES) return content;
	const text = content.toString("latin1").trim();
	if (/^[0-9a-f]{64}$/i.test(text)) return Buffer.from(text, "hex");
	if (/^[A-Za-z0-9+/]{43}=$/.test(text)) return Buffer.from(text, "base64");
	return undefined;
}
