/**
 * `npm run soak`: for an hour a box is asked for twice what this machine takes: eight devices of like kind, one that is urgent, a program
 * that fetches and a person at the console. Prints what became of it, a line each, with what is wanted.
 *
 * Ends with 0 when all of it is as wanted, else with 1; with 2 for wrong usage.
 */
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import Database from "better-sqlite3";
import { House } from "../../appliance/e2e/house.ts";
import { processMemory } from "../bench/memory.ts";
import { median } from "../bench/statistics.ts";
import { SoakDevice, type Tally } from "./device.ts";
import { type Options, readOptions, USAGE } from "./options.ts";

const DEVICES = 8;
const CONNECTIONS_EACH = 6;
const MEGABYTE = 1024 * 1024;
const KILOBYTE = 1_000;
/** As Graph answers. */
const LATENCY_MS = 60;
/** As much as it can hand over, for so long: what the machine takes. */
const FINDING_OUT_SECONDS = 20;
const URGENT_PER_SECOND = 0.5;
const LOOK_MS = 5_000;
const CALM_SENDS = 20;
const DRAIN_LIMIT_MS = 30 * 60_000;
/** Scans among drops: of twenty messages fourteen small, five of a page, one of many pages. */
const sizeOf = (number: number) =>
	number % 20 === 0 ? 2_000 * KILOBYTE : number % 4 === 1 ? 60 * KILOBYTE : 2 * KILOBYTE;

const addressOf = (device: number) => `127.0.2.${device + 1}`;
const URGENT_ADDRESS = "127.0.2.100";

const WANTED = {
	/** Of the device that got least through, of what the one that got most did. */
	fairShare: 0.5,
	urgentMedianMs: 2_000,
	urgentWorstMs: 15_000,
	/** Most memory in the last third of the time, of that in the second. */
	memoryGrowth: 1.15,
	/** A send after it, of one before it. */
	calmAgain: 3,
} as const;

let isWell = true;

function tell(title: string, value: string, isGood = true, wanted = ""): void {
	isWell &&= isGood;
	console.log(`${title}: ${value}${wanted === "" ? "" : ` (wanted: ${wanted}${isGood ? "" : "; NOT MET"})`}`);
}

async function buildHouse(): Promise<House> {
	const devices = Array.from(
		{ length: DEVICES },
		(_, index) => `[[device]]\nname = "Press ${index}"\naddresses = ["${addressOf(index)}"]\n`,
	);
	return await House.build({
		onlyByPassword: true,
		pop3: true,
		queue: "keep_subjects = true",
		sandbox: { latencyMs: LATENCY_MS, deviceCodeIntervalSeconds: 0 },
		more: [...devices, `[[device]]\nname = "Alarm"\naddresses = ["${URGENT_ADDRESS}"]\nurgent = true\n`].join(
			"\n",
		),
	});
}

function devicesAt(port: number, perSecondEach: number, name: string): readonly SoakDevice[] {
	return Array.from(
		{ length: DEVICES },
		(_, index) =>
			new SoakDevice({
				...{ name: `${name}-${index}`, address: addressOf(index), port, sizeBytes: sizeOf },
				...{ perSecond: perSecondEach, connections: CONNECTIONS_EACH },
			}),
	);
}

const urgentAt = (port: number, name: string, perSecond: number) =>
	new SoakDevice({
		...{ name, address: URGENT_ADDRESS, port, perSecond, connections: 1 },
		sizeBytes: () => 2 * KILOBYTE,
	});

async function workFor(seconds: number, workers: readonly SoakDevice[]): Promise<void> {
	const signal = AbortSignal.timeout(seconds * 1_000);
	await Promise.all(workers.map((worker) => worker.work(signal)));
}

const sum = (tallies: readonly Tally[], of: (tally: Tally) => number) =>
	tallies.reduce((total, tally) => total + of(tally), 0);

/** What a send takes while nothing else is asked, milliseconds. */
async function calmMs(port: number, name: string): Promise<number> {
	const device = urgentAt(port, name, 10);
	await workFor(CALM_SENDS / 10, [device]);
	return median(device.tally.tookMs);
}

/** Gives the resident memory at each look. */
async function watch(house: House, signal: AbortSignal): Promise<readonly number[]> {
	const memory = processMemory(house.pid);
	const seen: number[] = [];
	while (!signal.aborted) {
		seen.push(await memory.idleBytes());
		// A person who looks, as far as anybody may who has not signed in.
		await fetch(`http://127.0.0.1:${house.port("console")}/healthz`).catch(() => undefined);
		await sleep(LOOK_MS);
	}
	return seen;
}

function waitingSubjects(house: House): readonly string[] {
	const database = new Database(path.join(house.folder, "state", "postern.db"), { readonly: true });
	try {
		return database.prepare("SELECT subject FROM message").pluck().all() as string[];
	} finally {
		database.close();
	}
}

