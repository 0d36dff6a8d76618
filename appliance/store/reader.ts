/**
 * The storage threads' eyes: the queries. The reader is a thread of its own, because the writer stands still while
 * a flush runs and a console or a delivery must not wait for that. For storage-thread.ts.
 */
import type { DsnRequest } from "../mail/envelope.ts";
import { giveBack } from "../memory.ts";
import type { SqliteDatabase, SqliteStatement } from "./database.ts";
import { searchMail } from "./mail-search.ts";
import { type MessageRows, messageRowsReader } from "./message-rows.ts";
import {
	type EventRecord,
	type FinishedOutcome,
	type HistoryDocument,
	MESSAGE_STATES,
	type MessageRecord,
	type QueueIndex,
	RECIPIENT_STATES,
	type Read,
	type ReadAnswers,
	type RecipientRecord,
	type ShownHistory,
	type ShownMessage,
} from "./operations.ts";

interface MessageRow {
	readonly id: number;
	readonly device: string;
	readonly account: string;
	readonly reverse_path: string;
	readonly smtp_utf8: number;
	readonly size_bytes: number;
	readonly in_file: number;
	readonly received_ms: number;
	readonly state: number;
	readonly due_ms: number;
	readonly attempts: number;
	readonly maybe_sent: number;
	readonly last_error: string;
	readonly digest: Uint8Array | null;
	readonly subject: string;
	readonly body_crc: number | null;
	readonly envelope_crc: number | null;
}

export class Reader {
	readonly #database: SqliteDatabase;
	readonly #statements: Readonly<Record<keyof typeof SQL, SqliteStatement>>;
	readonly #rowsOf: (id: number) => MessageRows | null;

	constructor(database: SqliteDatabase) {
		this.#database = database;
		this.#rowsOf = messageRowsReader(database);
		const prepared = Object.entries(SQL).map(([name, sql]) => [name, database.prepare(sql)]);
		this.#statements = Object.fromEntries(prepared) as Record<keyof typeof SQL, SqliteStatement>;
	}

	answer(read: Read): ReadAnswers[Read["type"]] {
		switch (read.type) {
			case "last-id":
				return Number(this.#statements.lastId.pluck().get());
			case "spare-bytes":
				return this.#spareBytes();
			case "index":
				return this.#index(read.afterId, read.uptoId, read.limit);
			case "digests":
				return this.#digests(read.sinceMs);
			case "body":
				return (this.#statements.body.pluck().get(read.id) as Uint8Array | undefined) ?? null;
			case "show":
				// One snapshot for its three queries.
				return this.#database.transaction(() => this.#show(read.id))();
			case "list":
				return this.#list(read.afterId, read.limit);
			case "search":
				return this.#database.transaction(() => searchMail(this.#database, read))();
			case "documents":
				return this.#statements.documents.all(read.kind) as ReadAnswers["documents"];
			case "all-documents":
				return this.#statements.allDocuments.all() as ReadAnswers["all-documents"];
			case "rows":
				return this.#database.transaction(() => this.#rowsOf(read.id))();
			case "schema":
				return Number(this.#database.pragma("user_version", { simple: true }));
		}
	}

	#digests(sinceMs: number): ReadAnswers["digests"] {
		const queued = this.#statements.digests.all(sinceMs) as { id: number; digest: string }[];
		const finished = (this.#statements.lately.all() as { id: number; document: string }[]).flatMap(
			({ id, document }) => {
				const { digest, receivedAtMs } = JSON.parse(document) as HistoryDocument;
				return digest === undefined || receivedAtMs < sinceMs ? [] : [{ id, digest }];
			},
		);
		return [...queued, ...finished].sort((a, b) => a.id - b.id);
	}

	#spareBytes(): number {
		const pages = Number(this.#database.pragma("freelist_count", { simple: true }));
		return pages * Number(this.#database.pragma("page_size", { simple: true }));
	}

	#index(afterId: number, uptoId: number, limit: number): QueueIndex {
		const rows = this.#statements.index.raw().all(afterId, uptoId, limit) as [
			number,
			string,
			string,
			number,
			number,
		][];
		const ids = new Float64Array(rows.length);
		const dueAtMs = new Float64Array(rows.length);
		const states = new Uint8Array(rows.length);
		const laneOf = new Uint32Array(rows.length);
		const laneNumbers = new Map<string, number>();
		const lanes: { account: string; device: string }[] = [];
		for (const [position, [id, account, device, state, due]] of rows.entries()) {
			const laneKey = `${account}\0${device}`;
			let lane = laneNumbers.get(laneKey);
			if (lane === undefined) {
				lane = lanes.push({ account, device }) - 1;
				laneNumbers.set(laneKey, lane);
			}
			ids[position] = id;
			states[position] = state;
			dueAtMs[position] = due;
			laneOf[position] = lane;
		}
		// The last of many pages: what they left is given back.
		if (afterId > 0 && rows.length < limit) giveBack();
		return { ids, dueAtMs, states, laneOf, lanes };
	}

	#show(id: number): ShownMessage | ShownHistory | null {
		const row = this.#statements.message.get(id) as MessageRow | undefined;
		if (row !== undefined) {
			return {
				message: messageOf(row),
				recipients: this.#recipients(id),
				events: this.#statements.events.all(id) as EventRecord[],
				dsn: this.#dsn(id),
				progress: (this.#statements.progress.pluck().get(id) as string | undefined) ?? null,
				notice: (this.#statements.notice.pluck().get(id) as string | undefined) ?? null,
				seal: { body: row.body_crc, envelope: row.envelope_crc },
				digest: row.digest === null ? null : Buffer.from(row.digest).toString("hex"),
			};
		}
		const finished = this.#statements.history.get(id) as
			| { outcome: FinishedOutcome; finishedAtMs: number; document: string }
			| undefined;
		if (finished === undefined) return null;
		return { ...finished, document: JSON.parse(finished.document) as HistoryDocument };
	}

	#dsn(id: number): DsnRequest | null {
		const request = this.#statements.dsn.pluck().get(id) as string | undefined;
		return request === undefined ? null : (JSON.parse(request) as DsnRequest);
	}

	#list(afterId: number, limit: number): ReadAnswers["list"] {
		const rows = this.#statements.list.all(afterId, limit) as MessageRow[];
		return rows.map((row) => ({
			...messageOf(row),
			recipients: this.#statements.addresses.pluck().all(row.id) as string[],
		}));
	}

