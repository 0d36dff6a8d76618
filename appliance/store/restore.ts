/**
 * Puts a state that was made ready (restore-ready/, by backup/staging.ts) in place, before anything of the
 * state folder is used. For the writer thread, which holds the folder's lock.
 *
 * Whatever moment the power is cut at, the next start goes on where this one stopped, and nothing runs before
 * it is done: what is in force is the old state or the new one. The mail in the queue stays; what the new
 * state brings is added to it, but for messages that are known here already. The documents, certificates
 * and sign-ins from before are kept in before-restore-…/, which has the form of restore-ready/: renamed to
 * that, it is put back at the next start.
 *
 * Throws `UserError` when it cannot be finished; the next start tries again.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { asError, UserError } from "../errors.ts";
import { parseQueueId } from "../mail/queue-id.ts";
import { openScratch, type SqliteDatabase } from "./database.ts";
import { MESSAGE_TABLES, quoted } from "./message-rows.ts";
import { NEWEST_SCHEMA } from "./migrations.ts";
import type { DocumentRow } from "./operations.ts";
import { flush, putDocuments } from "./staged-state-builder.ts";

/** Being written, of no use yet; it may be removed at any time while nobody writes to it. */
export const STAGING_FOLDER = "restore-staging";
/** Whole and checked: to be put in place at the next start. */
export const READY_FOLDER = "restore-ready";
/** The old state is set aside; this is being put in place. */
const MOVING_FOLDER = "restore-moving";
const DONE_FOLDER = "restore-done";
const KEPT_PREFIX = "before-restore-";
/** In restore-ready/: how the folder is called that keeps the state from before. */
const KEPT_AS_FILE = "kept-as";
export const STAGED_DATABASE = "state.db";
export const STAGED_SPOOL = "spool";

const KEPT_MS = 30 * 24 * 60 * 60_000;

/** What a new state may bring. */
const REPLACED_FOLDERS = ["tls", "vault"] as const;
/** Copies of mail for programs that fetch, of logins that may be others now. */
const CACHE_FOLDER = "maildrops";
const MOVED_FOLDERS = [...REPLACED_FOLDERS, CACHE_FOLDER] as const;
/** Written by the migrations alone. */
const FORMAT_KIND = "format";

/** Messages that are added in one transaction; bounds the write-ahead log. */
const MESSAGES_AT_ONCE = 200;

export interface RestoreReport {
	/** Name of the folder with what was there before. */
	readonly keptAs: string;
	/** Messages added to the queue. */
	readonly messages: number;
	/** Messages that were known here already: queued, or gone through this box before. */
	readonly known: number;
}

export interface RestoreOptions {
	readonly stateDir: string;
	/** The state's own, open for writing. */
	readonly database: SqliteDatabase;
	readonly addon?: object;
	/** Called before each change on the card; a test cuts it off there by throwing. */
	readonly onStep?: (what: string) => void;
}

/** Null when nothing waits to be put in place. */
export function finishRestore(options: RestoreOptions): RestoreReport | null {
	const restore = new Restore(options);
	try {
		return restore.finish();
	} catch (thrown) {
		throw new UserError(
			"restore-stuck",
			`The backup that was to be restored cannot be put in place: ${asError(thrown).message}.`,
			`Free some space on the card, or check it, and start Postern again: it goes on where it stopped. Nothing is lost; what was there before is in ${options.stateDir}.`,
			{ cause: thrown },
		);
	}
}

class Restore {
	readonly #options: RestoreOptions;

	constructor(options: RestoreOptions) {
		this.#options = options;
	}

