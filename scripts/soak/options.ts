/** The harness's command line. Throws `TypeError` with a sentence for what it does not know. */
import { parseArgs } from "node:util";

export const USAGE = `usage: npm run soak -- [--quick] [--minutes N] [--times N]
  --quick      ten minutes instead of an hour
  --minutes N  so many
  --times N    of what this machine takes at most, 2 unless given`;

export interface Options {
	readonly minutes: number;
	/** Of the rate that the machine was found to take. */
	readonly times: number;
	readonly help: boolean;
}

const FULL_MINUTES = 60;
const QUICK_MINUTES = 10;
const USUAL_TIMES = 2;
const MOST = 1_000;

export function readOptions(argv: readonly string[]): Options {
	const { values } = parseArgs({
		args: [...argv],
		options: {
			quick: { type: "boolean", default: false },
			minutes: { type: "string" },
			times: { type: "string" },
			help: { type: "boolean", default: false },
		},
	});
	return {
		minutes: positive("minutes", values.minutes) ?? (values.quick ? QUICK_MINUTES : FULL_MINUTES),
		times: positive("times", values.times) ?? USUAL_TIMES,
		help: values.help,
	};
}

function positive(name: string, text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	const number = Number(text);
	if (number > 0 && number <= MOST) return number;
	throw new TypeError(`--${name} takes a number above 0`);
}
