/**
 * The database's write-ahead log as a file: given its full length before the first commit, and flushed by us after each. For the writer thread.
 *
 * SQLite as better-sqlite3 builds it flushes with fsync(2), which on ext4 also carries the file's times through the file system's journal: 3 kB
 * and a second barrier at each commit. fdatasync(2) leaves them out, and nothing that is needed to read the file again (POSIX.1-2024). So SQLite is
 * told to flush at checkpoints alone (`synchronous=NORMAL`), and a commit is on the card when `flush` has returned (decisions/0044).
 *
 * A flush that failed is thrown with SQLite's own code for it; nothing is believed after it (careful-writer.ts).
 */
import { closeSync, fdatasyncSync, fstatSync, openSync, writeSync } from "node:fs";
import { asError } from "../errors.ts";
import { LOG_BYTES, type SqliteDatabase } from "./database.ts";

export class LogFile {
	readonly #descriptor: number;

	/** Of a database that is open for writing, of which every further commit is flushed here. Throws what the system says. */
	constructor(database: SqliteDatabase) {
		// Closing it lets go of no lock of SQLite's: those are on the database and on its -shm.
		this.#descriptor = openSync(`${database.name}-wal`, "r+");
		database.pragma("synchronous = NORMAL");
	}

	/**
	 * In zeros, which SQLite does not take for pages (their checksum is wrong). Else each commit makes it longer until it is full, and a flush
	 * of a file that has grown writes the file system's journal too: on a quiet box for weeks. A start that commits nothing need not wait for it.
	 */
	lengthen(): void {
		const { size } = fstatSync(this.#descriptor);
		const missingBytes = LOG_BYTES - size;
		if (missingBytes > 0) writeSync(this.#descriptor, Buffer.alloc(missingBytes), 0, missingBytes, size);
	}

	flush(): void {
		try {
			fdatasyncSync(this.#descriptor);
		} catch (thrown) {
			throw Object.assign(asError(thrown), { code: "SQLITE_IOERR_FSYNC" });
		}
	}

	close(): void {
		closeSync(this.#descriptor);
	}
}
