/**
 * `npm run bench`: measures Postern beside its references on the same work, in turns (A B C A B C), on
 * a disk of its own, and prints a table on standard output; what it is doing goes to standard error.
 *
 * With `--write` all of it goes into RESULTS.md, which people read who have no machine to try it on.
 *
 * Ends with 0 when everything asked for could be measured, whatever the figures are; with 1 when
 * something could not, which is said below the table; with 2 for wrong usage. It leaves no process,
 * no mount and no file behind, also after Ctrl-C.
 */
import { chmod, mkdtemp, rm, statfs } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Contender, ContenderName } from "./contender.ts";
import type { Measurement, Values } from "./figure.ts";
import { acceptMeasurements } from "./figures/accept.ts";
import { bytesMeasurements } from "./figures/bytes.ts";
import { connectionMeasurements } from "./figures/connections.ts";
import { consoleMeasurement } from "./figures/console.ts";
import { drainMeasurements } from "./figures/drain.ts";
import { executableMeasurements } from "./figures/executable.ts";
import { fetchMeasurements } from "./figures/fetch.ts";
import { memoryMeasurements } from "./figures/memory.ts";
import { queuedMeasurements } from "./figures/queued.ts";
import { sessionMeasurement } from "./figures/session.ts";
import { harakaContender, harakaVersion } from "./haraka-under-test.ts";
import { type Disk, mountLoopDisk, plainFolder } from "./loop-disk.ts";
import { describeMachine } from "./machine.ts";
import { naiveContender } from "./naive-under-test.ts";
import { type Options, readOptions, USAGE } from "./options.ts";
import { posternContender } from "./postern-under-test.ts";
import { postfixContender } from "./postfix-under-test.ts";
import { endAllPrograms } from "./program.ts";
import { publish, RESULTS_FILE } from "./results.ts";
import { SlowFlush } from "./slow-flush.ts";
import { type Bench, QUICK } from "./subject.ts";
import { formatTable, type Line } from "./table.ts";

const MEASUREMENTS: readonly Measurement[] = [
	...acceptMeasurements,
	sessionMeasurement,
	...connectionMeasurements,
	...bytesMeasurements,
	...memoryMeasurements,
	...executableMeasurements,
	...queuedMeasurements,
	...drainMeasurements,
	...fetchMeasurements,
	consoleMeasurement,
];

/** statfs(2), TMPFS_MAGIC: memory, which would make every flush free. */
const TMPFS = 0x01021994;

const isRoot = process.getuid?.() === 0;

/** What could not be measured, and why. */
type Gaps = string[];

async function measureAll(bench: Bench, contenders: readonly Contender[], options: Options, gaps: Gaps) {
	const lines: Line[] = [];
	for (const measurement of MEASUREMENTS.filter(({ name }) => isWanted(name, options))) {
		if (measurement.countsBytes === true && bench.disk.bytesWritten === undefined) {
			gaps.push(`${measurement.name}: bytes are counted on a loop device, and that takes root`);
			continue;
		}
		const taking = contenders.filter(({ name }) => takesPart(name, measurement, options));
		if (taking.length === 0) continue;
		const runs = await measureInTurns(bench, measurement, taking, options.runs, gaps);
		lines.push(...measurement.figures.map((figure) => ({ measurement: measurement.name, figure, runs })));
	}
	return lines;
}

function isWanted(name: string, { only }: Options): boolean {
	const isWhole = (beginning: string) => MEASUREMENTS.some((measurement) => measurement.name === beginning);
	return (
		only.length === 0 ||
		only.includes(name) ||
		only.some((beginning) => !isWhole(beginning) && name.startsWith(beginning))
	);
}

/** Named together, `--only` and `--contender` also try what a contender is usually spared. */
function takesPart(name: ContenderName, measurement: Measurement, { contenders, only }: Options): boolean {
	if (contenders !== undefined && !contenders.includes(name)) return false;
	return measurement.contenders.includes(name) || (contenders !== undefined && only.length > 0);
}

/** A contender that fails is out for the rest of this measurement. */
async function measureInTurns(
	bench: Bench,
	measurement: Measurement,
	contenders: readonly Contender[],
	runs: number,
	gaps: Gaps,
): Promise<Partial<Record<ContenderName, readonly Values[]>>> {
	const results: Partial<Record<ContenderName, Values[]>> = {};
	const failed = new Set<Contender>();
	for (let run = 1; run <= runs; run += 1) {
		for (const contender of contenders.filter((candidate) => !failed.has(candidate))) {
			bench.tell(`${measurement.name}, run ${run} of ${runs}: ${contender.name}`);
			try {
				const values = await measurement.measure(bench, contender);
				bench.tell(`  ${describe(values)}`);
				results[contender.name] = [...(results[contender.name] ?? []), values];
			} catch (error) {
				failed.add(contender);
				bench.tell(`  ${error instanceof Error ? error.message : error}`);
				gaps.push(`${measurement.name}, ${contender.name}: ${shortly(error)}`);
			}
		}
	}
	return results;
}

