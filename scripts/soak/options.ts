/** The harness's command line. Throws `TypeError` with a sentence for what it does not know. */
import { parseArgs } from "node:util";
import { positive } from "../year/options.ts";

export const USAGE = `usage: npm run soak -- [--quick] [--minutes N] [--times N] [--json]
  --quick      ten minutes instead of an hour
  --minutes N  so many
  --times N    of what this machine takes at most, 2 unless given
  --json       what was found as JSON`;

export interface Options {
	readonly minutes: number;
	/** Of the rate that the machine was found to take. */
	readonly times: number;
	readonly json: boolean;
	readonly help: boolean;
}

const FULL_MINUTES = 60;
const QUICK_MINUTES = 10;
const USUAL_TIMES = 2;

export function readOptions(argv: readonly string[]): Options {
	const { values } = parseArgs({
		args: [...argv],
		options: {
			quick: { type: "boolean", default: false },
			minutes: { type: "string" },
			times: { type: "string" },
			json: { type: "boolean", default: false },
			help: { type: "boolean", default: false },
		},
	});
	return {
		minutes: positive("minutes", values.minutes) ?? (values.quick ? QUICK_MINUTES : FULL_MINUTES),
		times: positive("times", values.times) ?? USUAL_TIMES,
		json: values.json,
		help: values.help,
	};
}
