/**
 * `npm run year`: a year of a busy site in minutes. The program that ships, real devices' SMTP and the sandbox live in a time that is
 * moved from one moment to the next at which something is due (decisions/0039). Prints a line a month and what came of the mail;
 * what it is doing goes to standard error.
 *
 * Ends with 0 when nothing is lost, damaged or there twice, and nothing grows; else with 1; with 2 for wrong usage. Needs Linux and gcc.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { live } from "./life.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { report } from "./report.ts";
import { makeTimeMachine, TimeMachine } from "./time-machine.ts";

/** A Sunday evening. */
const BEGINS_MS = Date.UTC(2027, 0, 3, 20);
const TIME_ZONE = "Europe/Berlin";
const FOLDER = "YEAR_FOLDER";

/** One breaks the year off and has it judged, a second ends the harness at once. */
const STOPPING = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

const tell = (text: string) => console.error(`year: ${text}`);

async function main(): Promise<number> {
	let options: Options;
	try {
		options = readOptions(process.argv.slice(2));
	} catch (error) {
		console.error(`year: ${error instanceof Error ? error.message : error}\n${USAGE}`);
		return 2;
	}
	if (options.help) {
		console.log(USAGE);
		return 0;
	}
	const folder = process.env[FOLDER];
	if (folder === undefined) return await inMovedTime();
	tell(`seed ${options.seed}`);
	let isEnough = false;
	for (const signal of STOPPING)
		process.once(signal, () => {
			tell("enough: the mail that waits goes out, then it is judged");
			isEnough = true;
		});
	const life = await live(new TimeMachine(), { ...options, folder, tell, isEnough: () => isEnough });
	const { text, isWell } = report(life, options);
	console.log(text);
	return isWell ? 0 : 1;
}

/** The same command again, in a process whose time is moved. */
async function inMovedTime(): Promise<number> {
	const beganMs = performance.now();
	const folder = mkdtempSync(path.join(tmpdir(), "postern-year-"));
	try {
		const environment = await makeTimeMachine(folder, BEGINS_MS);
		const child = spawn(process.execPath, process.argv.slice(1), {
			env: { ...process.env, ...environment, [FOLDER]: folder, TZ: TIME_ZONE },
			stdio: "inherit",
		});
		for (const signal of STOPPING) process.on(signal, () => child.kill(signal));
		const [code] = (await once(child, "exit")) as [number | null];
		tell(`it took ${Math.round((performance.now() - beganMs) / 1000)} s`);
		return code ?? 1;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

process.exitCode = await main();
