/**
 * The writer thread's hands: applies a group of writes in one transaction, so that they share one
 * flush. For storage-thread.ts.
 *
 * When the group fails it is tried again write by write, so that one bad write (a bug, a full card)
 * does not take its neighbours with it; each write's fate is reported on its own. But not after the card itself has failed:
 * then all of the group is refused (careful-writer.ts).
 */
import { errorCode } from "../errors.ts";
import { isDamaged, isSick } from "./card-fault.ts";
import type { SqliteDatabase, SqliteStatement } from "./database.ts";
import { listingOf, SEARCH_TEXT } from "./listing.ts";
import type { LogFile } from "./log-file.ts";
import { envelopeSum, nextBodySum } from "./message-seal.ts";
import {
	type Adopt,
	type Announce,
	type ChangeDocuments,
	type Doubt,
	type Enqueue,
	type EventRecord,
	type Finish,
	type Lease,
	MESSAGE_STATES,
	type NoteProgress,
	RECIPIENT_STATES,
	type Reroute,
	type Unlease,
	type Update,
	type Write,
} from "./operations.ts";
import { inWritingOrder } from "./write-order.ts";

/** Null for a write that is on the card; else SQLite's error code and text. */
export type WriteFate = { readonly changes: number } | { readonly code: string; readonly text: string };

/** Finished messages kept for the owner to look back at; the oldest go first. */
const HISTORY_KEPT = 100_000;
/** History is cut in steps, so that not every commit touches its oldest page. */
const HISTORY_SLACK = 256;

export class Writer {
	readonly #database: SqliteDatabase;
	readonly #log: Pick<LogFile, "flush"> | undefined;
	readonly #statements: Readonly<Record<keyof typeof SQL, SqliteStatement>>;
	#historyRows: number | undefined;

