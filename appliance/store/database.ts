/**
 * Opens the SQLite file the way a mail spool needs it. For the storage threads only: nothing here
 * may run on the event loop, because a flush may take hundreds of milliseconds on an SD card.
 *
 * Throws `UserError` when the file is too new for this program or SQLite is too old; SQLite's own
 * errors pass through.
 */
import path from "node:path";
import Database from "better-sqlite3";
import { errorCode, UserError } from "../errors.ts";
import { MIGRATIONS, type Migration } from "./migrations.ts";
import { searchTextOf } from "./search-text.ts";

export type SqliteDatabase = Database.Database;
export type SqliteStatement = Database.Statement;

/** Earlier write-ahead logs could corrupt the file (sqlite.org/changes.html, 3.51.3). */
const OLDEST_SQLITE = [3, 51, 3] as const;

/** Per connection; the default of better-sqlite3's build is 16 MB. */
const CACHE_KIB = 2_000;

export const PAGE_BYTES = 2_048;
/**
 * Pages in the log before it is copied into the file (4 MB). A checkpoint is three flushes in the way
 * of the next commit and writes each page changed since the last one, so it should be rare.
 */
const CHECKPOINT_PAGES = 2_000;
/** sqlite.org/walformat.html: each page in the log has a header of its own. */
const LOG_FRAME_BYTES = PAGE_BYTES + 24;
/** Of the log that is full. */
export const LOG_BYTES = CHECKPOINT_PAGES * LOG_FRAME_BYTES;

export interface OpenOptions {
	readonly file: string;
	readonly role: "writer" | "reader";
	/** The addon's exports where there is no node_modules to find it in. */
	readonly addon?: object;
}

export function openDatabase({ file, role, addon }: OpenOptions): SqliteDatabase {
	const database = connect(file, { readonly: role === "reader", ...bindingOf(addon) });
	try {
		assertSqliteVersion(database);
		database.pragma("busy_timeout = 10000");
		if (role === "writer") prepareForWriting(database);
		return database;
	} catch (error) {
		database.close();
		throw error;
	}
}

/**
 * A file that nobody depends on until its maker has flushed it: SQLite flushes nothing itself. At the given
 * step of the schema, for rows that were written by a program of that step.
 */
export function openScratch(options: Pick<OpenOptions, "file" | "addon">, schema: number): SqliteDatabase {
	const database = connect(options.file, bindingOf(options.addon));
	try {
		database.pragma(`page_size = ${PAGE_BYTES}`);
		database.pragma("journal_mode = MEMORY");
		database.pragma("synchronous = OFF");
		migrate(
			database,
			MIGRATIONS.filter(({ number }) => number <= schema),
		);
		return database;
	} catch (error) {
		database.close();
		throw error;
	}
}

/** With all that the migrations need of a connection. */
function connect(file: string, options: Database.Options): SqliteDatabase {
	const database = new Database(file, options);
	database.pragma(`cache_size = -${CACHE_KIB}`);
	database.function("search_text", { deterministic: true }, searchTextOf);
	return database;
}

/** Better-sqlite3 takes the addon's exports where it says that it wants a path. */
function bindingOf(addon: object | undefined): { nativeBinding?: string } {
	return addon === undefined ? {} : { nativeBinding: addon as unknown as string };
}

/**
 * Keeps a second Postern out of the state folder: two would deliver one queue twice and remove each
 * other's bodies. Held until closed; the kernel lets go of it when the process dies.
 */
export function lockFolder(folder: string, options: Pick<OpenOptions, "addon">): SqliteDatabase {
	const lock = new Database(path.join(folder, "lock.db"), {
		timeout: 0,
		...bindingOf(options.addon),
	});
	try {
		lock.exec("BEGIN EXCLUSIVE");
		return lock;
	} catch (error) {
		lock.close();
		if (errorCode(error) !== "SQLITE_BUSY") throw error;
		throw new UserError(
			"already-running",
			`Another Postern is using ${folder}.`,
			"Stop that one first, or give this one another state_dir.",
			{ cause: error },
		);
	}
}

function prepareForWriting(database: SqliteDatabase): void {
	database.pragma(`page_size = ${PAGE_BYTES}`);
	database.pragma("journal_mode = WAL");
	// On every connection: this build of SQLite falls back to NORMAL when it re-opens a WAL file, and
	// a commit under NORMAL can vanish in a power cut after the 250.
	database.pragma("synchronous = FULL");
	database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES}`);
	// The log keeps its size: shrinking and growing it would write file-system metadata each time.
	database.pragma("journal_size_limit = -1");
	if (database.pragma("synchronous", { simple: true }) !== 2) {
		throw new Error("SQLite does not honour synchronous=FULL");
	}
	migrate(database, MIGRATIONS);
}

function assertSqliteVersion(database: SqliteDatabase): void {
	const version = String(database.prepare("SELECT sqlite_version()").pluck().get());
	const parts = version.split(".").map(Number);
	for (const [index, oldest] of OLDEST_SQLITE.entries()) {
		const part = parts[index] ?? 0;
		if (part > oldest) return;
		if (part < oldest) {
			throw new UserError(
				"sqlite-too-old",
				`SQLite ${version} is too old to keep mail safely; ${OLDEST_SQLITE.join(".")} or newer is needed.`,
			);
		}
	}
}

/** Brings the file to the newest step, each in a transaction of its own. */
export function migrate(database: SqliteDatabase, migrations: readonly Migration[]): void {
	const newest = migrations.at(-1)?.number ?? 0;
	const current = Number(database.pragma("user_version", { simple: true }));
	if (current > newest) {
		const oldestReader = Number(
			database
				.prepare("SELECT value FROM document WHERE kind='format' AND key='oldest_reader'")
				.pluck()
				.get(),
		);
		if (!(oldestReader <= newest)) {
			throw new UserError(
				"database-too-new",
				`The mail database was written by a newer Postern (format ${current}; this one knows ${newest}).`,
				"Install the newer version again; nothing in the database was changed.",
			);
		}
		return;
	}
	for (const step of migrations.filter(({ number }) => number > current)) {
		database.transaction(() => {
			database.exec(step.sql);
			database
				.prepare("INSERT OR REPLACE INTO document VALUES ('format', 'oldest_reader', ?)")
				.run(String(step.oldestReader));
			database.pragma(`user_version = ${step.number}`);
		})();
	}
}
