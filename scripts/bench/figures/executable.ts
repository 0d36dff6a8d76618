/**
 * The executable as its unit runs it, beside the very Node that is in it: memory at rest and after a burst, and how soon
 * it is ready. Of Postern alone: the references are no executables of Node.
 *
 * Private memory is what no file holds (Private_Dirty of proc_pid_smaps(5)); resident memory has the program's own pages
 * as well, which a small board can drop and read again.
 */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { architectureHere } from "../../package/architecture.ts";
import { nodeBinary } from "../../package/node-binary.ts";
import type { Contender, Installation, Memory, Running } from "../contender.ts";
import type { Measurement, Values } from "../figure.ts";
import { sendMessages } from "../load.ts";
import { processMemory } from "../memory.ts";
import { Program } from "../program.ts";
import { median } from "../statistics.ts";
import { type Bench, thenStop, withInstallation } from "../subject.ts";

const run = promisify(execFile);

const MAKE = path.join(import.meta.dirname, "..", "..", "package", "here.ts");
const MEGABYTE = 1024 * 1024;
/** Time to give back what the start has left. */
const REST_MS = 12_000;
const BURST = { messages: 1_000, sizeBytes: 100_000, connections: 10 };
const AFTER_BURST_MS = 60_000;
const NODE_REST_MS = 2_000;
const STARTS = 7;

const line = (
	title: string,
	unit: string,
	value: string,
	...wanted: Measurement["figures"][number]["wanted"]
) => ({
	title,
	unit,
	value,
	decimals: unit === "MB" ? 1 : 0,
	wanted,
});

export const executableMeasurements: readonly Measurement[] = [
	{
		name: "executable",
		contenders: ["postern"],
		figures: [
			line("executable, idle: resident memory", "MB", "resident", { atMost: 75 }),
			line("  its own, private", "MB", "private", { atMost: 30 }),
			line("  a page of the console was looked at: private", "MB", "privateAfterPage"),
			line("  a bare Node's resident memory", "MB", "nodeResident"),
			line("  a bare Node's private memory", "MB", "nodePrivate"),
			line("executable, a minute after 1,000 × 100 kB: private above idle", "MB", "left", { atMost: 15 }),
			line("  resident above idle", "MB", "leftResident", { atMost: 15 }),
			line("  at the end of the burst: private above idle", "MB", "peak"),
		],
		notes: [
			"m365proxy stands beside nothing here: it is a Python program, and no package registry of this project has it.",
		],
		measure: measureMemory,
	},
	{
		name: "executable-ready",
		contenders: ["postern"],
		figures: [
			line("executable, start to greeting", "ms", "readyMs"),
			line("  the same Node prints a line", "ms", "printMs"),
			line("  start to greeting beyond twice that", "ms", "beyondMs", { atMost: 150 }),
		],
		measure: measureReady,
	},
];

let made: Promise<string> | undefined;

async function executable(): Promise<string> {
	made ??= run(process.execPath, [MAKE]).then(({ stdout }) => stdout.trim());
	return await made;
}

/**
 * As after a restart of the machine: what was just written lies in memory in large pieces, of which more is mapped,
 * and counts as resident, than was used.
 */
async function asFromTheDisk(file: string): Promise<void> {
	await run("sync", [file]);
	await run("dd", [`if=${file}`, "iflag=nocache", "count=0"]);
}

async function measureMemory(bench: Bench, contender: Contender): Promise<Values> {
	const [file, node] = [await executable(), nodeBinary(architectureHere()).file];
	for (const each of [file, node]) await asFromTheDisk(each);
	return await withInstallation(bench, contender, async (installation) => {
		const during = async <Result>(work: (running: Running) => Promise<Result>) =>
			thenStop(await startPackaged(installation, file), work);
		// Of later starts, when everything that is made once has been made.
		await during(() => Promise.resolve());
		const burst = await during(measureBurst);
		const looked = await during(async (running) => {
			await (await fetch(`http://127.0.0.1:${running.consolePort}/`)).text();
			return await sizesAfter(REST_MS, running.memory);
		});
		const bare = await bareNode(node);
		return {
			...burst,
			privateAfterPage: looked.private,
			nodeResident: bare.resident,
			nodePrivate: bare.private,
		};
	});
}

async function measureBurst({ memory, smtpPort }: Running): Promise<Values> {
	const idle = await sizesAfter(REST_MS, memory);
	await sendMessages({ port: smtpPort, ...BURST }, BURST.messages);
	const peak = await sizesAfter(0, memory);
	const after = await sizesAfter(AFTER_BURST_MS, memory);
	return {
		...idle,
		peak: peak.private - idle.private,
		left: after.private - idle.private,
		leftResident: after.resident - idle.resident,
	};
}

async function sizesAfter(restMs: number, memory: Memory): Promise<{ resident: number; private: number }> {
	await sleep(restMs);
	if (memory.privateBytes === undefined) throw new Error("what is private is not known");
	return {
		resident: (await memory.idleBytes()) / MEGABYTE,
		private: (await memory.privateBytes()) / MEGABYTE,
	};
}

/** It does nothing, and goes on. */
async function bareNode(node: string): Promise<{ resident: number; private: number }> {
	const program = new Program({
		command: node,
		argv: ["-e", "setInterval(() => undefined, 1_000_000)"],
		logFile: "/dev/null",
	});
	try {
		return await sizesAfter(NODE_REST_MS, processMemory(program.pid));
	} finally {
		await program.stop();
	}
}

/** In turns, because a machine is not equally quick at all times. */
async function measureReady(bench: Bench, contender: Contender): Promise<Values> {
	const [file, node] = [await executable(), nodeBinary(architectureHere()).file];
	return await withInstallation(bench, contender, async (installation) => {
		const [ready, print]: [number[], number[]] = [[], []];
		for (let start = 0; start <= STARTS; start += 1) {
			const running = await startPackaged(installation, file);
			await running.stop();
			const printMs = await timeToPrint(node);
			// The first one makes what is made once.
			if (start === 0) continue;
			ready.push(running.startupMs);
			print.push(printMs);
		}
		const [readyMs, printMs] = [median(ready), median(print)];
		return { readyMs, printMs, beyondMs: readyMs - 2 * printMs };
	});
}

async function timeToPrint(node: string): Promise<number> {
	const startedMs = performance.now();
	const child = spawn(node, ["-e", "console.log(1)"], { stdio: ["ignore", "pipe", "inherit"] });
	await once(child.stdout, "data");
	const tookMs = performance.now() - startedMs;
	await once(child, "close");
	return tookMs;
}

function startPackaged(installation: Installation, file: string): Promise<Running> {
	if (installation.startPackaged === undefined) throw new Error("it is no executable");
	return installation.startPackaged(file);
}
