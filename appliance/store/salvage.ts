/**
 * Builds a database anew of what can be read of one that is damaged, and sets that one aside whole. For opening.ts, in the writer thread,
 * before anything of the state folder is used.
 *
 * A message of which something is missing is kept as failed, so that its sender and its owner are told, and is not sent; what has lost its
 * envelope is put beside the old database, as mail files. A message of which only a page without a place is left is looked up before it is
 * sent, and left out when it has gone already. Whatever moment the power is cut at, the next start has the old state or the new.
 *
 * Throws SQLite's and the system's errors, with nothing changed but a file to be written again.
 */
import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { formatQueueId, parseQueueId } from "../mail/queue-id.ts";
import { DELIVERY } from "../words/delivery.ts";
import { removeDamageMark } from "./damage-mark.ts";
import { DamagedPages, type SavedRow, type SavedTable } from "./damaged-pages.ts";
import { openScratch, PAGE_BYTES, type SqliteDatabase, type SqliteStatement } from "./database.ts";
import { listingOf, SEARCH_TEXT } from "./listing.ts";
import type { LogLook } from "./log-look.ts";
import { envelopeSum, nextBodySum } from "./message-seal.ts";
import { NEWEST_SCHEMA } from "./migrations.ts";
import { MESSAGE_STATES, RECIPIENT_STATES } from "./operations.ts";
import type { Value } from "./record.ts";
import { KEPT_MS, keepReport, type SalvageReport } from "./salvage-report.ts";
import { flush } from "./staged-state-builder.ts";

/** Being written. */
const UNFINISHED = "salvage.db";
/** Whole: to take the old one's place. */
const FINISHED = "salvaged.db";
/** Name of the folder that the old one goes to. */
const KEPT_AS_FILE = "salvaged-as";
const KEPT_PREFIX = "damaged-";
const MAIL_FOLDER = "mail";
export const SPOOL_FOLDER = "spool";

export interface SalvageOptions {
	readonly stateDir: string;
	readonly addon?: object;
	readonly why: string;
	/** At its log, before SQLite did. */
	readonly log: LogLook;
	readonly nowMs: number;
}

/** Rebuilds `postern.db`; it is in place when this returns. */
export function salvage(options: SalvageOptions): SalvageReport {
	const { stateDir, addon, nowMs } = options;
	const unfinished = path.join(stateDir, UNFINISHED);
	for (const end of ["", "-journal"]) rmSync(`${unfinished}${end}`, { force: true });
	const keptAs = `${KEPT_PREFIX}${new Date(nowMs).toISOString().replaceAll(/[:.]/g, "-")}`;
	const kept = path.join(stateDir, keptAs);
	mkdirSync(path.join(kept, MAIL_FOLDER), { recursive: true, mode: 0o700 });
	const database = openScratch(
		{ file: unfinished, ...(addon === undefined ? {} : { addon }) },
		NEWEST_SCHEMA,
	);
	let report: SalvageReport;
	try {
		report = database.transaction(() => new Salvage(database, options, keptAs).run())();
	} catch (thrown) {
		database.close();
		rmSync(unfinished, { force: true });
		throw thrown;
	}
	const verdict = String(database.pragma("quick_check(1)", { simple: true }));
	database.close();
	if (verdict !== "ok") throw new Error(`what was salvaged is not whole: ${verdict}`);
	flush(unfinished);
	writeFileSync(path.join(stateDir, KEPT_AS_FILE), keptAs, { mode: 0o600 });
	flush(path.join(stateDir, KEPT_AS_FILE));
	renameSync(unfinished, path.join(stateDir, FINISHED));
	flush(stateDir);
	finishSalvage(stateDir);
	return report;
}

/** Puts what was salvaged in the place of the old one; nothing where nothing was. */
export function finishSalvage(stateDir: string): void {
	const place = (name: string) => path.join(stateDir, name);
	if (!existsSync(place(FINISHED))) return;
	const kept = place(path.basename(readFileSync(place(KEPT_AS_FILE), "utf8")));
	mkdirSync(kept, { recursive: true, mode: 0o700 });
	for (const name of ["postern.db", "postern.db-wal"]) {
		if (existsSync(place(name))) renameSync(place(name), path.join(kept, name));
	}
	rmSync(place("postern.db-shm"), { force: true });
	removeDamageMark(stateDir);
	flush(kept);
	flush(stateDir);
	renameSync(place(FINISHED), place("postern.db"));
	flush(stateDir);
	rmSync(place(KEPT_AS_FILE), { force: true });
}

/** What was set aside is kept for a month. */
export function tidySalvaged(stateDir: string, nowMs: number): void {
	for (const name of readdirSync(stateDir)) {
		if (!name.startsWith(KEPT_PREFIX)) continue;
		const folder = path.join(stateDir, name);
		if (nowMs - statSync(folder).mtimeMs > KEPT_MS) rmSync(folder, { recursive: true, force: true });
	}
}

