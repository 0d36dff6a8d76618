/**
 * `npm run soak`: for an hour a box is asked for twice what this machine takes: eight devices of like kind, one that is urgent, a program
 * that fetches and an owner at the console. Prints what became of it, a line each, with what is wanted (judge.ts); what it is doing
 * goes to standard error.
 *
 * Ends with 0 when all of it is as wanted, else with 1; with 2 for wrong usage. Needs root: the card is a loop device.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { type Finding, judge } from "./judge.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { soak } from "./run.ts";

const tell = (text: string) => console.error(`soak: ${text}`);

async function main(): Promise<number> {
	let options: Options;
	try {
		options = readOptions(process.argv.slice(2));
	} catch (error) {
		console.error(`soak: ${error instanceof Error ? error.message : error}\n${USAGE}`);
		return 2;
	}
	if (options.help) {
		console.log(USAGE);
		return 0;
	}
	const folder = await mkdtemp("/var/tmp/postern-soak-");
	try {
		return await look(options, folder);
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

async function look(options: Options, folder: string): Promise<number> {
	const findings = judge(await soak({ ...options, folder, tell }));
	console.log(options.json ? JSON.stringify(findings) : findings.map(lineOf).join("\n"));
	return findings.every(({ isGood }) => isGood) ? 0 : 1;
}

function lineOf({ what, value, wanted, isGood }: Finding): string {
	if (wanted === undefined) return `${what}: ${value}`;
	return `${what}: ${value} (wanted: ${wanted}${isGood ? "" : "; NOT MET"})`;
}

process.exitCode = await main();
