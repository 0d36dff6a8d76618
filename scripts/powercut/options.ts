/** The harness's command line. Throws `TypeError` with a sentence for what it does not know. */
import { randomInt } from "node:crypto";
import { parseArgs } from "node:util";

export const USAGE = `usage: npm run powercut -- [--quick] [--images N] [--seed N] [--rooms N] [--without-controls]
  --quick             60 crash images instead of 1,000
  --images N          so many
  --seed N            of all that is left to chance; printed, and another one each time unless given
  --rooms N           houses at work at once; as many as there are processors unless given
  --without-controls  no programs with a fault in them, which must be caught`;

export interface Options {
	readonly images: number;
	readonly seed: number;
	/** Undefined: as many as there are processors. */
	readonly rooms: number | undefined;
	readonly controls: boolean;
	readonly help: boolean;
}

const FULL_IMAGES = 1_000;
export const QUICK_IMAGES = 60;
const MOST_SEEDS = 1_000_000;

export function readOptions(argv: readonly string[]): Options {
	const { values } = parseArgs({
		args: [...argv],
		options: {
			quick: { type: "boolean", default: false },
			images: { type: "string" },
			seed: { type: "string" },
			rooms: { type: "string" },
			"without-controls": { type: "boolean", default: false },
			help: { type: "boolean", default: false },
		},
	});
	return {
		images: whole("images", values.images) ?? (values.quick ? QUICK_IMAGES : FULL_IMAGES),
		seed: whole("seed", values.seed) ?? randomInt(MOST_SEEDS),
		rooms: whole("rooms", values.rooms),
		controls: !values["without-controls"],
		help: values.help,
	};
}

function whole(name: string, text: string | undefined): number | undefined {
	if (text === undefined) return undefined;
	const number = Number(text);
	if (Number.isSafeInteger(number) && number >= 1) return number;
	throw new TypeError(`--${name} takes a whole number from 1`);
}
