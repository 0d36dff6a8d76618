/**
 * Moves the time in which the box lives (time-machine.c): from one moment at which something is due to the next, once every
 * thread of the box sleeps. For year.ts, whose own process lives in the same time, so that Microsoft and devices agree with it.
 *
 * Between two moves time runs as always: no exchange, no flush and no time-out of it is hurried. A move is never shorter than the
 * stride, else a timer that looks every second would make a year of 31 million moves: such a timer is late by a stride at most,
 * as in a machine that slept. Throws when the shim does not work here, and when the box does not come to rest.
 */
import { execFile } from "node:child_process";
import diagnostics from "node:diagnostics_channel";
import { openSync, readSync, writeFileSync, writeSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

const PAGE_BYTES = 4096;
const AT = { shift: 0, wall: 8, wrong: 16, flushes: 24, written: 32, places: 64 } as const;
const PLACE_BYTES = 24;
const NO_END = 2n ** 63n - 1n;
const NS_PER_MS = 1_000_000n;
const REST_LIMIT_MS = 60_000;
/** How long nothing may have changed for the box to be at rest: a moved clock is seen within 0.2 ms. */
const REST_MS = 0.6;
const HOUR_MS = 3_600_000;

/** Environment of a process that is to live in that time. */
export type Environment = Readonly<Record<string, string>>;

/** Compiles the shim into `folder` and lets time begin at `beginsMs` (since 1970). */
export async function makeTimeMachine(folder: string, beginsMs: number): Promise<Environment> {
	const library = path.join(folder, "time-machine.so");
	const source = path.join(import.meta.dirname, "time-machine.c");
	await run("gcc", ["-O2", "-Wall", "-shared", "-fPIC", "-o", library, source, "-ldl"]);
	const page = Buffer.alloc(PAGE_BYTES);
	page.writeBigInt64LE(BigInt(Math.round(beginsMs)) * NS_PER_MS - process.hrtime.bigint(), AT.wall);
	const file = path.join(folder, "time");
	writeFileSync(file, page);
	const environment = { LD_PRELOAD: library, TIME_MACHINE: file };
	const { stdout } = await run(process.execPath, ["-p", "Date.now()"], {
		env: { ...process.env, ...environment },
	});
	if (Math.abs(Number(stdout) - beginsMs) > HOUR_MS)
		throw new Error(`the time shim does not work here: it is ${stdout.trim()}`);
	return environment;
}

interface Rest {
	/** In how many milliseconds something is due by itself; Infinity: never. */
	readonly dueInMs: number;
}

export class TimeMachine {
	readonly #file: number;
	readonly #page = Buffer.alloc(PAGE_BYTES);
	readonly #environment: Environment;
	#boxPid = 0;
	#openRequests = 0;
	#moves = 0;

	/** For a process that was started with `makeTimeMachine`'s environment. */
	constructor(environment: NodeJS.ProcessEnv = process.env) {
		const { LD_PRELOAD, TIME_MACHINE } = environment;
		if (LD_PRELOAD === undefined || TIME_MACHINE === undefined)
			throw new Error("this process lives in its own time");
		this.#environment = { LD_PRELOAD, TIME_MACHINE, TIME_MACHINE_WRONG: "1" };
		this.#file = openSync(TIME_MACHINE, "r+");
		// Of the sandbox, the only server in this process.
		diagnostics.subscribe("http.server.request.start", (event) => {
			const { response } = event as { response: NodeJS.EventEmitter };
			this.#openRequests += 1;
			response.once("close", () => {
				this.#openRequests -= 1;
			});
		});
	}

	/** For the box, whose wall clock may step. */
	get boxEnvironment(): Environment {
		return this.#environment;
	}

	get moves(): number {
		return this.#moves;
	}

	/** What the box has asked of the card in all its lives, each write in whole blocks of 4 KiB. */
	get wear(): { readonly bytes: number; readonly flushes: number } {
		this.#read();
		return {
			bytes: Number(this.#page.readBigUInt64LE(AT.written)),
			flushes: Number(this.#page.readBigUInt64LE(AT.flushes)),
		};
	}

	/** Whose rest is waited for; what a killed one has left on the page goes. */
	watch(pid: number): void {
		this.#read();
		for (let place = AT.places; place < PAGE_BYTES - PLACE_BYTES; place += PLACE_BYTES) {
			const owner = this.#page.readInt32LE(place);
			if (owner !== process.pid && owner !== pid && owner !== 0)
				writeSync(this.#file, Buffer.alloc(4), 0, 4, place);
		}
		this.#boxPid = pid;
	}

	/** The box's wall clock is ahead of the true time (negative: behind) by so much from now on. */
	setBoxClockError(errorMs: number): void {
		this.#write(AT.wrong, BigInt(Math.round(errorMs)) * NS_PER_MS);
	}

	/** Waits until no thread of the box has anything to do. */
	async rest(): Promise<Rest> {
		const limitMs = performance.now() + REST_LIMIT_MS;
		let sinceMs = performance.now();
		let before = -1;
		for (;;) {
			// The processor is the box's while it is awake.
			await (before === -1 ? sleep(1) : turn());
			const { waits, dueInMs } = this.#look();
			const nowMs = performance.now();
			if (waits === undefined || waits !== before || this.#openRequests > 0) sinceMs = nowMs;
			else if (nowMs - sinceMs >= REST_MS) return { dueInMs };
			before = waits ?? -1;
			if (nowMs > limitMs) throw new Error("the box does not come to rest");
		}
	}

	/** Moves on to when something is due, at least by the stride, and not beyond `latestMs` (since 1970). */
	async moveOn(strideMs: number, latestMs: number): Promise<void> {
		const { dueInMs } = await this.rest();
		const byMs = Math.min(Math.max(dueInMs, strideMs), latestMs - Date.now());
		if (byMs <= 0) return;
		this.#write(AT.shift, this.#page.readBigInt64LE(AT.shift) + BigInt(Math.ceil(byMs * 1e6)));
		this.#moves += 1;
	}

	#look(): { readonly waits: number | undefined; readonly dueInMs: number } {
		this.#read();
		let waits = 0;
		let next = NO_END;
		const nowNs = process.hrtime.bigint();
		for (let place = AT.places; place < PAGE_BYTES - PLACE_BYTES; place += PLACE_BYTES) {
			if (this.#page.readInt32LE(place) !== this.#boxPid) continue;
			const until = this.#page.readBigInt64LE(place + 8);
			if (until <= nowNs) return { waits: undefined, dueInMs: 0 };
			waits += this.#page.readUInt32LE(place + 4);
			if (until < next) next = until;
		}
		return { waits, dueInMs: next === NO_END ? Number.POSITIVE_INFINITY : Number(next - nowNs) / 1e6 };
	}

	#read(): void {
		readSync(this.#file, this.#page, 0, PAGE_BYTES, 0);
	}

	#write(at: number, value: bigint): void {
		const bytes = Buffer.alloc(8);
		bytes.writeBigInt64LE(value);
		writeSync(this.#file, bytes, 0, 8, at);
	}
}
