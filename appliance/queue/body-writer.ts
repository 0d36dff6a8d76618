/**
 * Takes a message's bytes as the device sends them and makes them durable. For spool.ts.
 *
 * A small body waits in memory and is committed with its envelope; a larger one goes to a file of
 * its own as it arrives, because SQLite's log would write it twice. The file is flushed before the
 * commit that names it. Nothing is promised before that commit; whatever goes wrong earlier (a
 * vanished device, a full card) leaves at most an orphaned file, which the next start removes.
 */
import { type FileHandle, open, unlink } from "node:fs/promises";
import { asError, errorCode } from "../errors.ts";
import { passed } from "../memory.ts";
import { nextBodySum } from "../store/message-seal.ts";
import { ChunkList } from "./chunk-list.ts";

/** Bodies up to this size are rows; measured: above it a file costs fewer bytes on the card. */
export const INLINE_BYTES = 64 * 1024;

/** Bytes handed to the file and not yet written, before the device is made to wait. */
const WRITE_AHEAD_BYTES = 256 * 1024;

/** Where the message's bytes have ended up, ready to be named by a row. */
export type StoredBody =
	| { readonly inFile: false; readonly content: Uint8Array<ArrayBuffer>; readonly sizeBytes: number }
	| { readonly inFile: true; readonly sizeBytes: number; readonly sum: number };

export class BodyWriter {
	readonly #fileName: string;
	readonly #flushFolder: () => Promise<void>;
	readonly #held = new ChunkList();
	#sizeBytes = 0;
	/** Of what has gone to the file. */
	#sum = 0;
	#file: Promise<FileHandle> | undefined;
	#written: Promise<void> = Promise.resolve();
	#unwrittenBytes = 0;
	#failure: Error | undefined;

	constructor(fileName: string, flushFolder: () => Promise<void>) {
		this.#fileName = fileName;
		this.#flushFolder = flushFolder;
	}

	get sizeBytes(): number {
		return this.#sizeBytes;
	}

	/** Takes a chunk (and keeps it). A promise means: wait for it before the next one. */
	write(chunk: Buffer): Promise<void> | undefined {
		this.#sizeBytes += chunk.length;
		if (this.#file === undefined) {
			this.#held.add(chunk);
			if (this.#sizeBytes <= INLINE_BYTES) return undefined;
			this.#file = open(this.#fileName, "wx", 0o600);
			for (const part of this.#held.takeAll()) this.#append(part);
		} else {
			this.#append(chunk);
		}
		return this.#unwrittenBytes > WRITE_AHEAD_BYTES ? this.#written : undefined;
	}

	/** Makes a large body durable; a small one is returned. Throws what the card said. */
	async finish(): Promise<StoredBody> {
		if (this.#file === undefined) {
			return {
				inFile: false,
				content: joined(this.#held.takeAll(), this.#sizeBytes),
				sizeBytes: this.#sizeBytes,
			};
		}
		await this.#written;
		const file = await this.#file;
		try {
			if (this.#failure !== undefined) throw this.#failure;
			await file.datasync();
		} finally {
			await file.close();
		}
		await this.#flushFolder();
		return { inFile: true, sizeBytes: this.#sizeBytes, sum: this.#sum };
	}

	/** Gives everything back. Safe at any time, also after `finish`. */
	async discard(): Promise<void> {
		this.#held.takeAll();
		if (this.#file === undefined) return;
		await this.#written;
		const file = await this.#file.catch(() => undefined);
		if (file === undefined) return;
		await file.close();
		try {
			await unlink(this.#fileName);
		} catch (error) {
			if (errorCode(error) !== "ENOENT") throw error;
		}
	}

	#append(chunk: Buffer): void {
		this.#unwrittenBytes += chunk.length;
		this.#sum = nextBodySum(this.#sum, chunk);
		this.#written = this.#written.then(async () => {
			try {
				if (this.#failure === undefined) await writeWhole(await this.#opened(), chunk);
			} catch (thrown) {
				this.#failure = asError(thrown);
			} finally {
				passed(chunk.length);
				this.#unwrittenBytes -= chunk.length;
			}
		});
	}

	#opened(): Promise<FileHandle> {
		if (this.#file === undefined) throw new Error("the body's file is written before it is opened");
		return this.#file;
	}
}

async function writeWhole(file: FileHandle, chunk: Buffer): Promise<void> {
	let offset = 0;
	while (offset < chunk.length) {
		const { bytesWritten } = await file.write(chunk, offset, chunk.length - offset);
		offset += bytesWritten;
	}
}

/** A buffer of exactly this size, so that handing it to the storage thread copies nothing else. */
function joined(chunks: readonly Buffer[], sizeBytes: number): Uint8Array<ArrayBuffer> {
	const content = new Uint8Array(sizeBytes);
	let offset = 0;
	for (const chunk of chunks) {
		content.set(chunk, offset);
		offset += chunk.length;
	}
	return content;
}
