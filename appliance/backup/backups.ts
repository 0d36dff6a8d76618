/**
 * Backup and restore (`BackupDesk` of console-services.ts): makes the encrypted file, takes one in, and has it
 * put in place at the next start. For console-parts.ts and, where no appliance runs, offline-backups.ts.
 *
 * Refused as a whole, a file changes nothing. One that was taken in and not put in place is removed after an hour,
 * and when the appliance ends or starts.
 */
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import type { BackupDesk, BackupParts, BackupSummary, RestoreReport } from "../console-services.ts";
import { asError, errorCode, UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import { syncFolder } from "../microsoft/durable-file.ts";
import type { KeyPlace } from "../microsoft/vault-key.ts";
import type { Secret } from "../secret.ts";
import { READY_FOLDER } from "../store/restore.ts";
import type { Storage } from "../store/storage.ts";
import { productVersion } from "../version.ts";
import type { Staged } from "./staging.ts";

export interface BackupsOptions {
	readonly storage: Storage;
	/** The state folder, and the key that its secrets are sealed with. */
	readonly place: KeyPlace;
	/** Of the box. */
	readonly name: () => string;
	/** Addresses of all accounts. */
	readonly accounts: () => readonly string[];
	/** Is there room on the card for so many bytes, above the reserve? */
	readonly hasRoom: (sizeBytes: number) => Promise<boolean>;
	/** Wall clock. */
	readonly now: () => number;
	/** Ends the appliance in good order, to be started again. Throws `restart-impossible`. */
	readonly restart: () => Promise<void>;
	readonly log: Log;
}

const STAGED_FOR_MS = 60 * 60_000;
/** Where the old one is for a moment, when a second backup takes the place of one that waits for the next start. */
const REPLACED_SUFFIX = "-replaced";

export class Backups implements BackupDesk {
	readonly #options: BackupsOptions;
	#staged: Staged | undefined;
	#isBusy = false;
	#forgetting: NodeJS.Timeout | undefined;

	constructor(options: BackupsOptions) {
		this.#options = options;
	}

	async make(
		passphrase: Secret,
		parts: BackupParts,
	): Promise<{ readonly fileName: string; readonly content: AsyncIterable<Uint8Array> }> {
		const { ByteSource, checkPassphrase, contentsOf, makeHeader, seal } = await import("./file-work.ts");
		checkPassphrase(passphrase);
		const { name, now, log, accounts, storage, place } = this.#options;
		const madeAt = new Date(now()).toISOString();
		const version = productVersion();
		const header = await makeHeader(passphrase, { madeAt, program: version });
		const source = new ByteSource(
			contentsOf({
				...{ storage, place, queue: parts.queue },
				about: { madeAt, name: name(), version, hasSignIns: parts.signIns },
				accounts: parts.signIns ? accounts() : [],
			}),
		);
		async function* content() {
			try {
				yield header.bytes;
				yield* seal(source, header);
			} finally {
				// Whoever takes it may go in the middle of a message, whose file is open then.
				await source.close();
			}
			log.notice("backup-made", { signIns: parts.signIns, queue: parts.queue });
		}
		return { fileName: `${name()}-${madeAt.slice(0, 10)}.postern-backup`, content: content() };
	}

	receive(content: AsyncIterable<Uint8Array>, passphrase: Secret): Promise<BackupSummary> {
		return this.#alone(async () => {
			await this.#forget();
			const { ByteSource, openHeader, stage, unseal } = await import("./file-work.ts");
			const { place, hasRoom, log } = this.#options;
			const source = new ByteSource(content);
			let staged: Staged;
			try {
				const header = await openHeader(source, passphrase);
				staged = await stage(new ByteSource(unseal(source, header)), { place, hasRoom });
			} finally {
				await source.close();
			}
			this.#staged = staged;
			this.#forgetting = setTimeout(() => {
				this.#forget().catch((thrown: unknown) => {
					log.warning("backup-not-removed", { error: asError(thrown).message });
				});
			}, STAGED_FOR_MS);
			this.#forgetting.unref();
			log.notice("backup-received", { madeAt: staged.summary.madeAt, messages: staged.summary.messages });
			return staged.summary;
		});
	}

	async apply(): Promise<void> {
		await this.#alone(() => this.#makeReady());
		this.#options.log.notice("backup-ready");
		await this.#options.restart();
	}

	received(): BackupSummary | null {
		return this.#staged?.summary ?? null;
	}

	forget(): Promise<void> {
		return this.#alone(() => this.#forget());
	}

	restored(): RestoreReport | null {
		return this.#options.storage.restored;
	}

	async stop(): Promise<void> {
		await this.#forget();
	}

	async #makeReady(): Promise<void> {
		const staged = this.#staged;
		if (staged === undefined) {
			throw new UserError("no-backup", "There is no backup to put in place.", "Give the file again.");
		}
		const { stateDir } = this.#options.place;
		const ready = path.join(stateDir, READY_FOLDER);
		// One that was made ready and waits for a start gives way. Cut off in between, neither is put in place.
		const replaced = `${staged.folder}${REPLACED_SUFFIX}`;
		await rm(replaced, { recursive: true, force: true });
		await renameIfThere(ready, replaced);
		await rename(staged.folder, ready);
		await syncFolder(stateDir);
		clearTimeout(this.#forgetting);
		this.#staged = undefined;
		await rm(replaced, { recursive: true, force: true });
	}

	async #forget(): Promise<void> {
		clearTimeout(this.#forgetting);
		const staged = this.#staged;
		this.#staged = undefined;
		if (staged !== undefined) await rm(staged.folder, { recursive: true, force: true });
	}

	async #alone<Result>(work: () => Promise<Result>): Promise<Result> {
		if (this.#isBusy) {
			throw new UserError(
				"backup-busy",
				"Another backup is being taken in just now.",
				"Try again when it is done.",
			);
		}
		this.#isBusy = true;
		try {
			return await work();
		} finally {
			this.#isBusy = false;
		}
	}
}

async function renameIfThere(from: string, to: string): Promise<void> {
	try {
		await rename(from, to);
	} catch (error) {
		if (errorCode(error) !== "ENOENT") throw error;
	}
}
