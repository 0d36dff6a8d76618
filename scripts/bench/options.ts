/** The bench's command line. Throws `TypeError` with a sentence for what it does not know. */
import { parseArgs } from "node:util";
import { CONTENDERS, type ContenderName } from "./contender.ts";
import { type Effort, FULL, QUICK } from "./subject.ts";

export const USAGE = `usage: npm run bench -- [--quick] [--runs N] [--only NAME]… [--contender NAME]… [--list] [--write]
  --quick           short runs, one of each unless --runs says otherwise
  --runs N          runs of each measurement, 3 by default; the table shows the median (least…most)
  --only NAME       this measurement, or all whose names begin so (repeat for more)
  --contender NAME  this contender: ${CONTENDERS.join(", ")} (repeat for more)
  --list            the measurements' names, and nothing else
  --write           all of it, and scripts/bench/RESULTS.md with its chart anew`;

export interface Options {
	readonly effort: Effort;
	readonly runs: number;
	/** Names or beginnings of names; empty for all. */
	readonly only: readonly string[];
	/** Undefined: those that each measurement is for. */
	readonly contenders: readonly ContenderName[] | undefined;
	readonly list: boolean;
	/** Into RESULTS.md and its chart. */
	readonly write: boolean;
	readonly help: boolean;
}

const USUAL_RUNS = 3;
const MOST_RUNS = 99;

export function readOptions(argv: readonly string[]): Options {
	const { values } = parseArgs({
		args: [...argv],
		options: {
			quick: { type: "boolean", default: false },
			runs: { type: "string" },
			only: { type: "string", multiple: true, default: [] },
			contender: { type: "string", multiple: true },
			list: { type: "boolean", default: false },
			write: { type: "boolean", default: false },
			help: { type: "boolean", default: false },
		},
	});
	if (values.write && (values.only.length > 0 || values.contender !== undefined)) {
		throw new TypeError("--write publishes all figures, so it goes with neither --only nor --contender");
	}
	return {
		effort: values.quick ? QUICK : FULL,
		runs: readRuns(values.runs ?? (values.quick ? "1" : String(USUAL_RUNS))),
		only: values.only,
		contenders: values.contender?.map(readContender),
		list: values.list,
		write: values.write,
		help: values.help,
	};
}

function readRuns(text: string): number {
	const runs = Number(text);
	if (Number.isInteger(runs) && runs >= 1 && runs <= MOST_RUNS) return runs;
	throw new TypeError(`--runs takes a number from 1 to ${MOST_RUNS}`);
}

function readContender(text: string): ContenderName {
	const name = CONTENDERS.find((contender) => contender === text);
	if (name === undefined) throw new TypeError(`--contender takes one of ${CONTENDERS.join(", ")}`);
	return name;
}