/** Everything that was answered 250 has arrived or waits, and nothing arrived twice. */
async function judgeMail(house: House, tallies: readonly Tally[]): Promise<void> {
	const deadline = performance.now() + DRAIN_LIMIT_MS;
	while (waitingSubjects(house).length > 0 && performance.now() < deadline) await sleep(LOOK_MS);
	const waiting = new Set(waitingSubjects(house));
	const arrived = new Map<string, number>();
	for (const { message } of house.cloud.control.arrived()) {
		const subject = message.summary.subject ?? "";
		arrived.set(subject, (arrived.get(subject) ?? 0) + 1);
	}
	const promised = tallies.flatMap(({ subjects }) => subjects);
	const lost = promised.filter((subject) => !arrived.has(subject) && !waiting.has(subject));
	const twice = [...arrived].filter(([, times]) => times > 1);
	tell("answered 250", String(promised.length));
	tell("  lost", String(lost.length), lost.length === 0, "0");
	tell("  arrived twice", String(twice.length), twice.length === 0, "0");
	tell("  still waiting", String(waiting.size), waiting.size === 0, "0");
}

function judgeLoad(tallies: readonly Tally[], urgent: Tally, seconds: number): void {
	const accepted = tallies.map((tally) => tally.accepted);
	const share = Math.min(...accepted) / Math.max(...accepted);
	tell("taken a second", (sum(tallies, (tally) => tally.accepted) / seconds).toFixed(1));
	tell("asked to come back later", String(sum(tallies, ({ later }) => later)));
	const refused = [...tallies, urgent].flatMap((tally) => tally.refused);
	tell("refused for good", String(refused.length), refused.length === 0, "0");
	for (const text of refused.slice(0, 3)) console.log(`  ${text}`);
	tell(
		"least of one device, of the most",
		share.toFixed(2),
		share >= WANTED.fairShare,
		`≥ ${WANTED.fairShare}`,
	);
	const [typical, worst] = [median(urgent.tookMs), Math.max(...urgent.tookMs)];
	const { urgentMedianMs, urgentWorstMs } = WANTED;
	const [isQuick, isBounded] = [typical <= urgentMedianMs, worst <= urgentWorstMs];
	tell("the urgent device waited", `${Math.round(typical)} ms`, isQuick, `≤ ${urgentMedianMs} ms`);
	tell("  at worst", `${Math.round(worst)} ms`, isBounded, `≤ ${urgentWorstMs} ms`);
}

function judgeMemory(seen: readonly number[]): void {
	const third = Math.floor(seen.length / 3);
	const [second, last] = [seen.slice(third, 2 * third), seen.slice(2 * third)];
	const growth = Math.max(...last) / Math.max(...second);
	tell("most memory", `${(Math.max(...seen) / MEGABYTE).toFixed(0)} MB`);
	const isGood = growth <= WANTED.memoryGrowth;
	tell("  in the last third, of the second", growth.toFixed(2), isGood, `≤ ${WANTED.memoryGrowth}`);
}

async function soak({ minutes, times }: Options): Promise<void> {
	const house = await buildHouse();
	try {
		const port = house.port("relay");
		const before = await calmMs(port, "calm");
		const trial = devicesAt(port, Number.POSITIVE_INFINITY, "trial");
		await workFor(FINDING_OUT_SECONDS, trial);
		const takes =
			sum(
				trial.map(({ tally }) => tally),
				({ accepted }) => accepted,
			) / FINDING_OUT_SECONDS;
		tell("this machine takes", `${takes.toFixed(1)} messages a second`);
		const devices = devicesAt(port, (takes * times) / DEVICES, "press");
		const urgent = urgentAt(port, "alarm", URGENT_PER_SECOND);
		const evening = new AbortController();
		const watching = watch(house, evening.signal);
		await workFor(minutes * 60, [...devices, urgent]);
		evening.abort();
		const tallies = devices.map(({ tally }) => tally);
		judgeLoad(tallies, urgent.tally, minutes * 60);
		judgeMemory(await watching);
		const all = [...trial, ...devices, urgent].map(({ tally }) => tally);
		await judgeMail(house, all);
		const after = await calmMs(port, "calm-again");
		const ratio = after / before;
		const isCalm = ratio <= WANTED.calmAgain;
		tell("a send afterwards, of one before", `${ratio.toFixed(1)} ×`, isCalm, `≤ ${WANTED.calmAgain} ×`);
	} finally {
		await house.close();
	}
}

async function main(): Promise<void> {
	let options: Options;
	try {
		options = readOptions(process.argv.slice(2));
	} catch (error) {
		console.error(`soak: ${error instanceof Error ? error.message : error}\n${USAGE}`);
		process.exitCode = 2;
		return;
	}
	if (options.help) return console.log(USAGE);
	await soak(options);
	if (!isWell) process.exitCode = 1;
}

await main();
