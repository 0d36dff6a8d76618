/** What a box has of the machine: memory, open files, bytes on the card, rows. Read from outside of it. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import Database from "better-sqlite3";
import { MESSAGE_STATES } from "../../appliance/store/operations.ts";

export interface Holdings {
	readonly residentBytes: number;
	/** That no file holds: code comes and goes (decisions/0031). */
	readonly ownBytes: number;
	readonly openFiles: number;
	readonly threads: number;
	/** Bytes of each file of the state folder, large bodies together under "bodies". */
	readonly files: Readonly<Record<string, number>>;
	readonly fileCount: number;
	readonly historyRows: number;
	readonly failedRows: number;
	readonly queueRows: number;
	/** Of the database: pages that nobody uses. */
	readonly freeBytes: number;
}

const FAILED = MESSAGE_STATES.indexOf("failed");

export function holdingsOf(pid: number, stateDir: string): Holdings {
	const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, "utf8");
	const kilobytes = (name: string) =>
		Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(rollup)?.[1] ?? 0);
	const files = filesBelow(stateDir);
	return {
		residentBytes: kilobytes("Rss") * 1024,
		ownBytes: kilobytes("Anonymous") * 1024,
		openFiles: readdirSync(`/proc/${pid}/fd`).length,
		threads: readdirSync(`/proc/${pid}/task`).length,
		files,
		fileCount: Object.keys(files).length,
		...rowsOf(path.join(stateDir, "postern.db")),
	};
}

function filesBelow(folder: string): Record<string, number> {
	const found: Record<string, number> = {};
	for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		const file = path.join(entry.parentPath, entry.name);
		// A message's file goes when it has been sent.
		const size = statSync(file, { throwIfNoEntry: false })?.size;
		if (size !== undefined) found[path.relative(folder, file)] = size;
	}
	return found;
}

function rowsOf(file: string): Pick<Holdings, "historyRows" | "failedRows" | "queueRows" | "freeBytes"> {
	const database = new Database(file, { readonly: true });
	try {
		const count = (sql: string, ...values: readonly unknown[]) =>
			database
				.prepare(sql)
				.pluck()
				.get(...values) as number;
		return {
			historyRows: count("SELECT count(*) FROM history"),
			failedRows: count("SELECT count(*) FROM message WHERE state = ?", FAILED),
			queueRows: count("SELECT count(*) FROM message"),
			freeBytes:
				count("SELECT freelist_count FROM pragma_freelist_count") *
				count("SELECT page_size FROM pragma_page_size"),
		};
	} finally {
		database.close();
	}
}
