/**
 * What goes into a backup, as the records that records.ts describes, while the box goes on working.
 *
 * The documents are those of one moment. Messages are taken one by one, each as it is at that moment; one that
 * has left the queue meanwhile is left out, and one that comes later is not in it. What cannot be read on
 * the card ends it with an error: half a backup is none.
 */
import { type FileHandle, open, readFile } from "node:fs/promises";
import path from "node:path";
import { errorCode } from "../errors.ts";
import type { KeyPlace } from "../microsoft/vault-key.ts";
import { bodyFileName, spoolFolder } from "../queue/spool.ts";
import type { MessageRows } from "../store/message-rows.ts";
import type { Storage } from "../store/storage.ts";
import { messageToJson } from "./message-json.ts";
import { openDocument } from "./opened-documents.ts";
import { type BackupAbout, headerBytes, jsonRecord, type RecordHeader } from "./records.ts";
import { KINDS_LEFT_OUT, STATE_FILES } from "./state-files.ts";
import { readVault } from "./vault-records.ts";

export interface ContentsOptions {
	readonly storage: Storage;
	/** The state folder, and the key that its secrets are sealed with. */
	readonly place: KeyPlace;
	readonly about: Omit<BackupAbout, "schema">;
	/** Whose sign-ins go along; none when they are to stay. */
	readonly accounts: readonly string[];
	readonly queue: boolean;
}

type HeaderOf<Type extends RecordHeader["type"]> = Extract<RecordHeader, { type: Type }>;

const PAGE_ROWS = 500;
const READ_CHUNK_BYTES = 64 * 1024;

export async function* contentsOf(options: ContentsOptions): AsyncGenerator<Buffer> {
	const { storage, place, about, accounts } = options;
	const schema = await storage.read({ type: "schema" });
	yield headerBytes({ type: "about", sizeBytes: 0, ...about, schema });
	for (const row of await storage.read({ type: "all-documents" })) {
		if (KINDS_LEFT_OUT.has(row.kind)) continue;
		const { kind, key, value, opened } = await openDocument(row, place);
		yield jsonRecord<HeaderOf<"document">>({ type: "document", kind, key, opened: [...opened] }, value);
	}
	for (const name of STATE_FILES) {
		const content = await readIfThere(path.join(place.stateDir, name));
		if (content === undefined) continue;
		yield headerBytes({ type: "file", sizeBytes: content.length, name });
		yield content;
	}
	for await (const { sort, account, record } of readVault(place, accounts)) {
		yield jsonRecord<HeaderOf<"sign-in">>({ type: "sign-in", sort, account }, record);
	}
	if (options.queue) yield* messagesOf(options);
	yield headerBytes({ type: "end", sizeBytes: 0 });
}

async function* messagesOf({ storage, place }: ContentsOptions): AsyncGenerator<Buffer> {
	const uptoId = await storage.read({ type: "last-id" });
	let afterId = 0;
	for (;;) {
		const { ids } = await storage.read({ type: "index", afterId, uptoId, limit: PAGE_ROWS });
		for (const id of ids) yield* messageRecords(storage, place.stateDir, id);
		if (ids.length < PAGE_ROWS) return;
		afterId = ids.at(-1) ?? afterId;
	}
}

async function* messageRecords(storage: Storage, stateDir: string, id: number): AsyncGenerator<Buffer> {
	const rows = await storage.read({ type: "rows", id });
	if (rows === null) return;
	const header = jsonRecord<HeaderOf<"message">>({ type: "message", id }, messageToJson(rows));
	const sizeBytes = Number(rows.message[0]?.["size_bytes"]);
	const begin = [header, headerBytes({ type: "body", sizeBytes, id })];
	if (!isInFile(rows)) {
		const body = await storage.read({ type: "body", id });
		if (body === null) return;
		yield* begin;
		yield Buffer.from(body.buffer, body.byteOffset, body.byteLength);
		return;
	}
	// Held open, it can be read to its end although the message leaves meanwhile.
	const file = await openIfThere(path.join(spoolFolder(stateDir), bodyFileName(id)));
	if (file === undefined) return;
	try {
		yield* begin;
		yield* bytesOf(file, sizeBytes);
	} finally {
		await file.close();
	}
}

export function isInFile(rows: MessageRows): boolean {
	return rows.message[0]?.["in_file"] === 1;
}

async function* bytesOf(file: FileHandle, sizeBytes: number): AsyncGenerator<Buffer> {
	let missingBytes = sizeBytes;
	while (missingBytes > 0) {
		const chunk = Buffer.allocUnsafe(Math.min(READ_CHUNK_BYTES, missingBytes));
		const { bytesRead } = await file.read(chunk, 0, chunk.length, null);
		if (bytesRead === 0) throw new Error("a message's file is shorter than it was");
		missingBytes -= bytesRead;
		yield chunk.subarray(0, bytesRead);
	}
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
	return await orNone(readFile(file));
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
	return await orNone(open(file, "r"));
}

async function orNone<Result>(reading: Promise<Result>): Promise<Result | undefined> {
	try {
		return await reading;
	} catch (error) {
		if (errorCode(error) !== "ENOENT") throw error;
		return undefined;
	}
}
