/** What is wrong with a life: mail that was lost, came twice or damaged, and whatever of the box grew. In words; empty for a good one. */
import type { Life, Month } from "./life.ts";

/** As the store keeps it (store/writer.ts), with its slack. */
const MOST_HISTORY_ROWS = 100_256;
const SLOWEST_PAGE_MS = 100;
/** Of connections that happen to be open. */
const OPEN_FILES_SLACK = 8;
/** Between the first month of a run and a later one. */
const MEMORY_SLACK_BYTES = 12_000_000;
/** From the first month with a full history to the last; before it is full a file must grow. */
const DATABASE_SLACK = 1.15;
/** Beside the database, its log, bodies on their way and failed mail that is kept. */
const MOST_OTHER_BYTES = 2_000_000;

const DATABASE = /^postern\.db/;
const KEPT_BODIES = /^spool/;

export function troublesOf({ verdict, months, troubles, historyAtFirst }: Life): readonly string[] {
	const { lost, twice, damaged, answered, arrived, denied, cameUnanswered } = verdict;
	const found = [...troubles];
	const tell = (isSo: boolean, text: string) => {
		if (isSo) found.push(text);
	};
	tell(lost.length > 0, `lost: ${lost.slice(0, 10).join(" ")}`);
	tell(twice.length > 0, `came twice: ${twice.slice(0, 10).join(" ")}`);
	tell(damaged.length > 0, `damaged: ${damaged.slice(0, 10).join(" ")}`);
	tell(
		answered - denied !== arrived - cameUnanswered,
		"the count of what arrived is not that of what was answered",
	);
	const [first] = months;
	for (const month of months) {
		const { name, holdings, pages } = month;
		const isGrowing = (isSo: boolean, what: string) => tell(isSo, `month to ${name}: ${what}`);
		isGrowing(holdings.historyRows > MOST_HISTORY_ROWS, `${holdings.historyRows} lines of history`);
		const mostFiles = (first?.holdings.openFiles ?? 0) + OPEN_FILES_SLACK;
		isGrowing(holdings.openFiles > mostFiles, `${holdings.openFiles} open files`);
		const before = months.find(({ run }) => run === month.run) ?? month;
		const grown = holdings.ownBytes - before.holdings.ownBytes;
		isGrowing(
			grown > MEMORY_SLACK_BYTES,
			`${grown} bytes of memory more than in the first month of this run`,
		);
		const others = otherBytesOf(month);
		isGrowing(others > MOST_OTHER_BYTES, `${others} bytes in files beside database and bodies`);
		for (const { page, ms, processorMs } of pages) {
			const text = `${page} takes ${Math.round(ms)} ms, ${Math.round(processorMs)} of the box's processor`;
			isGrowing(Math.min(ms, processorMs) > SLOWEST_PAGE_MS, text);
		}
		if (historyAtFirst < MOST_HISTORY_ROWS - 256 || first === undefined) continue;
		const [size, sizeAtFirst] = [databaseBytesOf(month), databaseBytesOf(first)];
		isGrowing(size > sizeAtFirst * DATABASE_SLACK, `a database of ${size} bytes, ${sizeAtFirst} at first`);
	}
	return found;
}

function databaseBytesOf({ holdings }: Month): number {
	return (holdings.files["postern.db"] ?? 0) - holdings.freeBytes;
}

function otherBytesOf({ holdings }: Month): number {
	return Object.entries(holdings.files)
		.filter(([name]) => !DATABASE.test(name) && !KEPT_BODIES.test(name))
		.reduce((sum, [, bytes]) => sum + bytes, 0);
}
