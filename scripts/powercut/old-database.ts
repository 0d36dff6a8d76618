/** Brings a box's database to the form that an early version gave it, while the box is off: what that version knew of the same rows. */
import { renameSync, rmSync } from "node:fs";
import { openScratch } from "../../appliance/store/database.ts";
import { flush } from "../../appliance/store/staged-state-builder.ts";

export function makeOld(file: string, schema: number): void {
	const unfinished = `${file}.old`;
	const old = openScratch({ file: unfinished }, schema);
	try {
		old.prepare("ATTACH ? AS present").run(file);
		const tables = old.prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table'").pluck().all();
		for (const table of tables) {
			const names = (database: string) =>
				(old.pragma(`${database}.table_info(${table})`) as { name: string }[]).map(({ name }) => name);
			const known = new Set(names("present"));
			const columns = names("main").filter((name) => known.has(name));
			if (columns.length === 0) continue;
			const list = columns.join(", ");
			old.exec(`INSERT OR IGNORE INTO main.${table} (${list}) SELECT ${list} FROM present.${table}`);
		}
	} finally {
		old.close();
	}
	flush(unfinished);
	for (const rest of ["-wal", "-shm"]) rmSync(`${file}${rest}`, { force: true });
	renameSync(unfinished, file);
}
