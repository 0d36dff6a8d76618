/**
 * Gives memory back: a large message's passing buffers while it passes, for whoever streams bodies; and what a peak has
 * left when it is over, for the composition root and the storage threads.
 *
 * Each packet read from a socket is an allocation of up to 64 kB outside the heap, and it is freed
 * only when the garbage collector comes by. The collector goes by the size of the heap, where such a
 * buffer is a few dozen bytes, so a 150 MB message can hold 60 MB of buffers that nobody needs: too
 * much on a board with 512 MB. A minor collection takes about a millisecond.
 */
import { readFileSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

type Collect = (options: { readonly type: "minor" | "major"; readonly flavor?: "last-resort" }) => void;

/** Buffers let through between two collections. */
const PASSING_BYTES = 4 * 1024 * 1024;

/** Between two looks at how it is. */
const LOOK_EVERY_MS = 5_000;
/** Of the time: what looks after itself takes less, also on a small board. */
const QUIET_SHARE = 0.03;
/** A collection costs some ten milliseconds, on a small board half a second. */
const WORTH_BYTES = 3 * 1024 * 1024;
/** Unmapping costs nothing, mapping again a millisecond. */
const WORTH_CODE_BYTES = 6 * 1024 * 1024;
/** So that what runs again and again is not unmapped again and again: half a minute. */
const FORGET_EVERY_LOOKS = 6;

let collect: Collect | undefined;
let passedBytes = 0;

/** Counts a buffer that was passed on and is not kept. */
export function passed(sizeBytes: number): void {
	passedBytes += sizeBytes;
	if (passedBytes < PASSING_BYTES) return;
	passedBytes = 0;
	collect ??= exposeCollector();
	collect({ type: "minor" });
}

/** After something large and brief, such as a start with a long queue: what it left is given back. */
export function giveBack(): void {
	collect ??= exposeCollector();
	// Half-empty pages as well, and what was compiled and is not used.
	collect({ type: "major", flavor: "last-resort" });
}

/** What JavaScript has no means for (trim.c). */
export interface SystemMemory {
	/** Gives back what the C library holds and does not need. */
	readonly trim: () => void;
	/** Unmaps the pages of code: what is called again is mapped again. */
	readonly forgetCode: () => void;
}

export interface GivingBack {
	/** Has the process's other threads give back what they have. */
	readonly alsoElsewhere: () => void;
	/** Undefined where there is none. */
	readonly system: SystemMemory | undefined;
	/** For tests. */
	readonly lookEveryMs?: number;
}

/** From now on, each time when the process has grown and has then become quiet, gives back what it can. Gives the end of that. */
export function giveBackWhenQuiet({
	alsoElsewhere,
	system,
	lookEveryMs = LOOK_EVERY_MS,
}: GivingBack): () => void {
	let before = performance.eventLoopUtilization();
	let smallestBytes = 0;
	let leastCodeBytes = Number.POSITIVE_INFINITY;
	let looksSinceForgotten = 0;
	let trimming: NodeJS.Timeout | undefined;
	const forgetCode = () => {
		system?.forgetCode();
		looksSinceForgotten = 0;
	};
	const trim = () => {
		system?.trim();
		forgetCode();
	};
	const look = () => {
		const now = performance.eventLoopUtilization();
		const { utilization } = performance.eventLoopUtilization(now, before);
		before = now;
		const { ownBytes, codeBytes } = residentMemory();
		leastCodeBytes = Math.min(leastCodeBytes, codeBytes);
		looksSinceForgotten += 1;
		// What it was just after may not have been all yet.
		if (smallestBytes > 0) smallestBytes = Math.min(smallestBytes, ownBytes);
		if (utilization > QUIET_SHARE) return;
		if (ownBytes - smallestBytes < WORTH_BYTES) {
			const hasGrown = codeBytes - leastCodeBytes > WORTH_CODE_BYTES;
			if (hasGrown && looksSinceForgotten >= FORGET_EVERY_LOOKS) forgetCode();
			return;
		}
		giveBack();
		alsoElsewhere();
		smallestBytes = residentMemory().ownBytes;
		// When the others have done the same.
		trimming = setTimeout(trim, lookEveryMs / 2).unref();
		before = performance.eventLoopUtilization();
	};
	const timer = setInterval(look, lookEveryMs).unref();
	return () => {
		clearInterval(timer);
		clearTimeout(trimming);
	};
}

/** What no file holds, and what is as it is in its file: code, which comes and goes. proc_pid_statm(5). */
function residentMemory(): { readonly ownBytes: number; readonly codeBytes: number } {
	const [, residentPages = 1, sharedPages = 0] = readFileSync("/proc/self/statm", "latin1")
		.split(" ")
		.map(Number);
	const bytes = process.memoryUsage.rss();
	const codeBytes = bytes * (sharedPages / residentPages);
	return { ownBytes: bytes - codeBytes, codeBytes };
}

/**
 * The flag stays: it is one for all threads of the process, and a thread that took it back would take it from another
 * that is just asking.
 */
function exposeCollector(): Collect {
	setFlagsFromString("--expose-gc");
	return runInNewContext("gc") as Collect;
}
