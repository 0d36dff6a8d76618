/**
 * The first start after an upgrade brings the database of an early version to the newest form, with mail in it that
 * waits and mail that has gone. After a cut the mail that waited goes out, once.
 */
import { renameSync, rmSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { eventually } from "../../../appliance/e2e/house.ts";
import { openScratch } from "../../../appliance/store/database.ts";
import { flush } from "../../../appliance/store/staged-state-builder.ts";
import type { Life, Scenario } from "../scenario.ts";
import { DEVICE_ADDRESSES, deviceAt, sendOne } from "../traffic.ts";

/** The first that was ever in use. */
const OLD_SCHEMA = 1;
const GONE = 40;
const WAITING = 8;
/** Some are rows, some files. */
const sizeOf = (number: number) => (number % 4 === 0 ? 90_000 : 2_000);
/** For what a start does of itself. */
const SETTLE_MS = 1_500;

export function migrationScenario(): Scenario {
	return {
		house: {},
		async furnish(life) {
			const { house } = life;
			await sendAll(life, "gone", GONE);
			await eventually(
				"the first mail has gone",
				async () => (await house.json<[]>("queue", "list")).length === 0,
			);
			await house.cloud.control.offline();
			await sendAll(life, "waiting", WAITING);
			await house.end("SIGTERM");
			makeOld(path.join(life.stateDir, "postern.db"));
		},
		async live({ house }) {
			await house.cloud.control.online();
			await house.start();
			await sleep(SETTLE_MS);
		},
		async inspect({ house }) {
			const accounts = await house.json<readonly unknown[]>("account", "list");
			return accounts.length === 1 ? [] : [`there are ${accounts.length} accounts`];
		},
	};
}

async function sendAll(life: Life, name: string, count: number): Promise<void> {
	const device = await deviceAt(DEVICE_ADDRESSES[0]);
	for (let number = 0; number < count; number += 1) {
		await sendOne(life, device, `${name}-${number}`, sizeOf(number));
	}
	await device.quit();
}

/** What the early version knew of the same rows. */
function makeOld(file: string): void {
	const unfinished = `${file}.old`;
	const old = openScratch({ file: unfinished }, OLD_SCHEMA);
	try {
		old.prepare("ATTACH ? AS present").run(file);
		const tables = old.prepare("SELECT name FROM main.sqlite_schema WHERE type = 'table'").pluck().all();
		for (const table of tables) {
			const names = (schema: string) =>
				(old.pragma(`${schema}.table_info(${table})`) as { name: string }[]).map(({ name }) => name);
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