	finish(): RestoreReport | null {
		if (existsSync(this.#place(READY_FOLDER))) this.#setAside();
		const report = existsSync(this.#place(MOVING_FOLDER)) ? this.#putInPlace() : null;
		this.#tidy(report?.keptAs);
		return report;
	}

	/** Repeated after a cut, it finds the old state where it left it, as nothing ran in between. */
	#setAside(): void {
		const ready = this.#place(READY_FOLDER);
		const keptAs = this.#keptAs(ready) ?? this.#nameKept(ready);
		const kept = this.#place(keptAs);
		this.#step("make the folder for the old state", () => mkdirSync(kept, { recursive: true, mode: 0o700 }));
		this.#keepDocuments(kept);
		for (const name of MOVED_FOLDERS) {
			if (existsSync(path.join(kept, name))) continue;
			if (name !== CACHE_FOLDER && !existsSync(path.join(ready, name))) continue;
			// Also where there was none: put back, it takes away what is there then.
			if (existsSync(this.#place(name))) this.#rename(this.#place(name), path.join(kept, name));
			else this.#step(`make an empty ${name}`, () => mkdirSync(path.join(kept, name), { mode: 0o700 }));
		}
		flush(kept);
		flush(this.#options.stateDir);
		this.#rename(ready, this.#place(MOVING_FOLDER));
		flush(this.#options.stateDir);
	}

	#putInPlace(): RestoreReport {
		const moving = this.#place(MOVING_FOLDER);
		for (const name of MOVED_FOLDERS) {
			if (existsSync(path.join(moving, name))) this.#rename(path.join(moving, name), this.#place(name));
		}
		this.#moveBodies(path.join(moving, STAGED_SPOOL));
		const added = this.#addRows(path.join(moving, STAGED_DATABASE));
		const keptAs = this.#keptAs(moving) ?? "";
		flush(this.#options.stateDir);
		this.#rename(moving, this.#place(DONE_FOLDER));
		flush(this.#options.stateDir);
		return { keptAs, ...added };
	}

	#keptAs(folder: string): string | undefined {
		const file = path.join(folder, KEPT_AS_FILE);
		return existsSync(file) ? path.basename(readFileSync(file, "utf8")) : undefined;
	}

	#nameKept(ready: string): string {
		const name = `${KEPT_PREFIX}${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
		const file = path.join(ready, KEPT_AS_FILE);
		this.#step("name the folder for the old state", () => {
			writeFileSync(`${file}.new`, name, { mode: 0o600 });
			flush(`${file}.new`);
			renameSync(`${file}.new`, file);
			flush(ready);
		});
		return name;
	}

	#keepDocuments(kept: string): void {
		const file = path.join(kept, STAGED_DATABASE);
		if (existsSync(file)) return;
		const unfinished = `${file}.new`;
		rmSync(unfinished, { force: true });
		const { database } = this.#options;
		const rows = database.prepare("SELECT kind, key, value FROM document WHERE kind <> ?").all(FORMAT_KIND);
		const copy = openScratch({ ...this.#options, file: unfinished }, NEWEST_SCHEMA);
		try {
			copy.transaction(() => putDocuments(copy, rows as DocumentRow[]))();
		} finally {
			copy.close();
		}
		flush(unfinished);
		this.#rename(unfinished, file);
		flush(kept);
	}

	/** Before the rows that name them: a body without a row is removed later, a row without a body is a loss. */
	#moveBodies(from: string): void {
		if (!existsSync(from)) return;
		const spool = this.#place("spool");
		mkdirSync(spool, { recursive: true, mode: 0o700 });
		const known = this.#options.database.prepare(
			"SELECT EXISTS (SELECT 1 FROM message WHERE id = ?) OR EXISTS (SELECT 1 FROM history WHERE id = ?)",
		);
		for (const name of readdirSync(from)) {
			const id = parseQueueId(name);
			if (id === undefined || known.pluck().get(id, id) === 1) continue;
			this.#rename(path.join(from, name), path.join(spool, name));
		}
		flush(spool);
	}

	#addRows(file: string): Pick<RestoreReport, "messages" | "known"> {
		// Made by an earlier program, perhaps: updated since.
		openScratch({ ...this.#options, file }, NEWEST_SCHEMA).close();
		const { database } = this.#options;
		database.prepare("ATTACH ? AS restored").run(file);
		try {
			const all = Number(database.prepare("SELECT count(*) FROM restored.message").pluck().get());
			const unknown = database
				.prepare(`SELECT id FROM restored.message WHERE ${UNKNOWN} ORDER BY id`)
				.pluck()
				.all() as number[];
			for (let first = 0; first < unknown.length; first += MESSAGES_AT_ONCE) {
				const ids = unknown.slice(first, first + MESSAGES_AT_ONCE);
				this.#step("add messages", () => database.transaction(() => this.#addMessages(ids))());
			}
			this.#step("replace the documents", () => database.transaction(() => this.#replaceDocuments())());
			return { messages: unknown.length, known: all - unknown.length };
		} finally {
			database.exec("DETACH restored");
		}
	}

	#addMessages(ids: readonly number[]): void {
		const { database } = this.#options;
		for (const [table, id] of Object.entries({ ...MESSAGE_TABLES, body: "id" })) {
			const columns = database.pragma(`restored.table_info(${table})`) as { name: string }[];
			const names = columns.map(({ name }) => quoted(name)).join(", ");
			database
				.prepare(
					`INSERT INTO main.${table} (${names}) SELECT ${names} FROM restored.${table} WHERE ${id} IN (SELECT value FROM json_each(?))`,
				)
				.run(JSON.stringify(ids));
		}
	}

	#replaceDocuments(): void {
		const { database } = this.#options;
		database.prepare("DELETE FROM main.document WHERE kind <> ?").run(FORMAT_KIND);
		database
			.prepare("INSERT INTO main.document SELECT kind, key, value FROM restored.document WHERE kind <> ?")
			.run(FORMAT_KIND);
	}

	/** Removes what is of no use any more; of old states, those that are older than a month or than the last one. */
	#tidy(keptNow: string | undefined): void {
		const { stateDir } = this.#options;
		const remove = (name: string) => rmSync(path.join(stateDir, name), { recursive: true, force: true });
		for (const name of readdirSync(stateDir)) {
			if (name.startsWith(STAGING_FOLDER) || name === DONE_FOLDER) remove(name);
			if (!name.startsWith(KEPT_PREFIX) || name === keptNow) continue;
			if (keptNow !== undefined || isOld(name)) remove(name);
		}
	}

	#rename(from: string, to: string): void {
		const { stateDir } = this.#options;
		const what = `${path.relative(stateDir, from)} becomes ${path.relative(stateDir, to)}`;
		this.#step(what, () => renameSync(from, to));
	}

	#step(what: string, change: () => void): void {
		this.#options.onStep?.(what);
		change();
	}

	#place(name: string): string {
		return path.join(this.#options.stateDir, name);
	}
}

const UNKNOWN = `NOT EXISTS (SELECT 1 FROM main.message AS here WHERE here.id = restored.message.id)
	AND NOT EXISTS (SELECT 1 FROM main.history AS gone WHERE gone.id = restored.message.id)`;

/** By the name that `#nameKept` gave it; what has another name is left alone. */
function isOld(name: string): boolean {
	const [, day, hour, minute, second] =
		/^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d)-\d+Z$/.exec(name.slice(KEPT_PREFIX.length)) ?? [];
	const madeAtMs = Date.parse(`${day}T${hour}:${minute}:${second}Z`);
	return Date.now() - madeAtMs > KEPT_MS;
}
