/**
 * The writer on a card that may fall sick. For the writer thread (storage-thread.ts).
 *
 * After a write or a flush that failed nothing is believed: the kernel forgets what it could not flush, and a second flush that
 * succeeds says nothing of the first (fsyncgate). So everything is refused from then on, until a new connection has
 * carried the whole log into the file and flushed that, the file has been checked, and a commit of its own has succeeded; with that commit
 * the messages that were refused leave the queue, where a commit whose flush failed has left them. This is tried again and again, so a card
 * that comes back is used without anybody's doing. Reads go on meanwhile with what there is.
 *
 * Throws `DamagedFile` when the file is not whole: then the process ends, and the next start sets it aside (salvage.ts).
 */
import { asError, errorCode } from "../errors.ts";
import { isDamaged, isSick } from "./card-fault.ts";
import { DamagedFile, damaged } from "./damage-mark.ts";
import type { SqliteDatabase } from "./database.ts";
import { LogFile } from "./log-file.ts";
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
	#log: LogFile;
	#writer: Writer;
	#reader: Reader | undefined;
	#isLogLong = false;
	#trouble: CardTrouble | undefined;
	/** To be taken out when the card is well: a commit whose flush failed is there all the same. */
	#refused: readonly number[] = [];
	#retry: NodeJS.Timeout | undefined;
	#retryMs = FIRST_RETRY_MS;

	constructor(database: SqliteDatabase, options: CarefulWriterOptions) {
		this.#options = options;
		this.#database = database;
		this.#log = new LogFile(database);
		this.#writer = new Writer(database, this.#log);
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
		if (refused !== undefined && "code" in refused) {
			this.#refused = refusedMessages(writes, fates);
			this.doubt(refused);
		}
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
		this.#log.close();
		this.#database.close();
	}

	/** A log that cannot be given its length grows as it is written; what is wrong with the card the commit will say. */
	#lengthenLog(): void {
		if (this.#isLogLong) return;
		this.#isLogLong = true;
		try {
			this.#log.lengthen();
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
		let log: LogFile;
		try {
			fresh = this.#options.open();
			prove(fresh, this.#refused);
			log = new LogFile(fresh);
		} catch (thrown) {
			fresh?.close();
			if (thrown instanceof DamagedFile || isDamaged(errorCode(thrown) ?? ""))
				throw damaged(this.#options.stateDir, asError(thrown).message);
			this.#retryLater();
			return;
		}
		this.#log.close();
		this.#database.close();
		this.#database = fresh;
		this.#log = log;
		this.#writer = new Writer(fresh, log);
		this.#reader = undefined;
		this.#isLogLong = false;
		this.#refused = [];
		this.#retryMs = FIRST_RETRY_MS;
		this.#trouble = undefined;
		this.#options.onChange(undefined);
	}
}

/**
 * Messages that the card's failure has refused. Not all of a group: one that was tried again write by write has others
 * beside them, which were answered 250.
 */
export function refusedMessages(writes: readonly Write[], fates: readonly WriteFate[]): readonly number[] {
	return writes.flatMap((write, place) => {
		const fate = fates[place];
		return fate !== undefined && "code" in fate && isSick(fate.code) ? enqueued(write) : [];
	});
}

/** Messages that the write puts into the queue. */
function enqueued(write: Write): readonly number[] {
	if (write.type === "enqueue") return [write.message.id];
	return write.type === "announce" && write.bounce !== null ? [write.bounce.message.id] : [];
}

/** Takes the refused messages out. Throws while the card does not do what it is told. */
function prove(database: SqliteDatabase, refused: readonly number[]): void {
	// What is in the log goes into the file, which is flushed; then the log begins anew.
	const [checkpoint] = database.pragma("wal_checkpoint(TRUNCATE)") as { busy: number }[];
	if (checkpoint?.busy !== 0) throw Object.assign(new Error("the log is in use"), { code: "SQLITE_BUSY" });
	const verdict = String(database.pragma("quick_check(1)", { simple: true }));
	if (verdict !== "ok") throw new DamagedFile(verdict);
	const proof: Write = {
		...{ type: "put-document", kind: "format", key: "card_proven_at" },
		value: String(Date.now()),
	};
	for (const fate of new Writer(database).commit([{ type: "withdraw", ids: refused }, proof])) {
		if ("code" in fate) throw Object.assign(new Error(fate.text), { code: fate.code });
	}
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
