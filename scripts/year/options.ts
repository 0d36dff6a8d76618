/** The harness's command line. Throws `TypeError` with a sentence for what it does not know. */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

export const USAGE = `usage: npm run year -- [--quick] [--days N] [--share N] [--seed N] [--json]
  --quick    four weeks with an outage of two days, with a quarter of the mail
  --days N   so many days instead of 364; all that happens in the year happens in them
  --share N  of the usual mail, such as 0.5
  --seed N   of all that is left to chance; printed, and another one each time unless given
  --json     the figures as JSON`;

export interface Options {
	readonly days: number;
	readonly monthDays: number;
	readonly outageDays: number;
	readonly certificateDays: number;
	readonly history: number;
	readonly share: number;
	readonly seed: number;
	readonly json: boolean;
	readonly help: boolean;
}

const YEAR = { days: 364, monthDays: 28, outageDays: 21, certificateDays: 60, history: 100_000 } as const;
const QUICK = { days: 28, monthDays: 7, outageDays: 2, certificateDays: 8, history: 2_000 } as const;
const QUICK_SHARE = 0.25;
const MOST_SEEDS = 1_000_000;

export function readOptions(argv: readonly string[]): Options {
	const { values } = parseArgs({
		args: [...argv],
		options: {
			quick: { type: "boolean", default: false },
			days: { type: "string" },
			share: { type: "string" },
			seed: { type: "string" },
			json: { type: "boolean", default: false },
			help: { type: "boolean", default: false },
		},
	});
	const site = values.quick ? QUICK : YEAR;
	return {
		...site,
		days: Math.ceil(positive("days", values.days) ?? site.days),
		share: positive("share", values.share) ?? (values.quick ? QUICK_SHARE : 1),
		seed: positive("seed", values.seed) ?? randomInt(1, MOST_SEEDS),
		json: values.json,
		help: values.help,
	};
}

/** What an option says; undefined where it was not given. */
export function positive(name: string, text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	const number = Number(text);
	if (number > 0 && number <= MOST_SEEDS) return number;
	throw new TypeError(`--${name} takes a number above 0`);
}