	/** Without a log SQLite flushes as the connection is set. */
	constructor(database: SqliteDatabase, log?: Pick<LogFile, "flush">) {
		this.#database = database;
		this.#log = log;
		const prepared = Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]);
		this.#statements = Object.fromEntries(prepared) as Record<keyof typeof SQL, SqliteStatement>;
	}

	/** Applies all in one transaction; on return what has no error is on the card. */
	commit(writes: readonly Write[]): readonly WriteFate[] {
		try {
			return this.#transaction(writes);
		} catch (error) {
			this.#historyRows = undefined;
			const fate = fateOf(error);
			if (isOfTheCard(fate)) return writes.map(() => fate);
			if (writes.length === 1) return [fate];
			return this.#oneByOne(writes);
		}
	}

	/** Once the card has failed the rest is refused with it: after a flush that failed its answers are worth nothing. */
	#oneByOne(writes: readonly Write[]): readonly WriteFate[] {
		let failure: WriteFate | undefined;
		return writes.flatMap((write) => {
			const [fate] = failure === undefined ? this.commit([write]) : [failure];
			if (fate !== undefined && isOfTheCard(fate)) failure = fate;
			return fate ?? [];
		});
	}

	#transaction(writes: readonly Write[]): WriteFate[] {
		this.#statements.begin.run();
		try {
			const fates: WriteFate[] = [];
			for (const [place, write] of inWritingOrder(writes)) fates[place] = { changes: this.#apply(write) };
			this.#statements.commit.run();
			this.#log?.flush();
			return fates;
		} catch (error) {
			if (this.#database.inTransaction) this.#statements.rollback.run();
			throw error;
		}
	}

	#apply(write: Write): number {
		switch (write.type) {
			case "enqueue":
				return this.#enqueue(write);
			case "lease":
				return this.#mark(this.#statements.lease, write);
			case "doubt":
				return this.#mark(this.#statements.doubt, write);
			case "unlease":
				return this.#mark(this.#statements.unlease, write);
			case "adopt":
				return this.#adopt(write);
			case "reroute":
				return this.#reroute(write);
			case "note-progress":
				return this.#noteProgress(write);
			case "announce":
				return this.#announce(write);
			case "update":
				return this.#update(write);
			case "finish":
				return this.#finish(write);
			case "withdraw":
				return write.ids.reduce((changes, id) => changes + this.#deleteRows(id), 0);
			case "put-document":
				return this.#statements.putDocument.run(write.kind, write.key, write.value).changes;
			case "change-documents":
				return this.#changeDocuments(write);
			case "remove-document":
				return this.#statements.removeDocument.run(write.kind, write.key).changes;
		}
	}

	#changeDocuments({ kind, entries }: ChangeDocuments): number {
		const { putDocument, removeDocument } = this.#statements;
		let changes = 0;
		for (const [key, value] of entries) {
			const statement = value === null ? removeDocument.run(kind, key) : putDocument.run(kind, key, value);
			changes += statement.changes;
		}
		return changes;
	}

	#enqueue({ message, recipients, body, bodySum, dsn, digest, event }: Enqueue): number {
		this.#statements.insertMessage.run(
			message.id,
			message.device,
			message.account,
			message.reversePath,
			Number(message.smtpUtf8),
			message.sizeBytes,
			Number(message.inFile),
			message.receivedAtMs,
			MESSAGE_STATES.indexOf(message.state),
			message.dueAtMs,
			message.attempts,
			digest,
			message.subject,
			body === null ? (bodySum ?? null) : nextBodySum(0, body),
			envelopeSum(message.reversePath, recipients),
		);
		for (const [ordinal, address] of recipients.entries()) {
			this.#statements.insertRecipient.run(message.id, ordinal, address);
		}
		if (body !== null) this.#statements.insertBody.run(message.id, body);
		if (dsn !== null) this.#statements.insertDsn.run(message.id, JSON.stringify(dsn));
		if (event !== undefined) this.#insertEvent(message.id, event);
		return 1;
	}

	#mark(statement: SqliteStatement, { ids }: Lease | Unlease | Doubt): number {
		let changes = 0;
		for (const id of ids) changes += statement.run(id).changes;
		return changes;
	}

	#adopt({ ids, device, account }: Adopt): number {
		let changes = 0;
		for (const id of ids) changes += this.#statements.adopt.run(device, account, id).changes;
		return changes;
	}

	#reroute({ ids, account }: Reroute): number {
		let changes = 0;
		for (const id of ids) changes += this.#statements.reroute.run(account, id).changes;
		return changes;
	}

	#noteProgress({ id, document }: NoteProgress): number {
		if (document === null) return this.#statements.deleteProgress.run(id).changes;
		return this.#statements.putProgress.run(id, document, id).changes;
	}

	#announce({ id, document, bounce }: Announce): number {
		const { changes } = this.#statements.putNotice.run(id, document, id);
		if (changes > 0 && bounce !== null) this.#enqueue(bounce);
		return changes;
	}

	#update(update: Update): number {
		const { changes } = this.#statements.updateMessage.run(
			MESSAGE_STATES.indexOf(update.state),
			update.dueAtMs,
			update.attempts,
			Number(update.maybeSent),
			update.lastError,
			update.id,
		);
		if (changes === 0) return 0;
		for (const recipient of update.recipients) {
			this.#statements.updateRecipient.run(
				RECIPIENT_STATES.indexOf(recipient.state),
				recipient.reply,
				recipient.ownerText,
				update.id,
				recipient.ordinal,
			);
		}
		if (update.event !== null) this.#insertEvent(update.id, update.event);
		return changes;
	}

	#insertEvent(id: number, { atMs, event, detail }: EventRecord): void {
		this.#statements.insertEvent.run(id, id, atMs, event, detail);
	}

	#finish({ id, finishedAtMs, outcome, document }: Finish): number {
		const changes = this.#deleteRows(id);
		if (changes === 0) return 0;
		this.#statements.insertListing.run(id, outcome, document);
		this.#statements.insertHistory.run(id, finishedAtMs, outcome, document);
		this.#pruneHistory();
		return changes;
	}

	#deleteRows(id: number): number {
		const { changes } = this.#statements.deleteMessage.run(id);
		if (changes === 0) return 0;
		this.#statements.deleteRecipients.run(id);
		this.#statements.deleteBody.run(id);
		this.#statements.deleteEvents.run(id);
		this.#statements.deleteDsn.run(id);
		this.#statements.deleteProgress.run(id);
		this.#statements.deleteNotice.run(id);
		return changes;
	}

	#pruneHistory(): void {
		this.#historyRows ??= Number(this.#statements.countHistory.pluck().get()) - 1;
		this.#historyRows += 1;
		if (this.#historyRows <= HISTORY_KEPT + HISTORY_SLACK) return;
		this.#historyRows -= this.#statements.pruneHistory.run(this.#historyRows - HISTORY_KEPT).changes;
	}
}