/** For the table, which people pass on: the first line, without this machine's paths. Standard error has it all. */
function shortly(error: unknown): string {
	const [line = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
	return line.replaceAll(/(?<!\S)\/\S*\//g, "…/");
}

const describe = (values: Values) =>
	Object.entries(values)
		.map(([key, value]) => `${key}=${Number(value.toPrecision(4))}`)
		.join(" ");

async function makeWorkFolder(): Promise<string> {
	const temporary = tmpdir();
	const parent = (await statfs(temporary)).type === TMPFS ? "/var/tmp" : temporary;
	const folder = await mkdtemp(path.join(parent, "postern-bench-"));
	// Postfix's parts run as another user and must reach their queue and the shim.
	await chmod(folder, 0o755);
	return folder;
}

async function makeDisk(workFolder: string, gaps: Gaps): Promise<Disk> {
	if (!isRoot) return await plainFolder(workFolder);
	try {
		return await mountLoopDisk(workFolder);
	} catch (error) {
		gaps.push(`figures on a loop device, of which there is none here: ${shortly(error)}`);
		return await plainFolder(workFolder);
	}
}

/** Those that are not on every machine. */
async function references(workFolder: string, { contenders }: Options, gaps: Gaps): Promise<Contender[]> {
	const found: Contender[] = [];
	const isWanted = (name: ContenderName) => contenders?.includes(name) ?? true;
	if (isRoot) found.push(postfixContender(workFolder));
	else if (isWanted("postfix")) gaps.push("postfix: its master runs as root alone");
	if ((await harakaVersion()) !== undefined) found.push(harakaContender(workFolder));
	else if (isWanted("haraka")) gaps.push(HARAKA_GAP);
	return found;
}

const HARAKA_GAP =
	"haraka: not installed; scripts/setup --for-bench does that where npm reaches a registry of packages";

/** What is said of the measurements, and of those contenders that have figures. */
function notesOf(
	measurements: readonly Measurement[],
	contenders: readonly Contender[],
	lines: readonly Line[],
): string[] {
	const measured = contenders.filter(({ name }) => lines.some(({ runs }) => runs[name] !== undefined));
	const notes = [
		...measurements.flatMap((measurement) => measurement.notes ?? []),
		...measured.flatMap(({ note }) => note ?? []),
	];
	return [...new Set(notes)];
}

async function bench(options: Options, resources: AsyncDisposableStack): Promise<void> {
	const gaps: Gaps = [];
	const startedMs = performance.now();
	const workFolder = await makeWorkFolder();
	resources.defer(() => rm(workFolder, { recursive: true, force: true }));
	const disk = resources.use(await makeDisk(workFolder, gaps));
	// Last in, first out: programs end before the disk under them goes.
	resources.defer(() => endAllPrograms());
	const postern = resources.use(posternContender(path.join(disk.folder, "template"), workFolder));
	const contenders: Contender[] = [postern, naiveContender(workFolder)];
	contenders.push(...(await references(workFolder, options, gaps)));
	const tell = (text: string) => console.error(`bench: ${text}`);
	const room: Bench = { disk, shim: await SlowFlush.compile(workFolder), effort: options.effort, tell };
	const machine = await describeMachine(disk);
	tell(machine);
	const lines = await measureAll(room, contenders, options, gaps);
	// Cleared up by Ctrl-C meanwhile: what was measured is no table.
	if (resources.disposed) return;
	console.log(`\n${machine}`);
	console.log(`2 kB messages unless said otherwise; median (least…most) of ${options.runs} run(s)\n`);
	console.log(formatTable(lines));
	const notes = notesOf(
		MEASUREMENTS.filter(({ name }) => isWanted(name, options)),
		contenders,
		lines,
	);
	for (const note of notes) console.log(`note: ${note}`);
	for (const gap of gaps) console.log(`not measured: ${gap}`);
	if (options.write) {
		const minutes = Math.ceil((performance.now() - startedMs) / 60_000);
		const { runs, effort } = options;
		await publish({
			machine,
			runs,
			isQuick: effort === QUICK,
			minutes,
			lines,
			notes,
			gaps,
			date: new Date(),
		});
		tell(`written: ${RESULTS_FILE}`);
	}
	if (gaps.length > 0) process.exitCode = 1;
}

async function main(): Promise<void> {
	let options: Options;
	try {
		options = readOptions(process.argv.slice(2));
	} catch (error) {
		console.error(`bench: ${error instanceof Error ? error.message : error}\n${USAGE}`);
		process.exitCode = 2;
		return;
	}
	if (options.help) return console.log(USAGE);
	if (options.list) return console.log(MEASUREMENTS.map(({ name }) => name).join("\n"));
	// Where Debian keeps mkfs, losetup and smtp-source; not in everybody's PATH.
	process.env["PATH"] = `${process.env["PATH"]}:/usr/sbin:/sbin`;
	await using resources = new AsyncDisposableStack();
	for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
		process.once(signal, () => {
			console.error("bench: clearing up");
			void resources.disposeAsync().finally(() => process.exit(130));
		});
	}
	await bench(options, resources);
}

await main();
