/**
 * `npm run powercut`: cuts the power of a box at every flush of its card and at random between, starts it again from what the card
 * had, and looks for each message that it had answered 250 (decisions/0037). Prints a table; what it is
 * doing goes to standard error.
 *
 * Ends with 0 when nothing is lost, damaged or there twice, and every program with a fault was caught; else with 1; with 2
 * for wrong usage. Needs root, Linux and the programs of `scripts/setup --for-powercut`.
 */
import { renderTable } from "../../appliance/cli/table.ts";
import { addTo, type Findings, NOTHING_FOUND } from "./findings.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { cutPower, type Outcome } from "./run.ts";

const COLUMNS = [
	"SCENARIO",
	"CRASH IMAGES",
	"ANSWERED 250",
	"LOOKED FOR",
	"LOST",
	"DAMAGED",
	"TWICE",
	"TROUBLES",
].map((title) => ({ title }));

function lineOf(name: string, findings: Findings): string[] {
	const { images, acknowledged, checked, lost, damaged, duplicated, troubles } = findings;
	return [name, ...[images, acknowledged, checked, lost, damaged, duplicated, troubles.length].map(String)];
}

function report({ scenarios, controls }: Outcome): boolean {
	const sum = [...scenarios.values()].reduce(addTo, NOTHING_FOUND);
	const lines = [...scenarios].map(([name, findings]) => lineOf(name, findings));
	console.log(renderTable(COLUMNS, [...lines, lineOf("all", sum)]));
	for (const trouble of sum.troubles) console.log(trouble);
	for (const [fault, { images, troubles }] of controls) {
		const isCaught = troubles.length > 0;
		console.log(`a program with "${fault}": ${isCaught ? `caught at crash image ${images}` : "NOT CAUGHT"}`);
	}
	return sum.troubles.length === 0 && [...controls.values()].every(({ troubles }) => troubles.length > 0);
}

async function main(): Promise<void> {
	let options: Options;
	try {
		options = readOptions(process.argv.slice(2));
	} catch (error) {
		console.error(`powercut: ${error instanceof Error ? error.message : error}\n${USAGE}`);
		process.exitCode = 2;
		return;
	}
	if (options.help) return console.log(USAGE);
	if (process.getuid?.() !== 0) {
		console.error("powercut: needs root, for disks of its own");
		process.exitCode = 1;
		return;
	}
	// Where Debian keeps mkfs, losetup and ip; not in everybody's PATH.
	process.env["PATH"] = `${process.env["PATH"]}:/usr/sbin:/sbin`;
	const tell = (text: string) => console.error(`powercut: ${text}`);
	tell(`seed ${options.seed}`);
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
		process.once(signal, () => process.exit(130));
	const beganMs = performance.now();
	const isWell = report(await cutPower(options, tell));
	console.log(`seed ${options.seed}, ${Math.round((performance.now() - beganMs) / 1000)} s`);
	if (!isWell) process.exitCode = 1;
}

await main();
