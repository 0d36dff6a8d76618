/**
 * The database's schema as numbered steps that only add. For the writer thread at start.
 *
 * Each step names the oldest version of the program that may open the file afterwards
 * (`oldestReader`, a schema number), so that a rolled-back box either keeps its mail or says clearly
 * that it cannot read it. Steps already released never change.
 */
import { listingOf, PLAIN_SEARCH_TEXT, SEARCH_TEXT } from "./listing.ts";

export interface Migration {
	readonly number: number;
	/** A program that knows steps up to this number still reads the file correctly. */
	readonly oldestReader: number;
	readonly sql: string;
}

/**
 * Bodies stand apart from the rows that change (`message`), so that marking an attempt rewrites a
 * dense page and not the page that holds a body. There is no index on state or due time: the
 * scheduler keeps those in memory, and each index would cost a page per commit.
 */
const SPOOL = `
CREATE TABLE message (
	id INTEGER PRIMARY KEY,
	device TEXT NOT NULL,
	account TEXT NOT NULL,
	reverse_path TEXT NOT NULL,
	smtp_utf8 INTEGER NOT NULL,
	size_bytes INTEGER NOT NULL,
	in_file INTEGER NOT NULL,
	received_ms INTEGER NOT NULL,
	state INTEGER NOT NULL,
	due_ms INTEGER NOT NULL,
	attempts INTEGER NOT NULL,
	maybe_sent INTEGER NOT NULL,
	last_error TEXT NOT NULL
) STRICT;
CREATE TABLE recipient (
	message_id INTEGER NOT NULL,
	ordinal INTEGER NOT NULL,
	address TEXT NOT NULL,
	state INTEGER NOT NULL,
	reply TEXT NOT NULL,
	owner_text TEXT NOT NULL,
	PRIMARY KEY (message_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE body (
	id INTEGER PRIMARY KEY,
	content BLOB NOT NULL
) STRICT;
CREATE TABLE event (
	message_id INTEGER NOT NULL,
	ordinal INTEGER NOT NULL,
	at_ms INTEGER NOT NULL,
	event TEXT NOT NULL,
	detail TEXT NOT NULL,
	PRIMARY KEY (message_id, ordinal)
) STRICT, WITHOUT ROWID;
CREATE TABLE history (
	id INTEGER PRIMARY KEY,
	finished_ms INTEGER NOT NULL,
	outcome TEXT NOT NULL,
	document TEXT NOT NULL
) STRICT;
CREATE TABLE document (
	kind TEXT NOT NULL,
	key TEXT NOT NULL,
	value TEXT NOT NULL,
	PRIMARY KEY (kind, key)
) STRICT, WITHOUT ROWID;
`;

/**
 * What a device asked to be told (RFC 3461), as JSON; few messages have any. An older program leaves
 * rows behind that nobody asks for.
 */
const DSN = `
CREATE TABLE dsn (
	id INTEGER PRIMARY KEY,
	request TEXT NOT NULL
) STRICT;
`;

/**
 * `digest`: tells a message that a device repeats from a new one. `progress`: how far a transport has come
 * with a message, so that it goes on there after a restart. `notice`: what its sender has been told.
 */
const DELIVERY = `
ALTER TABLE message ADD COLUMN digest BLOB;
CREATE TABLE progress (
	id INTEGER PRIMARY KEY,
	document TEXT NOT NULL
) STRICT;
CREATE TABLE notice (
	id INTEGER PRIMARY KEY,
	document TEXT NOT NULL
) STRICT;
`;

/**
 * `listing`: what a list of finished mail and a search in it go through, a few of its rows to a page, where
 * `history` has one row to several. Only ever appended to, and cut at its old end. `search`: see search-text.ts.
 *
 * Earlier programs write `history` alone; the triggers keep the two together, with functions that they have.
 */
const MAIL_LIST = `
ALTER TABLE message ADD COLUMN subject TEXT NOT NULL DEFAULT '';
CREATE TABLE listing (
	id INTEGER PRIMARY KEY,
	received_ms INTEGER NOT NULL,
	outcome TEXT NOT NULL,
	device TEXT NOT NULL,
	account TEXT NOT NULL,
	search TEXT NOT NULL
) STRICT;
INSERT INTO listing SELECT ${listingOf("history", SEARCH_TEXT)} FROM history WHERE json_valid(document) ORDER BY id;
CREATE TRIGGER history_listed AFTER INSERT ON history
	WHEN json_valid(NEW.document) AND NOT EXISTS (SELECT 1 FROM listing WHERE id = NEW.id)
	BEGIN INSERT INTO listing SELECT ${listingOf("NEW", PLAIN_SEARCH_TEXT)}; END;
CREATE TRIGGER history_unlisted AFTER DELETE ON history
	BEGIN DELETE FROM listing WHERE id = OLD.id; END;
`;

/** Sums of the message as it came (message-seal.ts); null for one of an earlier program. */
const SEALS = `
ALTER TABLE message ADD COLUMN body_crc INTEGER;
ALTER TABLE message ADD COLUMN envelope_crc INTEGER;
`;

export const MIGRATIONS: readonly Migration[] = [
	{ number: 1, oldestReader: 1, sql: SPOOL },
	{ number: 2, oldestReader: 1, sql: DSN },
	// Earlier programs insert rows without naming their columns.
	{ number: 3, oldestReader: 3, sql: DELIVERY },
	{ number: 4, oldestReader: 3, sql: MAIL_LIST },
	{ number: 5, oldestReader: 3, sql: SEALS },
];

/** What a program must know to open what this one writes. */
export const OLDEST_READER = MIGRATIONS.at(-1)?.oldestReader ?? 0;

export const NEWEST_SCHEMA = MIGRATIONS.reduce((newest, { number }) => Math.max(newest, number), 0);
