/**
 * How a row of `listing` is made of one of `history`, as pieces of SQL: for the migration that made the
 * table, for what it does in place of programs that do not know it, and for the writer. Never throws for a
 * document that lacks something: a message must be able to leave the queue. Part of a migration's step: what
 * is released does not change.
 */

/** A row's expression for each of the two texts, given the row's name. */
type Expression = (row: string) => string;

const field = (row: string, name: string) => `${row}.document ->> '$.${name}'`;
const recipientsOf: Expression = (row) =>
	`(SELECT group_concat(value ->> '$.address', char(10)) FROM json_each(${row}.document, '$.recipients'))`;

export const SEARCH_TEXT: Expression = (row) =>
	`search_text(${row}.id, ${field(row, "device")}, ${field(row, "sender")}, ${field(row, "subject")}, ${recipientsOf(row)})`;

/** By SQLite's own means: without the id, and only A to Z lose their case. */
export const PLAIN_SEARCH_TEXT: Expression = (row) =>
	`lower(concat_ws(char(10), ${field(row, "subject")}, ${field(row, "device")}, ${field(row, "sender")}, ${recipientsOf(row)}))`;

/** The columns of `listing`, in order. */
export function listingOf(row: string, searchText: Expression): string {
	return [
		`${row}.id`,
		`CAST(coalesce(${field(row, "receivedAtMs")}, 0) AS INTEGER)`,
		`${row}.outcome`,
		`coalesce(${field(row, "device")}, '')`,
		`coalesce(${field(row, "account")}, '')`,
		searchText(row),
	].join(", ");
}
