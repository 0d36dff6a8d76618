/**
 * `npm run fuzz`: talks nonsense to a real Postern until 50,000 commands are said or 10 minutes have
 * passed. Prints its seed first; `--seed N` says the same again, `--commands N` and `--minutes N` more
 * or less. Ends with 1 and what was found when Postern did something wrong.
 */
import { parseArgs } from "node:util";
import { fuzzHouse } from "../appliance/e2e/fuzz-house.ts";

const { values } = parseArgs({
	options: {
		seed: { type: "string", default: String(Date.now() % 1_000_000_000) },
		commands: { type: "string", default: "50000" },
		minutes: { type: "string", default: "10" },
	},
});
const seed = Number(values.seed);
console.log(`fuzz: seed ${seed}`);
const figures = await fuzzHouse({
	seed,
	commands: Number(values.commands),
	limitMs: Number(values.minutes) * 60_000,
});
console.log(
	`fuzz: ${figures.commands} commands on ${figures.connections} connections; ${figures.messagesTaken} messages taken, ` +
		`all whole; ${Math.round(figures.grownBytes / 1024)} kB larger than when warm`,
);