const SQL = {
	begin: "BEGIN IMMEDIATE",
	commit: "COMMIT",
	rollback: "ROLLBACK",
	insertMessage:
		"INSERT INTO message (id, device, account, reverse_path, smtp_utf8, size_bytes, in_file, received_ms, state, due_ms, attempts, maybe_sent, last_error, digest, subject, body_crc, envelope_crc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', ?, ?, ?, ?)",
	insertRecipient: "INSERT INTO recipient VALUES (?, ?, ?, 0, '', '')",
	insertBody: "INSERT INTO body VALUES (?, ?)",
	insertDsn: "INSERT INTO dsn VALUES (?, ?)",
	lease: "UPDATE message SET state = 1 WHERE id = ? AND state IN (0, 2)",
	doubt: "UPDATE message SET state = 0, maybe_sent = 1 WHERE id = ? AND state = 1",
	adopt: "UPDATE message SET device = ?, account = ?, state = 0 WHERE id = ? AND state = 3",
	reroute: "UPDATE message SET account = ? WHERE id = ? AND state IN (0, 2, 3)",
	putProgress:
		"INSERT OR REPLACE INTO progress SELECT ?, ? WHERE EXISTS (SELECT 1 FROM message WHERE id = ?)",
	deleteProgress: "DELETE FROM progress WHERE id = ?",
	putNotice: "INSERT OR REPLACE INTO notice SELECT ?, ? WHERE EXISTS (SELECT 1 FROM message WHERE id = ?)",
	deleteNotice: "DELETE FROM notice WHERE id = ?",
	unlease: "UPDATE message SET state = 0 WHERE id = ? AND state = 1",
	updateMessage:
		"UPDATE message SET state = ?, due_ms = ?, attempts = ?, maybe_sent = ?, last_error = ? WHERE id = ?",
	updateRecipient:
		"UPDATE recipient SET state = ?, reply = ?, owner_text = ? WHERE message_id = ? AND ordinal = ?",
	insertEvent:
		"INSERT INTO event VALUES (?, (SELECT coalesce(max(ordinal), 0) + 1 FROM event WHERE message_id = ?), ?, ?, ?)",
	deleteMessage: "DELETE FROM message WHERE id = ?",
	deleteRecipients: "DELETE FROM recipient WHERE message_id = ?",
	deleteBody: "DELETE FROM body WHERE id = ?",
	deleteEvents: "DELETE FROM event WHERE message_id = ?",
	deleteDsn: "DELETE FROM dsn WHERE id = ?",
	insertHistory: "INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?)",
	// Before the history: else its trigger does it, as for an earlier program.
	insertListing: `INSERT OR REPLACE INTO listing SELECT ${listingOf("row", SEARCH_TEXT)} FROM (SELECT ? AS id, ? AS outcome, ? AS document) AS row`,
	// As many as there are in `history`, on fewer pages.
	countHistory: "SELECT count(*) FROM listing",
	pruneHistory: "DELETE FROM history WHERE id IN (SELECT id FROM history ORDER BY id LIMIT ?)",
	putDocument: "INSERT OR REPLACE INTO document VALUES (?, ?, ?)",
	removeDocument: "DELETE FROM document WHERE kind = ? AND key = ?",
} as const;

function isOfTheCard(fate: WriteFate): boolean {
	return "code" in fate && (isSick(fate.code) || isDamaged(fate.code));
}

function fateOf(error: unknown): WriteFate {
	return { code: errorCode(error) ?? "ERR", text: error instanceof Error ? error.message : String(error) };
}
