/**
 * Opens the state's database as a start finds it: whole after a stop in good order, and after any other looked at before it is believed. For
 * the writer thread.
 *
 * The log is looked at before SQLite does, which would drop what follows a changed byte (log-look.ts), and the file by SQLite's own check. What
 * is not whole is set aside and built anew (salvage.ts). Throws `UserError` where the owner has to do something first, and SQLite's errors.
 */
import {
	copyFileSync,
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
import { asError, errorCode, UserError } from "../errors.ts";
import { parseQueueId } from "../mail/queue-id.ts";
import { isDamaged, isFull } from "./card-fault.ts";
import { damageMark } from "./damage-mark.ts";
import { openDatabase, PAGE_BYTES, type SqliteDatabase } from "./database.ts";
import { type LogLook, lookAtLog } from "./log-look.ts";
import { finishSalvage, SPOOL_FOLDER, salvage, tidySalvaged } from "./salvage.ts";
import { keepReport, type SalvageReport } from "./salvage-report.ts";
import { flush } from "./staged-state-builder.ts";

/** The attempt journal (queue/attempt-journal.ts), which every run leaves. */
const JOURNAL_FILE = "attempts";

export interface OpenedState {
	readonly database: SqliteDatabase;
	/** It was damaged, and has been mended just now. */
	readonly salvaged: SalvageReport | null;
}

export function openState(file: string, addon: { readonly addon?: object }): OpenedState {
	const stateDir = path.dirname(file);
	finishSalvage(stateDir);
	tidySalvaged(stateDir, Date.now());
	const log = lookAtItsLog(file);
	const found =
		damageMark(stateDir) ?? (log.state === "lost" ? "the log is damaged" : undefined) ?? whyGone(file);
	const opened = found === undefined ? openChecked(file, addon, log.state !== "empty") : { why: found };
	if ("database" in opened) return { database: opened.database, salvaged: told(opened.database, log) };
	// Gone: the log may still tell what was in it.
	if (!existsSync(file)) writeFileSync(file, "", { mode: 0o600 });
	try {
		const report = salvage({ stateDir, ...addon, why: opened.why, log, nowMs: Date.now() });
		return { database: openDatabase({ file, role: "writer", ...addon }), salvaged: report };
	} catch (thrown) {
		if (!isFull(errorCode(thrown) ?? "")) throw thrown;
		throw new UserError(
			"no-room-to-salvage",
			`The mail database ${file} is damaged (${opened.why}), and there is no room on the card to save what can be read of it.`,
			"Free as much space as the database takes, or move the state folder to a larger card, and start Postern again. Nothing of it was changed.",
			{ cause: thrown },
		);
	}
}

/** A folder that was in use and has no database is no new one: SQLite would begin anew there, and drop the log. */
function whyGone(file: string): string | undefined {
	if (existsSync(file) && statSync(file).size > 0) return undefined;
	const [journal, log] = [path.join(path.dirname(file), JOURNAL_FILE), `${file}-wal`];
	const wasInUse = [journal, log].some((name) => existsSync(name) && statSync(name).size > 0);
	return wasInUse || hasMail(path.join(path.dirname(file), SPOOL_FOLDER))
		? "the database is gone"
		: undefined;
}

function hasMail(spool: string): boolean {
	return existsSync(spool) && readdirSync(spool).some((name) => parseQueueId(name) !== undefined);
}

/** Why it is not to be believed, where it is not. */
function openChecked(
	file: string,
	addon: { readonly addon?: object },
	wasCutOff: boolean,
): { readonly database: SqliteDatabase } | { readonly why: string } {
	const isNew = !existsSync(file);
	let database: SqliteDatabase | undefined;
	try {
		database = openDatabase({ file, role: "writer", ...addon });
		const verdict = wasCutOff ? String(database.pragma("quick_check(1)", { simple: true })) : "ok";
		if (verdict === "ok") return { database };
		database.close();
		return { why: verdict };
	} catch (thrown) {
		if (database?.open === true) database.close();
		const code = errorCode(thrown) ?? "";
		// A step of the schema that does not go through: what the header says of the file is not so.
		if (isNew || !(isDamaged(code) || code === "SQLITE_ERROR")) throw thrown;
		return { why: asError(thrown).message };
	}
}

/** A card that changes one byte is one to be told of, though nothing is lost. */
function told(database: SqliteDatabase, { keptAs }: LookedAt): SalvageReport | null {
	if (keptAs === undefined) return null;
	const saved = Number(database.prepare("SELECT count(*) FROM message").pluck().get());
	const why = "one byte of the log had changed";
	const report: SalvageReport = { atMs: Date.now(), why, keptAs, saved, damaged: 0 };
	keepReport(database, report);
	return report;
}

interface LookedAt extends LogLook {
	/** Where it was mended: name of the folder with the log as it was. */
	readonly keptAs?: string;
}

/** What is mended is put in its place, and the log as it was beside it. */
function lookAtItsLog(file: string): LookedAt {
	const log = `${file}-wal`;
	if (!existsSync(log) || statSync(log).size === 0) return { state: "empty", pages: [], filePages: 0 };
	const look = lookAtLog(readFileSync(log), PAGE_BYTES);
	if (look.mended === undefined) return look;
	const keptAs = `damaged-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`;
	const kept = path.join(path.dirname(file), keptAs);
	mkdirSync(kept, { mode: 0o700 });
	copyFileSync(log, path.join(kept, path.basename(log)));
	const mended = `${log}.mended`;
	writeFileSync(mended, look.mended, { mode: 0o600 });
	flush(mended);
	renameSync(mended, log);
	rmSync(`${file}-shm`, { force: true });
	return { ...look, keptAs };
}
