/**
 * The writer on a card that may fall sick. For the writer thread (storage-thread.ts).
 *
 * After a write or a flush that failed nothing is believed: the kernel forgets what it could not flush, and a second flush that
 * succeeds says nothing of the first (fsyncgate). So everything is refused from then on, until a new connection has
 * carried the whole log into the file and flushed that, the file has been checked, and a commit of its own has succeeded; that commit also
 * takes the place of what a refused one may have left in the log. This is tried again and again, so a card that comes back is used without
 * anybody's doing. Reads go on meanwhile with what there is.
 *
 * Throws `DamagedFile` when the file is not whole: then the process ends, and the next start sets it aside (salvage.ts).
 */
import { asError, errorCode } from "../errors.ts";
import { isDamaged, isSick } from "./card-fault.ts";
import { DamagedFile, damaged } from "./damage-mark.ts";
import { lengthenLog, type SqliteDatabase } from "./database.ts";
import type { Write } from "./operations.ts";
import { Reader } from "./reader.ts";
import type { ReadAnswer, ReadRequest } from "./storage-thread.ts";
import { type WriteFate, Writer } from "./writer.ts";

/** Why nothing is saved just now. */
export interface CardTrouble {
	/** SQLite's or the system's. */
	readonly code: string;
	readonly text: string;
}

export interface CarefulWriterOptions {
	readonly stateDir: string;
	/** Opens the file for writing, also while it is open. */
	readonly open: () => SqliteDatabase;
	/** Called when the card falls sick, and with undefined when it is well again. */
	readonly onChange: (trouble: CardTrouble | undefined) => void;
}

const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 10_000;

export class CarefulWriter {
	readonly #options: CarefulWriterOptions;
	#database: SqliteDatabase;
	#writer: Writer;
	#reader: Reader | undefined;
	#isLogLong = false;
	#trouble: CardTrouble | undefined;
	#retry: NodeJS.Timeout | undefined;
	#retryMs = FIRST_RETRY_MS;

	constructor(database: SqliteDatabase, options: CarefulWriterOptions) {
		this.#options = options;
		this.#database = database;
		this.#writer = new Writer(database);
	}

	get database(): SqliteDatabase {
		return this.#database;
	}

	/** On return what has no error is on the card. */
	commit(writes: readonly Write[]): readonly WriteFate[] {
		const { code, text } = this.#trouble ?? {};
		if (code !== undefined && text !== undefined) return writes.map(() => ({ code, text }));
		this.#lengthenLog();
		const fates = this.#writer.commit(writes);
		const refused = fates.find((fate) => "code" in fate && (isSick(fate.code) || isDamaged(fate.code)));
		if (refused !== undefined && "code" in refused) this.doubt(refused);
		return fates;
	}

	answer({ number, read }: ReadRequest): ReadAnswer {
		this.#reader ??= new Reader(this.#database);
		return answerOf(this.#reader, { number, read }, this.#options.stateDir);
	}

	/** Something on this card has failed, here or elsewhere in the state folder. */
	doubt(trouble: CardTrouble): void {
		if (isDamaged(trouble.code)) throw damaged(this.#options.stateDir, trouble.text);
		if (this.#trouble !== undefined) return;
		this.#trouble = trouble;
		this.#options.onChange(trouble);
		this.#retryLater();
	}

	close(): void {
		clearTimeout(this.#retry);
		this.#database.close();
	}

	/** A log that cannot be given its length grows as it is written; what is wrong with the card the commit will say. */
	#lengthenLog(): void {
		if (this.#isLogLong) return;
		this.#isLogLong = true;
		try {
			lengthenLog(this.#database);
		} catch (thrown) {
			if (errorCode(thrown) === undefined) throw thrown;
		}
	}

	#retryLater(): void {
		this.#retry = setTimeout(() => this.#recover(), this.#retryMs);
		this.#retryMs = Math.min(this.#retryMs * 2, LONGEST_RETRY_MS);
	}

	#recover(): void {
		let fresh: SqliteDatabase | undefined;
		try {
			fresh = this.#options.open();
			prove(fresh);
		} catch (thrown) {
			fresh?.close();
			if (thrown instanceof DamagedFile || isDamaged(errorCode(thrown) ?? ""))
				throw damaged(this.#options.stateDir, asError(thrown).message);
			this.#retryLater();
			return;
		}
		this.#database.close();
		this.#database = fresh;
		this.#writer = new Writer(fresh);
		this.#reader = undefined;
		this.#isLogLong = false;
		this.#retryMs = FIRST_RETRY_MS;
		this.#trouble = undefined;
		this.#options.onChange(undefined);
	}
}

/** Throws while the card does not do what it is told. */
function prove(database: SqliteDatabase): void {
	// What is in the log goes into the file, which is flushed; then the log begins anew.
	const [checkpoint] = database.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
	if (checkpoint?.busy !== 0) throw Object.assign(new Error("the log is in use"), { code: "SQLITE_BUSY" });
	const verdict = String(database.pragma("quick_check(1)", { simple: true }));
	if (verdict !== "ok") throw new DamagedFile(verdict);
	database
		.prepare("INSERT OR REPLACE INTO document VALUES ('format', 'card_proven_at', ?)")
		.run(String(Date.now()));
}

/** Throws `DamagedFile` when the answer cannot be given because the file is not whole. */
export function answerOf(reader: Reader, { number, read }: ReadRequest, stateDir: string): ReadAnswer {
	try {
		return { number, answer: reader.answer(read) };
	} catch (thrown) {
		if (isDamaged(errorCode(thrown) ?? "")) throw damaged(stateDir, asError(thrown).message);
		return { number, error: { text: asError(thrown).message, code: errorCode(thrown) } };
	}
}
