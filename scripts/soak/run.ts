/**
 * The soak itself: a box at rest, the same box asked for too much, and again at rest. Gives the figures; judge.ts says what they are
 * worth. Throws when the box does not start, or ends.
 */
import { open, rm } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { House } from "../../appliance/e2e/house.ts";
import { mountLoopDisk } from "../bench/loop-disk.ts";
import { processMemory } from "../bench/memory.ts";
import { median } from "../bench/statistics.ts";
import { type Holdings, holdingsOf } from "../year/measures.ts";
import { processorMs } from "../year/page-times.ts";
import { Bystanders, FETCHERS_MAILBOX } from "./bystanders.ts";
import { SMALL_BYTES, SoakDevice } from "./device.ts";
import type { Calm, Figures } from "./judge.ts";
import { SoakLedger } from "./ledger.ts";

const DEVICES = 8;
/** More than the box lets in of each, and of all together (smtp/connection-limits.ts): some are told to come later. */
const CONNECTIONS_EACH = 110;
/** As much as it can hand over, over so many each, for so long: what the machine takes. Less than the queue has room for. */
const TRIAL = { seconds: 6, connections: 6 } as const;
const URGENT_PER_SECOND = 1;
const LOOK_MS = 2_000;
const CALM = { messages: 30, perSecond: 5, flushes: 20 } as const;
/** More comes in than Microsoft takes, so the card fills; a small one does so soon, and is empty again soon. */
const CARD_BYTES = 400_000_000;
/** As Graph answers. */
const LATENCY_MS = 60;
/** Of the sandbox, beside the ledger: enough for a look into Sent Items. */
const KEPT = { keptBytes: 24_000_000, keptMessages: 4_000, keptRequests: 100 } as const;
/** The demand follows what is taken, so that it stays too much on a machine that others leave meanwhile. */
const DEMAND_MS = 5_000;
/** Without one delivery; a queue that moves is waited for. */
const DRAIN_STANDSTILL_MS = 120_000;
/** A box gives memory back when it has been quiet for some seconds. */
const QUIET_MS = 15_000;
const FAULT = /fault|unhandled|uncaught|damaged|out of memory|sandbox-bug/i;

/** Scans among drops: of forty messages 29 small, ten of a page, one of many pages. */
const sizeOf = (number: number) => (number % 40 === 0 ? 2_000_000 : number % 4 === 1 ? 60_000 : SMALL_BYTES);

const addressOf = (device: number) => `127.0.2.${device + 1}`;
const URGENT_ADDRESS = "127.0.2.100";
const INDEXES = Array.from({ length: DEVICES }, (_, index) => index);

export interface SoakOptions {
	readonly minutes: number;
	/** Of the rate that the machine is found to take. */
	readonly times: number;
	/** Where the card is made: on a real disk. */
	readonly folder: string;
	readonly tell: (text: string) => void;
}

export async function soak(options: SoakOptions): Promise<Figures> {
	await using card = await mountLoopDisk(options.folder, CARD_BYTES);
	const house = await House.build({
		pop3: true,
		onlyByPassword: true,
		stateDir: path.join(card.folder, "state"),
		sandbox: { ...KEPT, latencyMs: LATENCY_MS, deviceCodeIntervalSeconds: 0 },
		more: [
			...INDEXES.map((index) => `[[device]]\nname = "Press ${index}"\naddresses = ["${addressOf(index)}"]\n`),
			`[[device]]\nname = "Alarm"\naddresses = ["${URGENT_ADDRESS}"]\nurgent = true\n`,
			FETCHERS_MAILBOX,
		].join("\n"),
	});
	try {
		return await new Soak(house, path.join(card.folder, "state"), options).run();
	} finally {
		await house.close();
	}
}

class Soak {
	readonly #house: House;
	readonly #stateDir: string;
	readonly #options: SoakOptions;
	readonly #ledger = new SoakLedger();