	#recipients(id: number): RecipientRecord[] {
		const rows = this.#statements.recipients.all(id) as {
			address: string;
			state: number;
			reply: string;
			ownerText: string;
		}[];
		return rows.map((row) => ({ ...row, state: RECIPIENT_STATES[row.state] ?? "pending" }));
	}
}

const SQL = {
	index:
		"SELECT id, account, device, state, due_ms FROM message WHERE id > ? AND id <= ? ORDER BY id LIMIT ?",
	lastId:
		"SELECT max(coalesce((SELECT max(id) FROM message), 0), coalesce((SELECT max(id) FROM history), 0))",
	digests:
		"SELECT id, lower(hex(digest)) AS digest FROM message WHERE received_ms >= ? AND digest IS NOT NULL ORDER BY id DESC LIMIT 500",
	lately: "SELECT id, document FROM history ORDER BY id DESC LIMIT 500",
	body: "SELECT content FROM body WHERE id = ?",
	message: "SELECT * FROM message WHERE id = ?",
	recipients:
		"SELECT address, state, reply, owner_text AS ownerText FROM recipient WHERE message_id = ? ORDER BY ordinal",
	addresses: "SELECT address FROM recipient WHERE message_id = ? ORDER BY ordinal",
	events: "SELECT at_ms AS atMs, event, detail FROM event WHERE message_id = ? ORDER BY ordinal",
	progress: "SELECT document FROM progress WHERE id = ?",
	notice: "SELECT document FROM notice WHERE id = ?",
	dsn: "SELECT request FROM dsn WHERE id = ?",
	history: "SELECT outcome, finished_ms AS finishedAtMs, document FROM history WHERE id = ?",
	list: "SELECT * FROM message WHERE id > ? ORDER BY id LIMIT ?",
	documents: "SELECT key, value FROM document WHERE kind = ? ORDER BY key",
	allDocuments: "SELECT kind, key, value FROM document ORDER BY kind, key",
} as const;

function messageOf(row: MessageRow): MessageRecord {
	return {
		id: row.id,
		device: row.device,
		account: row.account,
		reversePath: row.reverse_path,
		smtpUtf8: row.smtp_utf8 === 1,
		sizeBytes: row.size_bytes,
		inFile: row.in_file === 1,
		receivedAtMs: row.received_ms,
		state: MESSAGE_STATES[row.state] ?? "incoming",
		dueAtMs: row.due_ms,
		attempts: row.attempts,
		maybeSent: row.maybe_sent === 1,
		lastError: row.last_error,
		subject: row.subject,
	};
}
