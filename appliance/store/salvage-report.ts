/**
 * What is told of a database that was found damaged, and was put right (opening.ts) or built anew (salvage.ts): kept in the new one, for the status, for a month, as
 * long as what was set aside is kept.
 */
import type { SqliteDatabase } from "./database.ts";
import type { DocumentStore } from "./documents.ts";

export interface SalvageReport {
	readonly atMs: number;
	/** Why it was given up: what SQLite or the salvage said. */
	readonly why: string;
	/** Name of the folder with what was there before. */
	readonly keptAs: string;
	/** Messages that wait, in the new database. */
	readonly saved: number;
	/** Of these, the ones of which something is missing; they are not sent. */
	readonly damaged: number;
}

const SALVAGE_KIND = "salvage";
const SALVAGE_KEY = "last";
export const KEPT_MS = 30 * 24 * 60 * 60_000;

export function keepReport(database: SqliteDatabase, report: SalvageReport): void {
	database
		.prepare("INSERT OR REPLACE INTO document VALUES (?, ?, ?)")
		.run(SALVAGE_KIND, SALVAGE_KEY, JSON.stringify(report));
}

export async function lastSalvage(
	documents: Pick<DocumentStore, "list">,
): Promise<SalvageReport | undefined> {
	const [kept] = await documents.list(SALVAGE_KIND);
	return kept === undefined ? undefined : (kept.value as SalvageReport);
}

export function isPast({ atMs }: SalvageReport, nowMs: number): boolean {
	return nowMs - atMs > KEPT_MS;
}