const COLUMNS: Readonly<Record<SavedTable, readonly string[]>> = {
	message: [
		...[
			"id",
			"device",
			"account",
			"reverse_path",
			"smtp_utf8",
			"size_bytes",
			"in_file",
			"received_ms",
			"state",
		],
		...["due_ms", "attempts", "maybe_sent", "last_error", "digest", "subject", "body_crc", "envelope_crc"],
	],
	recipient: ["message_id", "ordinal", "address", "state", "reply", "owner_text"],
	body: ["id", "content"],
	event: ["message_id", "ordinal", "at_ms", "event", "detail"],
	history: ["id", "finished_ms", "outcome", "document"],
	document: ["kind", "key", "value"],
	dsn: ["id", "request"],
	progress: ["id", "document"],
	notice: ["id", "document"],
};

interface SavedMessage {
	readonly id: number;
	readonly reverse_path: string;
	readonly size_bytes: number;
	readonly in_file: number;
	readonly body_crc: number | null;
	readonly envelope_crc: number | null;
}

class Salvage {
	readonly #database: SqliteDatabase;
	readonly #options: SalvageOptions;
	readonly #keptAs: string;
	readonly #inserts = new Map<string, SqliteStatement>();
	/** Messages that no tree led to. */
	readonly #unsure = new Set<number>();
	#exported = 0;

	constructor(database: SqliteDatabase, options: SalvageOptions, keptAs: string) {
		this.#database = database;
		this.#options = options;
		this.#keptAs = keptAs;
	}

	run(): SalvageReport {
		this.#takeRows();
		this.#dropGone();
		this.#database.exec(
			`DELETE FROM listing; INSERT INTO listing SELECT ${listingOf("history", SEARCH_TEXT)} FROM history`,
		);
		this.#exportBodies();
		const damaged = this.#judgeMessages();
		this.#exportFiles();
		for (const table of ["recipient", "event"]) this.#dropStray(table, "message_id");
		for (const table of ["body", "dsn", "progress", "notice"]) this.#dropStray(table, "id");
		const report: SalvageReport = {
			...{ atMs: this.#options.nowMs, why: this.#options.why, keptAs: this.#keptAs },
			saved: this.#count("SELECT count(*) FROM message") + this.#exported,
			damaged: damaged + this.#exported,
		};
		keepReport(this.#database, report);
		return report;
	}

	#takeRows(): void {
		const { stateDir, log } = this.#options;
		const pages = new DamagedPages({
			file: path.join(stateDir, "postern.db"),
			pageBytes: PAGE_BYTES,
			logged: log.pages,
			filePages: log.filePages,
		});
		try {
			for (const row of pages.rows()) this.#take(row);
		} finally {
			pages.close();
		}
	}