	constructor(house: House, stateDir: string, options: SoakOptions) {
		this.#house = house;
		this.#stateDir = stateDir;
		this.#options = options;
		house.cloud.control.onArrival(({ message }) => this.#ledger.arrived(message.summary.subject ?? ""));
	}

	async run(): Promise<Figures> {
		const { minutes, times, tell } = this.#options;
		const bystanders = new Bystanders(this.#house);
		await bystanders.settleIn();
		const before = await this.#calm("before");
		tell(
			`it takes ${before.perSecond.toFixed(1)} messages a second; now ${times} times as many, for ${minutes} minutes`,
		);

		const presses = this.#presses("press", CONNECTIONS_EACH, (before.perSecond * times) / DEVICES);
		const alarm = this.#alarm("alarm", URGENT_PER_SECOND);
		const evening = AbortSignal.timeout(minutes * 60_000);
		const [memoryBytes] = await Promise.all([
			this.#watch(evening),
			this.#keepAsking(presses, evening),
			bystanders.work(evening),
			...[...presses, alarm].map((device) => device.work(evening)),
		]);
		const names = INDEXES.map((index) => `press-${index}`);
		const ledger = this.#ledger;
		// Of what the others sent some waits still; it has waited so long at least.
		const deliveredMs = { urgent: ledger.waitsMs(["alarm"]), others: ledger.waitsMs(names) };
		const delivered = names.map((name) => ledger.arrivedOf(name));
		tell(`evening: ${ledger.owed} wait`);
		const eveningMs = performance.now();
		await this.#drain();
		const drainedSeconds = (performance.now() - eveningMs) / 1_000;
		tell(`the queue was empty after ${Math.round(drainedSeconds)} s`);
		const after = await this.#calm("after");
		await this.#drain();

		const tallies = presses.map(({ tally }) => tally);
		const all = [...tallies, alarm.tally];
		return {
			...{ minutes, before, after, delivered, deliveredMs, memoryBytes, drainedSeconds },
			accepted: tallies.map(({ accepted }) => accepted),
			asked: presses.reduce((sum, { due }) => sum + due, 0),
			later: tallies.reduce((sum, { later }) => sum + later, 0),
			urgentLater: alarm.tally.later,
			refused: all.flatMap(({ refused }) => refused),
			broken: all.flatMap(({ broken }) => broken),
			handedInMs: {
				urgent: alarm.tally.smallTookMs,
				others: tallies.flatMap(({ smallTookMs }) => smallTookMs),
			},
			console: bystanders.console,
			fetching: bystanders.fetching,
			promised: ledger.promised,
			lost: ledger.owed,
			twice: ledger.twice,
			stillQueued: this.#holdings().queueRows,
			faults: this.#house.log.split("\n").filter((line) => FAULT.test(line)),
		};
	}

	/** At rest: some messages one by one, then as many as it takes; what it holds when it is quiet again. */
	async #calm(name: string): Promise<Calm> {
		const { pid } = this.#house;
		const single = this.#alarm(`${name}-single`, CALM.perSecond);
		// The first ones find a box that has slept.
		await this.#workFor(2, [this.#alarm(`${name}-waking`, CALM.perSecond)]);
		const workedMs = processorMs(pid);
		await this.#workFor(CALM.messages / CALM.perSecond, [single]);
		await this.#drain();
		const flushMs = await this.#cardsFlushMs();
		const processor = (processorMs(pid) - workedMs) / single.tally.accepted;
		const presses = this.#presses(`${name}-trial`, TRIAL.connections, Number.POSITIVE_INFINITY);
		const triedMs = processorMs(pid);
		await this.#workFor(TRIAL.seconds, presses);
		const busyMs = processorMs(pid) - triedMs;
		const taken = presses.reduce((sum, { tally }) => sum + tally.accepted, 0);
		await this.#drain();
		await sleep(QUIET_MS);
		const { openFiles, ownBytes } = this.#holdings();
		return {
			handedInMs: median(single.tally.smallTookMs),
			flushMs,
			deliveredMs: median(this.#ledger.waitsMs([`${name}-single`])),
			processorMs: processor,
			perSecond: taken / TRIAL.seconds,
			busyProcessorMs: busyMs / taken,
			...{ openFiles, ownBytes },
		};
	}

	/** What the card itself takes for 4 kB, median. */
	async #cardsFlushMs(): Promise<number> {
		const name = path.join(this.#stateDir, "..", "flush-probe");
		const file = await open(name, "w");
		const tookMs: number[] = [];
		for (let time = 0; time < CALM.flushes; time += 1) {
			const startedMs = performance.now();
			await file.write(Buffer.alloc(4096, time));
			await file.datasync();
			tookMs.push(performance.now() - startedMs);
		}
		await file.close();
		await rm(name);
		return median(tookMs);
	}

	async #workFor(seconds: number, devices: readonly SoakDevice[]): Promise<void> {
		const signal = AbortSignal.timeout(seconds * 1_000);
		await Promise.all(devices.map((device) => device.work(signal)));
	}

	async #keepAsking(presses: readonly SoakDevice[], signal: AbortSignal): Promise<void> {
		let taken = 0;
		while (!signal.aborted) {
			await sleep(DEMAND_MS, undefined, { signal }).catch(() => undefined);
			const now = presses.reduce((sum, { tally }) => sum + tally.accepted, 0);
			const perSecondEach = (now - taken) / (DEMAND_MS / 1_000) / presses.length;
			taken = now;
			for (const press of presses)
				press.perSecond = Math.max(press.perSecond, perSecondEach * this.#options.times);
		}
	}

	async #watch(signal: AbortSignal): Promise<readonly number[]> {
		const memory = processMemory(this.#house.pid);
		const seen: number[] = [];
		while (!signal.aborted) {
			seen.push(await memory.idleBytes());
			await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
		}
		return seen;
	}

	/** Until the queue is empty, or nothing has left it for long. */
	async #drain(): Promise<void> {
		let least = Number.POSITIVE_INFINITY;
		let movedMs = performance.now();
		while (performance.now() - movedMs < DRAIN_STANDSTILL_MS) {
			const waiting = this.#holdings().queueRows;
			if (waiting === 0) return;
			if (waiting < least) movedMs = performance.now();
			least = Math.min(least, waiting);
			await sleep(LOOK_MS);
		}
	}

	#holdings(): Holdings {
		return holdingsOf(this.#house.pid, this.#stateDir);
	}

	#presses(name: string, connections: number, perSecond: number): readonly SoakDevice[] {
		const port = this.#house.port("relay");
		return INDEXES.map(
			(index) =>
				new SoakDevice({
					...{ name: `${name}-${index}`, address: addressOf(index), port, perSecond, connections },
					...{ sizeBytes: sizeOf, ledger: this.#ledger },
				}),
		);
	}

	#alarm(name: string, perSecond: number): SoakDevice {
		return new SoakDevice({
			...{ name, address: URGENT_ADDRESS, port: this.#house.port("relay"), perSecond, connections: 1 },
			...{ sizeBytes: () => SMALL_BYTES, ledger: this.#ledger },
		});
	}
}
