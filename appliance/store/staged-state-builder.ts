/**
 * Builds the database of a state that is to be put in place at the next start: documents, and messages to be
 * added to the queue. In a thread of its own, for staged-state.ts.
 *
 * What does not fit (rows from a file that is not what it says) is an answer, `unfit`, and so is a full
 * card; the file is then of no use and its folder is to be removed.
 */
import { closeSync, fsyncSync, openSync } from "node:fs";
import { asError, errorCode } from "../errors.ts";
import { migrate, openScratch, type SqliteDatabase } from "./database.ts";
import { insertMessageRows, type MessageRows } from "./message-rows.ts";
import { MIGRATIONS } from "./migrations.ts";
import { type DocumentRow, MESSAGE_STATES, RECIPIENT_STATES } from "./operations.ts";

export type BuildStep =
	/** `schema`: of the rows that will come. */
	| { readonly type: "begin"; readonly schema: number }
	| { readonly type: "documents"; readonly rows: readonly DocumentRow[] }
	/** `body` is null when it is in a file. */
	| { readonly type: "message"; readonly rows: MessageRows; readonly body: Uint8Array | null }
	/** Checks and flushes; nothing may come after it. */
	| { readonly type: "finish" };

export type BuildAnswer =
	| { readonly ok: true }
	| { readonly ok: false; readonly why: "unfit" | "full" | "failed"; readonly text: string };

export class StagedStateBuilder {
	readonly #options: { readonly file: string; readonly addon?: object };
	#database: SqliteDatabase | undefined;

	constructor(options: { readonly file: string; readonly addon?: object }) {
		this.#options = options;
	}

	/** Never throws. */
	take(step: BuildStep): BuildAnswer {
		try {
			this.#take(step);
			return { ok: true };
		} catch (thrown) {
			return { ok: false, why: whyOf(errorCode(thrown)), text: asError(thrown).message };
		}
	}

	close(): void {
		this.#database?.close();
		this.#database = undefined;
	}

	#take(step: BuildStep): void {
		if (step.type === "begin") {
			this.#database = openScratch(this.#options, step.schema);
			return;
		}
		const database = this.#database;
		if (database === undefined) throw new Error("the staged state is built before it is begun");
		switch (step.type) {
			case "documents":
				database.transaction(() => putDocuments(database, step.rows))();
				return;
			case "message":
				database.transaction(() => putMessage(database, step.rows, step.body))();
				return;
			case "finish":
				this.#finish(database);
		}
	}

	#finish(database: SqliteDatabase): void {
		for (const [what, sql] of Object.entries(MUST_BE_NONE)) {
			if (database.prepare(sql).pluck().get() !== 0) throw new Unfit(what);
		}
		database.exec(LOOK_BEFORE_SENDING);
		migrate(database, MIGRATIONS);
		const verdict = database.pragma("integrity_check", { simple: true });
		if (verdict !== "ok") throw new Unfit(`the database is not whole: ${String(verdict)}`);
		this.close();
		flush(this.#options.file);
	}
}

/** Also for what is set aside when a state is put in place. */
export function putDocuments(database: SqliteDatabase, rows: readonly DocumentRow[]): void {
	const insert = database.prepare("INSERT INTO document VALUES (?, ?, ?)");
	for (const { kind, key, value } of rows) insert.run(kind, key, value);
}

/** A file, or a folder: then the names in it. */
export function flush(place: string): void {
	const descriptor = openSync(place, "r");
	try {
		fsyncSync(descriptor);
	} finally {
		closeSync(descriptor);
	}
}

/** Rows that are no message of ours, whatever their types say. */
class Unfit extends Error {
	readonly code = "UNFIT";
}

function putMessage(database: SqliteDatabase, rows: MessageRows, body: Uint8Array | null): void {
	insertMessageRows(database, rows);
	if (body !== null) database.prepare("INSERT INTO body VALUES (?, ?)").run(rows.message[0]?.["id"], body);
}

const MUST_BE_NONE = {
	"a message is in a state that there is not": `SELECT count(*) FROM message WHERE state NOT BETWEEN 0 AND ${MESSAGE_STATES.length - 1}`,
	"a recipient is in a state that there is not": `SELECT count(*) FROM recipient WHERE state NOT BETWEEN 0 AND ${RECIPIENT_STATES.length - 1}`,
	"a message has no recipient":
		"SELECT count(*) FROM message WHERE NOT EXISTS (SELECT 1 FROM recipient WHERE message_id = message.id)",
	"a message's body is neither a row nor a file":
		"SELECT count(*) FROM message WHERE in_file = EXISTS (SELECT 1 FROM body WHERE body.id = message.id)",
} as const;

/** The box that they come from may have gone on and sent them; none of them is being sent here. */
const LOOK_BEFORE_SENDING = `UPDATE message SET maybe_sent = 1, state = CASE state WHEN ${MESSAGE_STATES.indexOf("active")} THEN ${MESSAGE_STATES.indexOf("incoming")} ELSE state END`;

function whyOf(code: string | undefined): "unfit" | "full" | "failed" {
	if (code === "SQLITE_FULL" || code === "ENOSPC" || code === "EDQUOT") return "full";
	// A column that there is not, a value of another type, a number that comes twice.
	const isUnfit = code === "UNFIT" || code === "SQLITE_ERROR" || code?.startsWith("SQLITE_CONSTRAINT");
	return isUnfit === true ? "unfit" : "failed";
}
