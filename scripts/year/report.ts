/** A life as a table, and whether it was a good one: nothing lost or twice, and nothing that grows. */
import { renderTable } from "../../appliance/cli/table.ts";
import { troublesOf } from "./judge.ts";
import type { Life, Month } from "./life.ts";
import type { Options } from "./options.ts";

const COLUMNS = [
	"MONTH FROM DAY",
	"ANSWERED 250",
	"ARRIVED",
	"WAITING",
	"RESIDENT",
	"ITS OWN",
	"OPEN FILES",
	"DATABASE",
	"WAL",
	"OTHER FILES",
	"HISTORY",
	"FAILED",
	"WRITTEN A WORKDAY",
	"OTHER DAY",
	"FLUSHES",
	"SLOWEST PAGE",
].map((title) => ({ title, align: "right" as const }));

const DATABASE = "postern.db";
const WAL = "postern.db-wal";

export function report(life: Life, options: Options): { readonly text: string; readonly isWell: boolean } {
	const troubles = troublesOf(life);
	if (options.json) return { text: JSON.stringify({ ...life, troubles }), isWell: troubles.length === 0 };
	const { answered, arrived, denied, reports, unanswered, lost, twice, damaged } = life.verdict;
	const lines = [
		renderTable(COLUMNS, life.months.map(lineOf)),
		"",
		`${life.days} days, ${options.share} of the usual mail, seed ${options.seed}, ${life.moves} moves of time`,
		`mail: ${answered} answered 250; ${arrived} arrived, ${denied} refused by Microsoft for good, ${reports} reports; ${unanswered} cut off before an answer`,
		`lost ${lost.length}, twice ${twice.length}, damaged ${damaged.length}`,
		`tokens fetched: ${life.tokensFetched}; said to the journal: ${megabytes(life.logBytes)}`,
		...life.happened,
		...troubles.map((trouble) => `TROUBLE: ${trouble}`),
	];
	return { text: lines.join("\n"), isWell: troubles.length === 0 };
}

function lineOf(month: Month): string[] {
	const { holdings, pages } = month;
	const { [DATABASE]: database = 0, [WAL]: wal = 0, ...others } = holdings.files;
	const [slowest] = pages;
	return [
		month.name,
		...[month.answered, month.arrived, month.waiting].map(String),
		megabytes(holdings.residentBytes),
		megabytes(holdings.ownBytes),
		String(holdings.openFiles),
		megabytes(database),
		megabytes(wal),
		`${Object.keys(others).length}: ${megabytes(Object.values(others).reduce((sum, one) => sum + one, 0))}`,
		...[holdings.historyRows, holdings.failedRows].map(String),
		megabytes(month.workdayBytes),
		megabytes(month.otherDayBytes),
		String(Math.round(month.workdayFlushes)),
		`${Math.round(slowest?.ms ?? 0)} ms (${Math.round(slowest?.processorMs ?? 0)}) ${slowest?.page ?? ""}`,
	];
}

function megabytes(bytes: number): string {
	return `${(bytes / 1e6).toFixed(1)} MB`;
}
