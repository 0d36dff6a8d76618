/**
 * Takes the content of a backup into a folder beside the state (restore-staging/), from which it is put in place
 * at a start (store/restore.ts). For backups.ts.
 *
 * Nothing of the state in use is touched. When it resolves, all of it was read, checked and is on the card;
 * when it throws, the folder is gone. Secrets are held in memory until all else is right, and are then sealed
 * under this box's own key; a box that has no key yet gets one then.
 */
import { mkdir, open, rm } from "node:fs/promises";
import path from "node:path";
import type { BackupSummary } from "../console-services.ts";
import { errorCode } from "../errors.ts";
import { syncFolder } from "../microsoft/durable-file.ts";
import type { KeyPlace } from "../microsoft/vault-key.ts";
import { INLINE_BYTES } from "../queue/body-writer.ts";
import { bodyFileName } from "../queue/spool.ts";
import { isFull } from "../store/card-fault.ts";
import { NEWEST_SCHEMA } from "../store/migrations.ts";
import type { DocumentRow } from "../store/operations.ts";
import { STAGED_DATABASE, STAGED_SPOOL, STAGING_FOLDER } from "../store/restore.ts";
import { StagedState, StagedStateError } from "../store/staged-state.ts";
import type { ByteSource } from "./byte-source.ts";
import { isInFile } from "./contents.ts";
import { messageFromJson } from "./message-json.ts";
import { type OpenedDocument, sealDocument } from "./opened-documents.ts";
import { type BackupAbout, type BackupRecord, type RecordHeader, readRecords } from "./records.ts";
import { damaged, tooLarge, tooNew } from "./refusals.ts";
import { KINDS_LEFT_OUT, MOST_FILE_BYTES, STATE_FILES } from "./state-files.ts";
import { checkVaultRecord, type VaultRecord, writeVault } from "./vault-records.ts";

export interface StagingOptions {
	readonly place: KeyPlace;
	/** Is there room on the card for so many bytes, above the reserve? */
	readonly hasRoom: (sizeBytes: number) => Promise<boolean>;
}

export interface Staged {
	readonly folder: string;
	readonly summary: BackupSummary;
}

/** Rows stand on the card twice, staged and in the queue, before the staged ones are removed. */
const ROOM_FOR_ROWS = 2;
const ASK_FOR_ROOM_EVERY_BYTES = 4 * 1024 * 1024;
const DOCUMENTS_AT_ONCE = 50;
/** Documents and sign-ins; no box has a tenth of it. */
const MOST_HELD_BYTES = 64 * 1024 * 1024;

export async function stage(content: ByteSource, options: StagingOptions): Promise<Staged> {
	const folder = path.join(options.place.stateDir, STAGING_FOLDER);
	await rm(folder, { recursive: true, force: true });
	await mkdir(folder, { mode: 0o700 });
	try {
		return { folder, summary: await new Staging(folder, options).take(content) };
	} catch (thrown) {
		await rm(folder, { recursive: true, force: true });
		throw asRefusal(thrown);
	}
}

function asRefusal(thrown: unknown): unknown {
	if (thrown instanceof StagedStateError && thrown.why === "unfit") return damaged(thrown);
	const isOfCard = thrown instanceof StagedStateError && thrown.why === "full";
	return isOfCard || isFull(errorCode(thrown) ?? "") ? tooLarge() : thrown;
}

class Staging {
	readonly #folder: string;
	readonly #options: StagingOptions;
	readonly #documents: OpenedDocument[] = [];
	readonly #signIns: VaultRecord[] = [];
	readonly #files = new Map<string, Buffer>();
	#messages = 0;
	#rowBytes = 0;
	#heldBytes = 0;
	#askedForRoomAt = 0;
	#takenBytes = 0;

	constructor(folder: string, options: StagingOptions) {
		this.#folder = folder;
		this.#options = options;
	}