	/** What a tree leads to goes before what has only the form. */
	#take({ table, values, isWhole, isSure }: SavedRow): void {
		if (!isWhole && table !== "body") return;
		// The file's own; its steps have written it.
		if (table === "document" && (values[0] === "format" || !isJson(values[2]))) return;
		if (table === "history" && !isJson(values[3])) return;
		const id = values[0];
		const taken = this.#insert(table, values, isSure && isWhole);
		if (table !== "message" || typeof id !== "number" || !taken) return;
		if (isSure) this.#unsure.delete(id);
		else this.#unsure.add(id);
	}

	#insert(table: SavedTable, values: readonly Value[], replaces: boolean): boolean {
		const columns = COLUMNS[table].slice(0, values.length);
		const key = `${table} ${columns.length} ${replaces}`;
		let insert = this.#inserts.get(key);
		if (insert === undefined) {
			const places = columns.map(() => "?").join(", ");
			insert = this.#database.prepare(
				`INSERT OR ${replaces ? "REPLACE" : "IGNORE"} INTO ${table} (${columns.join(", ")}) VALUES (${places})`,
			);
			this.#inserts.set(key, insert);
		}
		try {
			return insert.run(...values).changes > 0;
		} catch {
			// A value that does not fit its column: not a row of this table, or not any more.
			return false;
		}
	}

	/** Rows of pages that had been given up: of mail that has left, or of a test of the box itself. */
	#dropGone(): void {
		const isGone = this.#database.prepare(
			"SELECT EXISTS (SELECT 1 FROM history WHERE id = ?) OR EXISTS (SELECT 1 FROM message WHERE id = ? AND device LIKE char(10) || '%')",
		);
		const remove = this.#database.prepare("DELETE FROM message WHERE id = ?");
		// Of those that stay nobody knows how far they had come.
		const doubt = this.#database.prepare("UPDATE message SET maybe_sent = 1 WHERE id = ?");
		for (const id of this.#unsure) {
			if (isGone.pluck().get(id, id) === 1) remove.run(id);
			else doubt.run(id);
		}
		this.#database.exec(
			`UPDATE message SET state = 0 WHERE state NOT BETWEEN 0 AND ${MESSAGE_STATES.length - 1};
			UPDATE recipient SET state = 0 WHERE state NOT BETWEEN 0 AND ${RECIPIENT_STATES.length - 1}`,
		);
	}

	/** How many of the messages are damaged. */
	#judgeMessages(): number {
		const messages = this.#database
			.prepare(
				"SELECT id, reverse_path, size_bytes, in_file, body_crc, envelope_crc FROM message ORDER BY id",
			)
			.all() as SavedMessage[];
		const addressesOf = this.#database.prepare(
			"SELECT address FROM recipient WHERE message_id = ? ORDER BY ordinal",
		);
		const bodyOf = this.#database.prepare("SELECT content FROM body WHERE id = ?");
		let damaged = 0;
		for (const message of messages) {
			const addresses = addressesOf.pluck().all(message.id) as string[];
			const body = message.in_file === 1 ? undefined : (bodyOf.pluck().get(message.id) as Buffer | undefined);
			if (addresses.length === 0) this.#setAside(message.id, body);
			else if (!isWhole(message, addresses, this.#fileSize(message), body)) {
				this.#fail(message, body);
				damaged += 1;
			}
		}
		return damaged;
	}

	#fileSize({ id, in_file }: SavedMessage): number | undefined {
		const file = path.join(this.#options.stateDir, SPOOL_FOLDER, formatQueueId(id));
		return in_file === 1 && existsSync(file) ? statSync(file).size : undefined;
	}

	/** It stays, to be seen and told of, and is not sent. */
	#fail({ id, in_file }: SavedMessage, body: Buffer | undefined): void {
		const database = this.#database;
		const text = DELIVERY.damagedOnCard;
		if (in_file === 0 && body === undefined) database.prepare("INSERT INTO body VALUES (?, x'')").run(id);
		database.prepare("UPDATE message SET state = ?, last_error = ? WHERE id = ?").run(FAILED, text, id);
		database
			.prepare(
				"UPDATE recipient SET state = ?, reply = '554 5.3.0 Damaged in storage', owner_text = ? WHERE message_id = ? AND state = 0",
			)
			.run(RECIPIENT_STATES.indexOf("failed"), text, id);
		database
			.prepare(
				"INSERT INTO event VALUES (?, (SELECT coalesce(max(ordinal), 0) + 1 FROM event WHERE message_id = ?), ?, 'damaged on the card', '')",
			)
			.run(id, id, this.#options.nowMs);
	}

	/** Bodies whose message is not known any more, and has not gone. */
	#exportBodies(): void {
		const stray = this.#database
			.prepare(
				"SELECT id FROM body WHERE NOT EXISTS (SELECT 1 FROM message WHERE message.id = body.id) AND NOT EXISTS (SELECT 1 FROM history WHERE history.id = body.id)",
			)
			.pluck()
			.all() as number[];
		const bodyOf = this.#database.prepare("SELECT content FROM body WHERE id = ?");
		for (const id of stray) this.#setAside(id, bodyOf.pluck().get(id) as Buffer);
	}

	/** A file of the spool whose message is not known any more would be removed at this start. */
	#exportFiles(): void {
		const spool = path.join(this.#options.stateDir, SPOOL_FOLDER);
		if (!existsSync(spool)) return;
		const isKnown = this.#database.prepare(
			"SELECT EXISTS (SELECT 1 FROM message WHERE id = ?) OR EXISTS (SELECT 1 FROM history WHERE id = ?)",
		);
		for (const name of readdirSync(spool)) {
			const id = parseQueueId(name);
			if (id === undefined || isKnown.pluck().get(id, id) === 1) continue;
			renameSync(path.join(spool, name), this.#mailFile(id));
			this.#exported += 1;
		}
	}

	#setAside(id: number, body: Buffer | undefined): void {
		if (body !== undefined) writeFileSync(this.#mailFile(id), body, { mode: 0o600 });
		this.#database.prepare("DELETE FROM message WHERE id = ?").run(id);
		if (body !== undefined) this.#exported += 1;
	}

	#mailFile(id: number): string {
		return path.join(this.#options.stateDir, this.#keptAs, MAIL_FOLDER, `${formatQueueId(id)}.eml`);
	}

	#dropStray(table: string, column: string): void {
		this.#database.exec(`DELETE FROM ${table} WHERE ${column} NOT IN (SELECT id FROM message)`);
	}

	#count(sql: string): number {
		return Number(this.#database.prepare(sql).pluck().get());
	}
}

const FAILED = MESSAGE_STATES.indexOf("failed");

function isWhole(
	{ reverse_path, size_bytes, in_file, body_crc, envelope_crc }: SavedMessage,
	addresses: readonly string[],
	fileSize: number | undefined,
	body: Buffer | undefined,
): boolean {
	if (envelope_crc !== null && envelopeSum(reverse_path, addresses) !== envelope_crc) return false;
	// What is in the file is looked at before it is sent.
	if (in_file === 1) return fileSize === size_bytes;
	return body?.length === size_bytes && (body_crc === null || nextBodySum(0, body) === body_crc);
}

function isJson(value: Value | undefined): boolean {
	if (typeof value !== "string") return false;
	try {
		JSON.parse(value);
		return true;
	} catch {
		return false;
	}
}
