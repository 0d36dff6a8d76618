/**
 * Sign-ins and certificates' keys at rest: one file each per account in STATE/vault/, sealed with AES-256-GCM
 * under a key that is not in it. For sign-ins.ts.
 *
 * A file that cannot be read is reported, left as it is, and set aside when a new sign-in takes its
 * place. Nothing here is erased but by `remove`, or by the caller writing a dead grant.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type * as z from "zod";
import { errorCode } from "../errors.ts";
import { syncFolder, writeDurably } from "./durable-file.ts";
import { ensureVaultKey, type KeyPlace, readVaultKey } from "./vault-key.ts";

/** One sort of secret that an account may have. */
export interface VaultKind<Content> {
	readonly record: z.ZodType<Content>;
	/** Of its file. */
	readonly extension: string;
	/** Also part of what is authenticated, so that one sort does not pass for another. */
	readonly bound: string;
}

export type VaultReading<Content> =
	| { readonly state: "absent" }
	| { readonly state: "present"; readonly record: Content }
	| { readonly state: "unreadable"; readonly reason: string };

/** First bytes of a file, also part of what is authenticated. */
const FORMAT = "postern-vault-1\n";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const CIPHER = "aes-256-gcm";

export class Vault<Content> {
	readonly #place: KeyPlace;
	readonly #kind: VaultKind<Content>;
	readonly #folder: string;

	/** @param folder another one than the state folder's own: for records that are to be put in place later. */
	constructor(place: KeyPlace, kind: VaultKind<Content>, folder = join(place.stateDir, "vault")) {
		this.#place = place;
		this.#kind = kind;
		this.#folder = folder;
	}

	/** Never throws for what is, or is not, on the card. */
	async read(account: string): Promise<VaultReading<Content>> {
		const sealed = await this.#load(account);
		if (sealed === undefined) return { state: "absent" };
		if (typeof sealed === "string") return { state: "unreadable", reason: sealed };
		const key = await readVaultKey(this.#place);
		if (key.state === "absent") return { state: "unreadable", reason: "the vault's key is missing" };
		if (key.state === "unusable") return { state: "unreadable", reason: key.reason };
		return unseal(sealed, this.#bound(account), key.key, this.#kind.record);
	}

	/** On the card when it resolves. Throws what the file system throws; the old record then stands. */
	async write(account: string, record: Content): Promise<void> {
		await mkdir(this.#folder, { recursive: true, mode: 0o700 });
		const suffix = `.set-aside-${randomBytes(4).toString("hex")}`;
		if ((await this.read(account)).state === "unreadable") {
			await rename(this.#path(account), `${this.#path(account)}${suffix}`);
		}
		const key = await ensureVaultKey(this.#place, suffix);
		await writeDurably(this.#path(account), seal(JSON.stringify(record), this.#bound(account), key));
	}

	/** Also what was set aside of it. */
	async remove(account: string): Promise<void> {
		await mkdir(this.#folder, { recursive: true, mode: 0o700 });
		const prefix = basename(this.#path(account));
		for (const name of await readdir(this.#folder)) {
			if (name.startsWith(prefix)) await rm(join(this.#folder, name), { force: true });
		}
		await syncFolder(this.#folder);
	}

	/** A hash, because an address may hold characters and lengths that a file name may not. */
	#path(account: string): string {
		const hash = createHash("sha256").update(account).digest("hex").slice(0, 40);
		return join(this.#folder, `${hash}.${this.#kind.extension}`);
	}

	/** So that one account's file does not pass for another's. */
	#bound(account: string): Buffer {
		return Buffer.from(`${FORMAT}${account}${this.#kind.bound}`, "utf8");
	}

	/** The bytes, undefined for none, or why they cannot be had. */
	async #load(account: string): Promise<Buffer | string | undefined> {
		try {
			return await readFile(this.#path(account));
		} catch (error) {
			const code = errorCode(error);
			if (code === "ENOENT") return undefined;
			if (code === undefined) throw error;
			return `the vault's file cannot be read (${code})`;
		}
	}
}

/** FORMAT, nonce, tag, ciphertext. */
function seal(content: string, bound: Buffer, key: Buffer): Buffer {
	const nonce = randomBytes(NONCE_BYTES);
	const cipher = createCipheriv(CIPHER, key, nonce).setAAD(bound);
	const text = Buffer.concat([cipher.update(content, "utf8"), cipher.final()]);
	return Buffer.concat([Buffer.from(FORMAT), nonce, cipher.getAuthTag(), text]);
}

function unseal<Content>(
	sealed: Buffer,
	bound: Buffer,
	key: Buffer,
	record: z.ZodType<Content>,
): VaultReading<Content> {
	const head = FORMAT.length;
	if (
		sealed.subarray(0, head).toString("latin1") !== FORMAT ||
		sealed.length < head + NONCE_BYTES + TAG_BYTES
	) {
		return { state: "unreadable", reason: "the vault's file is damaged or of another version" };
	}
	const nonce = sealed.subarray(head, head + NONCE_BYTES);
	const tag = sealed.subarray(head + NONCE_BYTES, head + NONCE_BYTES + TAG_BYTES);
	const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
	decipher.setAAD(bound).setAuthTag(tag);
	const text = decipher.update(sealed.subarray(head + NONCE_BYTES + TAG_BYTES));
	try {
		decipher.final();
	} catch {
		// GCM's one answer to a wrong key and to damage alike.
		return { state: "unreadable", reason: "the vault's key does not fit, or its file is damaged" };
	}
	const parsed = record.safeParse(JSON.parse(text.toString("utf8")));
	if (!parsed.success) return { state: "unreadable", reason: "the vault's record is of another version" };
	return { state: "present", record: parsed.data };
}