	async take(content: ByteSource): Promise<BackupSummary> {
		const records = readRecords(content);
		const first = await records.next();
		if (first.done === true || first.value.header.type !== "about") throw damaged();
		const about = first.value.header;
		if (about.sizeBytes !== 0) throw damaged();
		if (about.schema > NEWEST_SCHEMA) throw tooNew();
		await mkdir(path.join(this.#folder, STAGED_SPOOL), { mode: 0o700 });
		const state = await StagedState.begin(path.join(this.#folder, STAGED_DATABASE), about.schema);
		try {
			for await (const record of records) await this.#takeOne(record, records, state);
			await this.#hasRoomFor(ROOM_FOR_ROWS * this.#rowBytes);
			await this.#putSecrets(about, state);
			await state.finish();
		} finally {
			await state.abandon();
		}
		await this.#putFiles();
		for (const part of ["spool", ""]) await syncFolder(path.join(this.#folder, part));
		return this.#summary(about);
	}

	async #takeOne(
		record: BackupRecord,
		records: AsyncGenerator<BackupRecord>,
		state: StagedState,
	): Promise<void> {
		const { header } = record;
		switch (header.type) {
			case "document": {
				const { kind, key, opened } = header;
				if (KINDS_LEFT_OUT.has(kind)) throw damaged();
				this.#holds(header.sizeBytes);
				this.#documents.push({ kind, key, opened, value: await record.json() });
				this.#rowBytes += header.sizeBytes;
				return;
			}
			case "sign-in": {
				this.#holds(header.sizeBytes);
				const signIn = { sort: header.sort, account: header.account, record: await record.json() };
				checkVaultRecord(signIn);
				this.#signIns.push(signIn);
				return;
			}
			case "file":
				return this.#takeFile(header, record);
			case "message":
				return this.#takeMessage(header.id, record, records, state);
			default:
				throw damaged();
		}
	}

	async #takeFile(header: Extract<RecordHeader, { type: "file" }>, record: BackupRecord): Promise<void> {
		const name = STATE_FILES.find((known) => known === header.name);
		if (name === undefined) throw tooNew();
		if (header.sizeBytes > MOST_FILE_BYTES || this.#files.has(name)) throw damaged();
		this.#files.set(name, await gathered(record.content()));
	}

	async #takeMessage(
		id: number,
		record: BackupRecord,
		records: AsyncGenerator<BackupRecord>,
		state: StagedState,
	): Promise<void> {
		const rows = messageFromJson(id, await record.json());
		const { value: body } = await records.next();
		if (body?.header.type !== "body" || body.header.id !== id) throw damaged();
		const { sizeBytes } = body.header;
		if (rows.message[0]?.["size_bytes"] !== sizeBytes) throw damaged();
		this.#rowBytes += record.header.sizeBytes;
		this.#messages += 1;
		if (isInFile(rows)) {
			await this.#takeBody(id, body);
			await state.putMessage(rows, null);
			return;
		}
		if (sizeBytes > INLINE_BYTES) throw damaged();
		this.#rowBytes += sizeBytes;
		await this.#takes(sizeBytes);
		await state.putMessage(rows, await gathered(body.content()));
	}

	async #takeBody(id: number, body: BackupRecord): Promise<void> {
		const file = await open(path.join(this.#folder, STAGED_SPOOL, bodyFileName(id)), "wx", 0o600);
		try {
			for await (const piece of body.content()) {
				await this.#takes(piece.length);
				await file.writeFile(piece);
			}
			await file.datasync();
		} finally {
			await file.close();
		}
	}

	async #putSecrets(about: BackupAbout, state: StagedState): Promise<void> {
		if (about.hasSignIns) await mkdir(path.join(this.#folder, "vault"), { mode: 0o700 });
		else if (this.#signIns.length > 0) throw damaged();
		const { place } = this.#options;
		for (const signIn of this.#signIns) await writeVault(place, path.join(this.#folder, "vault"), signIn);
		const rows: DocumentRow[] = [];
		for (const document of this.#documents) rows.push(await sealDocument(document, place));
		for (let first = 0; first < rows.length; first += DOCUMENTS_AT_ONCE) {
			await state.putDocuments(rows.slice(first, first + DOCUMENTS_AT_ONCE));
		}
	}

	/** Together they are one folder that is replaced, so that no certificate loses its authority. */
	async #putFiles(): Promise<void> {
		if (this.#files.size === 0) return;
		const folder = path.join(this.#folder, "tls");
		await mkdir(folder, { mode: 0o700 });
		for (const [name, content] of this.#files) {
			const file = await open(path.join(this.#folder, name), "wx", 0o600);
			try {
				await file.writeFile(content);
				await file.sync();
			} finally {
				await file.close();
			}
		}
		await syncFolder(folder);
	}

	/** In memory, until the end. */
	#holds(sizeBytes: number): void {
		this.#heldBytes += sizeBytes;
		if (this.#heldBytes > MOST_HELD_BYTES) throw damaged();
	}

	async #takes(sizeBytes: number): Promise<void> {
		this.#takenBytes += sizeBytes;
		if (this.#takenBytes < this.#askedForRoomAt) return;
		this.#askedForRoomAt = this.#takenBytes + ASK_FOR_ROOM_EVERY_BYTES;
		await this.#hasRoomFor(ASK_FOR_ROOM_EVERY_BYTES + this.#rowBytes);
	}

	async #hasRoomFor(sizeBytes: number): Promise<void> {
		if (!(await this.#options.hasRoom(sizeBytes))) throw tooLarge();
	}

	#summary({ madeAt, name, version, hasSignIns }: BackupAbout): BackupSummary {
		const count = (kind: string) =>
			// Beside the records of their kind there are hashes of passwords from the file (accounts/file-passwords.ts).
			this.#documents.filter((one) => one.kind === kind && !one.key.startsWith("password:")).length;
		return {
			...{ madeAt, name, version, hasSignIns },
			accounts: count("account"),
			devices: count("device"),
			mailboxes: count("mailbox"),
			people: count("person"),
			messages: this.#messages,
		};
	}
}

async function gathered(content: AsyncIterable<Buffer>): Promise<Buffer> {
	const pieces: Buffer[] = [];
	for await (const piece of content) pieces.push(piece);
	return Buffer.concat(pieces);
}
