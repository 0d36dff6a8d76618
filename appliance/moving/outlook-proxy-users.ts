/**
 * Reads the users of microsoft-smtp-oauth2-proxy from its SQLite file, which is never written, locked or rolled back.
 * Throws `moving-foreign` for what is no such file, whole or damaged, and `moving-busy` while it is in use.
 *
 * In the process of the command line and with Node's own SQLite: a file that somebody prepared meets neither the
 * appliance nor the library that keeps its mail. Only a plain table is read, and no expression of its schema runs.
 *
 * Source (facts only), repository oldium/microsoft-smtp-oauth2-proxy: packages/common/src/lib/db.ts and, before it,
 * server/lib/db.ts (table `tokens`; `user_version` 1, and 2 with `retry_refresh`; `smtp_password` in clear; an address
 * may stand in several rows).
 */
import { stat } from "node:fs/promises";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { asError, errorCode, UserError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { foreign, readSourceBytes } from "./source-file.ts";

export interface ProxyUser {
	readonly email: string;
	readonly password: Secret;
	/** Client id of the app registration that it signed in with. */
	readonly appId: string;
}

const LARGEST_FILE_BYTES = 64 * 2 ** 20;
const MOST_USERS = 1_000;
const LONGEST_TEXT = 1_000;
/** The first bytes of a SQLite 3 file (sqlite.org/fileformat.html §1.3). */
const MAGIC = "SQLite format 3\0";
const COLUMNS = ["uid", "email", "smtp_password", "app_id"] as const;
const NEWEST_VERSION = 2;

/** The latest changed first. */
export async function readProxyUsers(file: string): Promise<readonly ProxyUser[]> {
	const start = await readSourceBytes(file, LARGEST_FILE_BYTES);
	if (start.toString("latin1", 0, MAGIC.length) !== MAGIC) throw foreign(file, "it is no SQLite database");
	await assertAtRest(file);
	const address = pathToFileURL(path.resolve(file));
	// Nothing beside the file is looked at or made, not even a lock.
	address.search = "?mode=ro&immutable=1";
	try {
		const database = new DatabaseSync(address, { readOnly: true, allowExtension: false, defensive: true });
		try {
			return readUsers(database, file);
		} finally {
			database.close();
		}
	} catch (thrown) {
		if (thrown instanceof UserError) throw thrown;
		throw foreign(file, `it is damaged, or of another program (${asError(thrown).message})`, thrown);
	}
}

/** What was not written back yet would be missing. */
async function assertAtRest(file: string): Promise<void> {
	for (const ending of ["-journal", "-wal"]) {
		const size = await stat(file + ending).then(
			(found) => found.size,
			(error: unknown) => {
				if (errorCode(error) === "ENOENT") return 0;
				throw error;
			},
		);
		if (size === 0) continue;
		throw new UserError(
			"moving-busy",
			`${file} is in use, or was not closed: beside it there is ${path.basename(file)}${ending}.`,
			"Stop the proxy, or start and stop it once, and try again. Nothing was changed.",
		);
	}
}

function readUsers(database: DatabaseSync, file: string): readonly ProxyUser[] {
	database.exec(
		"PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA ignore_check_constraints = ON",
	);
	assertPlainTable(database, file);
	const verdict = database.prepare("PRAGMA quick_check(1)").get()?.["quick_check"];
	if (verdict !== "ok") throw foreign(file, "the database is damaged");
	const rows = database
		.prepare(
			`SELECT ${COLUMNS.map((name) => `substr(${name}, 1, ${LONGEST_TEXT}) AS ${name}`).join(", ")}
			FROM tokens ORDER BY updated_at DESC, rowid DESC LIMIT ${MOST_USERS + 1}`,
		)
		.all();
	if (rows.length > MOST_USERS) throw foreign(file, `it has more than ${MOST_USERS} users`);
	return rows.map(({ email, smtp_password, app_id }) => ({
		email: textOf(email),
		password: new Secret(textOf(smtp_password)),
		appId: textOf(app_id),
	}));
}

/** A view, a virtual table or a computed column of that name would run what stands in the file. */
function assertPlainTable(database: DatabaseSync, file: string): void {
	const version = Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
	const table = database
		.prepare(
			"SELECT count(*) AS n FROM sqlite_schema WHERE type = 'table' AND name = 'tokens' AND rootpage > 0",
		)
		.get();
	const columns = database.prepare("PRAGMA table_xinfo(tokens)").all();
	const isComputed = columns.some(({ hidden }) => hidden !== 0);
	const names = columns.map(({ name }) => textOf(name));
	const isWhole = [...COLUMNS, "updated_at"].every((name) => names.includes(name));
	if (table?.["n"] !== 1 || isComputed || !isWhole) {
		throw foreign(file, "it has no table `tokens` as microsoft-smtp-oauth2-proxy makes it");
	}
	if (version > NEWEST_VERSION) {
		throw foreign(file, `it is of a newer version of that proxy (${version}) than this Postern knows`);
	}
}

function textOf(value: unknown): string {
	return typeof value === "string" ? value : "";
}
