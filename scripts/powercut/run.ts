/**
 * A whole run: the rooms of each scenario until there are as many crash images as wanted, and one for each fault that must
 * be caught. For the command and its test. Throws when a room fails, which is no finding about the program.
 */
import { mkdtempSync, rmSync, statfsSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import path from "node:path";
import { buildInto, FAULTS, type Fault } from "./builds.ts";
import { addTo, type Findings, NOTHING_FOUND } from "./findings.ts";
import { inRoom } from "./in-room.ts";
import type { Job } from "./job.ts";
import type { Options } from "./options.ts";

export type ScenarioName = Job["scenario"];

export interface Outcome {
	readonly scenarios: ReadonlyMap<ScenarioName, Findings>;
	readonly controls: ReadonlyMap<Fault, Findings>;
}

/** Shares of the images. */
const SHARES: readonly (readonly [ScenarioName, number])[] = [
	["mail", 0.6],
	["tokens", 0.1],
	["settings", 0.1],
	["restore", 0.1],
	["migration", 0.1],
];
/** One house, one log: more of them see more of the weather. */
const ROOM_IMAGES = 100;
/** A fault is caught long before, or not. */
const CONTROL_IMAGES = 60;

const MEMORY = "/dev/shm";
const MEMORY_WANTED_BYTES = 2e9;

export async function cutPower(
	options: Pick<Options, "images" | "seed" | "rooms" | "controls">,
	tell: (text: string) => void,
): Promise<Outcome> {
	const folder = mkdtempSync(path.join(workParent(), "postern-powercut-"));
	const ending = new AbortController();
	// Also after Ctrl-C no room goes on and nothing stays in memory.
	const clear = () => {
		ending.abort();
		// A room may be writing still while it ends.
		rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
	};
	process.once("exit", clear);
	try {
		const hasty = await buildInto(path.join(folder, "hasty"));
		let rooms = 0;
		const jobOf = (scenario: ScenarioName, images: number): Job => {
			rooms += 1;
			return {
				...{ scenario, images, seed: options.seed + rooms, folder: path.join(folder, `room-${rooms}`) },
				...{ recordWith: hasty, judgeWith: hasty },
			};
		};
		const controls = new Map<Fault, Findings>();
		const scenarios = new Map<ScenarioName, Findings>();
		const note = <Name>(findings: Map<Name, Findings>, name: Name, found: Findings) => {
			findings.set(name, addTo(findings.get(name) ?? NOTHING_FOUND, found));
			tell(`${name}: ${found.images} crash images, ${found.checked} messages looked for`);
			for (const trouble of found.troubles) tell(`  ${trouble}`);
		};
		const work: (() => Promise<void>)[] = [];
		for (const [scenario, share] of SHARES) {
			for (const images of roomsOf(Math.ceil(options.images * share))) {
				work.push(async () =>
					note(scenarios, scenario, await inRoom(jobOf(scenario, images), ending.signal)),
				);
			}
		}
		for (const fault of options.controls ? (Object.keys(FAULTS) as Fault[]) : []) {
			work.push(async () => {
				const recordWith = await buildInto(path.join(folder, fault), fault);
				const job = { ...jobOf("slow mail", CONTROL_IMAGES), recordWith, fault };
				note(controls, fault, await inRoom(job, ending.signal));
			});
		}
		const atOnce = options.rooms ?? availableParallelism();
		await inTurns(work, atOnce);
		// A log may have had fewer flushes than were wanted of it.
		while (imagesIn(scenarios) < options.images) {
			const missing = options.images - imagesIn(scenarios);
			const more = roomsOf(missing).map(
				(images) => async () =>
					note(scenarios, "mail" as const, await inRoom(jobOf("mail", images), ending.signal)),
			);
			await inTurns(more, atOnce);
		}
		return { scenarios, controls };
	} finally {
		process.off("exit", clear);
		clear();
	}
}

function roomsOf(images: number): readonly number[] {
	const rooms = Math.ceil(images / ROOM_IMAGES);
	return Array.from({ length: rooms }, () => Math.ceil(images / rooms));
}

function imagesIn(scenarios: ReadonlyMap<ScenarioName, Findings>): number {
	return [...scenarios.values()].reduce((sum, { images }) => sum + images, 0);
}

async function inTurns(work: readonly (() => Promise<void>)[], atOnce: number): Promise<void> {
	const left = [...work];
	const workers = Array.from({ length: atOnce }, async () => {
		for (let next = left.shift(); next !== undefined; next = left.shift()) await next();
	});
	await Promise.all(workers);
}

/** Each crash image is a copy of a whole disk; none of it needs to last. */
function workParent(): string {
	try {
		const { bavail, bsize } = statfsSync(MEMORY);
		if (bavail * bsize >= MEMORY_WANTED_BYTES) return MEMORY;
	} catch {
		// There is none.
	}
	return tmpdir();
}
