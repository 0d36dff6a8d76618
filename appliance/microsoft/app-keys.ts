/**
 * The keys of one account that signs in by certificate, newest first: made on the box and sealed in the vault, or
 * the owner's own file. For app-grant.ts.
 *
 * A renewed key stands beside the old one until Microsoft has accepted it, so that mail flows while somebody
 * uploads the new certificate; then the old one is erased. The owner's file is read anew each time; the one it
 * held before serves until the new one is accepted, or the box restarts.
 */
import { readFile } from "node:fs/promises";
import * as z from "zod";
import type { Account } from "../accounts/model.ts";
import { errorCode, UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import { say } from "../words/saying.ts";
import { SIGN_IN } from "../words/sign-in.ts";
import { type AppKey, readAppKey } from "./app-key.ts";
import type { Vault, VaultKind } from "./vault.ts";

const RECORD = z.object({
	/** Oldest first; one, or two while the newer waits to be accepted. */
	keys: z.array(
		z.object({
			/** Key and certificate. */
			pem: z.string(),
			/** Wall clock, milliseconds since 1970; null until Microsoft has accepted it. */
			acceptedAt: z.number().nullable(),
		}),
	),
});
export type AppKeysRecord = z.infer<typeof RECORD>;

export const APP_KEYS_KIND: VaultKind<AppKeysRecord> = {
	record: RECORD,
	extension: "certificate",
	bound: "\ncertificate",
};

/** A key, and what is known of it. */
export interface KnownKey extends AppKey {
	/** Wall clock; undefined until Microsoft has accepted it. */
	readonly acceptedAtMs: number | undefined;
}

/** Longer than any key with its chain. */
const LONGEST_PEM_BYTES = 256 * 1024;

export interface AppKeysParts {
	readonly vault: Vault<AppKeysRecord>;
	readonly log: Log;
	/** Wall clock. */
	readonly now: () => number;
}

export class AppKeys {
	readonly #address: string;
	readonly #parts: AppKeysParts;
	#keys: readonly KnownKey[] = [];
	/** Of the vault's keys, as they are sealed. */
	#record: AppKeysRecord = { keys: [] };
	#isFromFile = false;
	/** Why there are none, or none that can be read. */
	#problem = "";

	constructor(address: string, parts: AppKeysParts) {
		this.#address = address;
		this.#parts = parts;
	}

	/** What the vault holds. A vault that cannot be read is no error. */
	async load(): Promise<void> {
		const reading = await this.#parts.vault.read(this.#address);
		if (reading.state === "unreadable") {
			this.#problem = say(SIGN_IN.certificateUnreadable, {
				address: this.#address,
				why: reading.reason,
			});
			this.#parts.log.warning("vault-unreadable", { account: this.#address, reason: reading.reason });
		}
		if (reading.state === "present") this.#install(reading.record);
	}

	/** Newest first, as last read. */
	get known(): readonly KnownKey[] {
		return this.#keys;
	}

	/** For the owner: why there is no key to use; empty when there is one. */
	get problem(): string {
		return this.#keys.length > 0 ? "" : this.#problem;
	}

	/** Reads the owner's file again, where there is one. */
	async refresh({ certificateFile }: Account): Promise<void> {
		if (certificateFile === "") {
			// The owner has taken the file out of the configuration: the box's own keys count again.
			if (this.#isFromFile) this.#install(this.#record);
			this.#isFromFile = false;
			return;
		}
		const read = await readFileKey(certificateFile);
		if (typeof read === "string") {
			this.#problem = read;
			this.#parts.log.warning("certificate-file", { account: this.#address, reason: read });
			return;
		}
		this.#problem = "";
		this.#isFromFile = true;
		const [newest] = this.#keys;
		if (newest?.thumbprintSha256 === read.thumbprintSha256) return;
		const older = this.#keys.filter(({ acceptedAtMs }) => acceptedAtMs !== undefined).slice(0, 1);
		this.#keys = [{ ...read, acceptedAtMs: undefined }, ...older];
	}

	/**
	 * Makes a key where there is none, or with `renew` a new one beside the one in use. True when it made one.
	 * On the card when it resolves. Throws `certificate-in-file` for one that the owner keeps, and what the
	 * card throws.
	 */
	async make(account: Account, nowMs: number, renew: boolean): Promise<boolean> {
		if (account.certificateFile !== "") {
			if (!renew) return false;
			throw new UserError(
				"certificate-in-file",
				say(SIGN_IN.certificateInFile, { address: account.address, file: account.certificateFile }),
				SIGN_IN.certificateInFileDo,
			);
		}
		if (this.#keys.length > 0 && !renew) return false;
		const { makeAppKey } = await import("./app-key-maker.ts");
		const pem = await makeAppKey(`Postern ${account.address}`, nowMs);
		// One that was never accepted is of no use to anybody.
		const accepted = this.#record.keys.filter(({ acceptedAt }) => acceptedAt !== null).slice(-1);
		await this.#save({ keys: [...accepted, { pem, acceptedAt: null }] });
		return true;
	}

	/** Microsoft has accepted this key: older ones are not needed any more. */
	async accepted({ thumbprintSha256 }: KnownKey): Promise<void> {
		const index = this.#keys.findIndex((key) => key.thumbprintSha256 === thumbprintSha256);
		const key = this.#keys[index];
		if (key === undefined || (key.acceptedAtMs !== undefined && index === this.#keys.length - 1)) return;
		const acceptedAtMs = key.acceptedAtMs ?? this.#parts.now();
		const newer = this.#keys.slice(0, index);
		this.#keys = [...newer, { ...key, acceptedAtMs }];
		const place = this.#record.keys.findIndex(({ pem }) => thumbprintOf(pem) === thumbprintSha256);
		// The owner's file is the owner's.
		if (place === -1) return;
		const kept = this.#record.keys.slice(place).map((entry, position) => ({
			pem: entry.pem,
			acceptedAt: position === 0 ? acceptedAtMs : entry.acceptedAt,
		}));
		await this.#save({ keys: kept });
	}

	/** True when their newest key was not here. One that Microsoft has accepted here meanwhile is here. */
	async takeOver(theirs: AppKeysRecord): Promise<boolean> {
		const newest = theirs.keys.at(-1);
		if (newest === undefined || this.#record.keys.some(({ pem }) => pem === newest.pem)) return false;
		const isFromFile = this.#isFromFile;
		const inUse = this.#keys;
		await this.#save(theirs);
		// The owner's own file goes on being the one to sign in with.
		if (isFromFile) this.#keys = inUse;
		return true;
	}

	async forget(): Promise<void> {
		this.#keys = [];
		this.#record = { keys: [] };
		this.#problem = "";
		await this.#parts.vault.remove(this.#address);
	}

	async #save(record: AppKeysRecord): Promise<void> {
		await this.#parts.vault.write(this.#address, record);
		this.#install(record);
	}

	#install(record: AppKeysRecord): void {
		this.#record = record;
		this.#keys = record.keys.toReversed().flatMap(({ pem, acceptedAt }) => {
			const key = readAppKey(pem);
			return typeof key === "string" ? [] : [{ ...key, acceptedAtMs: acceptedAt ?? undefined }];
		});
	}
}

function thumbprintOf(pem: string): string {
	const key = readAppKey(pem);
	return typeof key === "string" ? "" : key.thumbprintSha256;
}

/** The key, or for the owner why it cannot be had. */
async function readFileKey(file: string): Promise<AppKey | string> {
	try {
		const pem = await readFile(file);
		const key = pem.length > LONGEST_PEM_BYTES ? SIGN_IN.pemTooLong : readAppKey(pem.toString("utf8"));
		return typeof key === "string" ? say(SIGN_IN.certificateFileUnusable, { file, why: key }) : key;
	} catch (error) {
		const code = errorCode(error);
		if (code === undefined) throw error;
		return say(SIGN_IN.certificateFileUnreadable, { file, why: code });
	}
}
