/**
 * Secrets that must be had back as they are: CRAM-MD5 (RFC 2195), APOP (RFC 1939) and one-time codes (RFC 6238) cannot be
 * checked against a hash. Sealed with AES-256-GCM under a key derived from the box's vault key, which is not in the
 * database; bound to the username. For devices.ts and mailboxes.ts, only where the owner turned `cram_md5` or `apop` on,
 * and for one-time-codes.ts and hook-desk.ts.
 *
 * What cannot be opened (the key is gone or another) gives undefined: whoever it belongs to can still sign in
 * by other means. `seal` throws `UserError` when there is no key to be had.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { asError, UserError } from "../errors.ts";
import { Secret } from "../secret.ts";

/** The box's vault key, 32 bytes. Given by the composition root. */
export interface VaultKey {
	/** Undefined when there is none that can be used. */
	read(): Promise<Buffer | undefined>;
	/** Made when there is none yet. Rejects when it cannot be. */
	ensure(): Promise<Buffer>;
}

const FORMAT = "v1.";
const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export interface SecretPurpose {
	/** So that no text sealed for one purpose opens as another's. */
	readonly label: string;
	/** What does not work without a key, and what to do. */
	readonly withoutKey: { readonly text: string; readonly hint: string };
}

const PASSWORD_WITHOUT_KEY = {
	text: "The password cannot be kept so that CRAM-MD5 or APOP works",
	hint: "Mend the vault key, or add it without cram_md5 and apop.",
};
export const DEVICE_PASSWORDS: SecretPurpose = {
	label: "postern device passwords",
	withoutKey: PASSWORD_WITHOUT_KEY,
};
export const MAILBOX_PASSWORDS: SecretPurpose = {
	label: "postern mailbox passwords",
	withoutKey: PASSWORD_WITHOUT_KEY,
};
export const ONE_TIME_CODES: SecretPurpose = {
	label: "postern console one-time codes",
	withoutKey: {
		text: "The secret of the one-time codes cannot be kept",
		hint: "Mend the vault key, then set them up again.",
	},
};

export const HOOK_SECRETS: SecretPurpose = {
	label: "postern web-hook secrets",
	withoutKey: {
		text: "The secret of the web-hook cannot be kept",
		hint: "Mend the vault key, then add it again.",
	},
};

export class RecoverableSecrets {
	readonly #key: VaultKey;
	readonly #purpose: SecretPurpose;

	constructor(key: VaultKey, purpose: SecretPurpose) {
		this.#key = key;
		this.#purpose = purpose;
	}

	async seal(password: Secret, username: string): Promise<string> {
		const nonce = randomBytes(NONCE_BYTES);
		const cipher = createCipheriv(CIPHER, derive(await this.#ensureKey(), this.#purpose.label), nonce);
		cipher.setAAD(Buffer.from(username));
		const sealed = Buffer.concat([cipher.update(password.reveal(), "utf8"), cipher.final()]);
		return FORMAT + Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url");
	}

	async open(text: string, username: string): Promise<Secret | undefined> {
		const key = await this.#key.read();
		const bytes = Buffer.from(text.slice(FORMAT.length), "base64url");
		if (key === undefined || !text.startsWith(FORMAT) || bytes.length < NONCE_BYTES + TAG_BYTES)
			return undefined;
		const decipher = createDecipheriv(
			CIPHER,
			derive(key, this.#purpose.label),
			bytes.subarray(0, NONCE_BYTES),
		);
		decipher.setAAD(Buffer.from(username));
		decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
		try {
			const sealed = bytes.subarray(NONCE_BYTES + TAG_BYTES);
			return new Secret(Buffer.concat([decipher.update(sealed), decipher.final()]).toString("utf8"));
		} catch {
			// Sealed with another key, for another user, or changed: all the same to the caller.
			return undefined;
		}
	}

	async #ensureKey(): Promise<Buffer> {
		try {
			return await this.#key.ensure();
		} catch (thrown) {
			const { text, hint } = this.#purpose.withoutKey;
			throw new UserError("vault-key-unusable", `${text}: ${asError(thrown).message}.`, hint, {
				cause: thrown,
			});
		}
	}
}

function derive(key: Buffer, purpose: string): Buffer {
	return Buffer.from(hkdfSync("sha256", key, "", purpose, 32));
}
