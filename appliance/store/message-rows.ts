/**
 * All that the database knows of one queued message but its body, as rows of whatever columns there are: to
 * be taken out whole and put into another database of the same step of the schema. For backups.
 *
 * A new table that holds something of a queued message is named here too.
 */
import type { SqliteDatabase } from "./database.ts";

/** Table, and the column that holds the message's number. */
export const MESSAGE_TABLES = {
	message: "id",
	recipient: "message_id",
	event: "message_id",
	dsn: "id",
	progress: "id",
	notice: "id",
} as const;
export type MessageTable = keyof typeof MESSAGE_TABLES;
export const MESSAGE_TABLE_NAMES = Object.keys(MESSAGE_TABLES) as readonly MessageTable[];

export type Cell = string | number | null | Uint8Array;
export type Row = Readonly<Record<string, Cell>>;
export type MessageRows = Readonly<Record<MessageTable, readonly Row[]>>;

/** Null: it is not in the queue. To be called in a transaction. */
export function messageRowsReader(database: SqliteDatabase): (id: number) => MessageRows | null {
	const of = (table: MessageTable) =>
		database.prepare(`SELECT * FROM ${table} WHERE ${MESSAGE_TABLES[table]} = ?`);
	const statements = {
		message: of("message"),
		recipient: of("recipient"),
		event: of("event"),
		dsn: of("dsn"),
		progress: of("progress"),
		notice: of("notice"),
	} satisfies Record<MessageTable, unknown>;
	return (id) => {
		const all = (table: MessageTable) => statements[table].all(id) as Row[];
		const message = all("message");
		if (message.length === 0) return null;
		return {
			message,
			recipient: all("recipient"),
			event: all("event"),
			dsn: all("dsn"),
			progress: all("progress"),
			notice: all("notice"),
		};
	};
}

/** Puts a message's rows in by the names of their columns. Throws SQLite's error for a name or value that does not fit. */
export function insertMessageRows(database: SqliteDatabase, rows: MessageRows): void {
	for (const table of MESSAGE_TABLE_NAMES) {
		for (const row of rows[table]) insertRow(database, table, row);
	}
}

function insertRow(database: SqliteDatabase, table: MessageTable, row: Row): void {
	const columns = Object.keys(row);
	const names = columns.map(quoted).join(", ");
	const places = columns.map(() => "?").join(", ");
	database.prepare(`INSERT INTO ${table} (${names}) VALUES (${places})`).run(...Object.values(row));
}

/** The names may come out of a file: whatever they are, SQLite takes them for names (sqlite.org/lang_keywords.html). */
export function quoted(name: string): string {
	return `"${name.replaceAll('"', '""')}"`;
}
