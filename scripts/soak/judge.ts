/**
 * What a soak must show, each a figure with what is wanted of it: for soak.ts. Nothing is wanted in milliseconds, because the machine
 * may be any: a figure is held against another of the same run.
 */
import { median } from "../bench/statistics.ts";

/** A box at rest: before the load, and after it. */
export interface Calm {
	/** From connecting to 250, and from there to Microsoft; medians. */
	readonly handedInMs: number;
	readonly deliveredMs: number;
	/** Of 4 kB, by the card alone. */
	readonly flushMs: number;
	/** Of the box's processor for one message. */
	readonly processorMs: number;
	/** Handed in by devices that do their utmost; and of the box's processor for one of those. */
	readonly perSecond: number;
	readonly busyProcessorMs: number;
	readonly openFiles: number;
	readonly ownBytes: number;
}

export interface Service {
	readonly answered: number;
	readonly failures: readonly string[];
}

export interface Figures {
	readonly minutes: number;
	readonly before: Calm;
	readonly after: Calm;
	/** Of each ordinary device, all of equal demand. */
	readonly accepted: readonly number[];
	readonly delivered: readonly number[];
	/** Fell due at them, all together. */
	readonly asked: number;
	readonly later: number;
	/** Times that the alarm was. */
	readonly urgentLater: number;
	readonly refused: readonly string[];
	readonly broken: readonly string[];
	/** Of messages of the same size: from connecting to 250. */
	readonly handedInMs: { readonly urgent: readonly number[]; readonly others: readonly number[] };
	/** From 250 to Microsoft. */
	readonly deliveredMs: { readonly urgent: readonly number[]; readonly others: readonly number[] };
	/** Resident, at each look under load. */
	readonly memoryBytes: readonly number[];
	readonly console: Service;
	readonly fetching: Service;
	readonly promised: number;
	/** When everything else had come: what was answered and is not there. */
	readonly lost: number;
	readonly twice: readonly string[];
	/** From the end of the load to an empty queue. */
	readonly drainedSeconds: number;
	/** The queue's rows when there was patience no more. */
	readonly stillQueued: number;
	readonly faults: readonly string[];
}

export interface Finding {
	readonly what: string;
	readonly value: string;
	/** Undefined: only told. */
	readonly wanted: string | undefined;
	readonly isGood: boolean;
}

const WANTED = {
	/** Of what was taken: less, and the box was not asked too much. */
	asked: 1.2,
	/** Of the device that is served least, of the mean of all of equal demand. */
	fairShare: 0.5,
	/** Most memory in the last third of the time, of that in the second; below the slack it is noise. */
	memoryGrowth: 1.15,
	memorySlackBytes: 12_000_000,
	/** An alarm is handed in as quickly as anybody's message of its size. */
	urgentOfOthers: 1.25,
	/** Even the slowest alarm is with Microsoft before the others' typical message, or as soon as so many on a box at rest. */
	urgentOfCalm: 20,
	/** After it, of before. */
	calmAgain: 3,
	rateAgain: 2,
	openFilesMore: 8,
	ownAgain: 1.5,
} as const;

const mega = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`;
const milli = (ms: number) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
const most = (values: readonly number[]) => values.reduce((one, other) => Math.max(one, other), 0);
const sum = (values: readonly number[]) => values.reduce((one, other) => one + other, 0);
const typical = (values: readonly number[]) =>
	values.length === 0 ? Number.POSITIVE_INFINITY : median(values);

export function judge(figures: Figures): readonly Finding[] {
	return [
		...load(figures),
		...urgent(figures),
		...memory(figures),
		...bystanders(figures),
		...mail(figures),
		...recovery(figures),
	];
}

function told(what: string, value: string): Finding {
	return { what, value, wanted: undefined, isGood: true };
}

function none(what: string, found: readonly string[]): Finding {
	const examples = found.length === 0 ? "" : `: ${[...new Set(found)].slice(0, 3).join("; ")}`;
	return { what, value: `${found.length}${examples}`, wanted: "0", isGood: found.length === 0 };
}

function atMost(
	what: string,
	value: number,
	limit: number,
	write = (one: number) => one.toFixed(2),
): Finding {
	return { what, value: write(value), wanted: `≤ ${write(limit)}`, isGood: value <= limit };
}

function atLeast(
	what: string,
	value: number,
	limit: number,
	write = (one: number) => one.toFixed(2),
): Finding {
	return { what, value: write(value), wanted: `≥ ${write(limit)}`, isGood: value >= limit };
}

function load({ accepted, delivered, asked, later, refused, broken, minutes }: Figures): readonly Finding[] {
	const taken = sum(accepted);
	const share = (counts: readonly number[]) => Math.min(...counts) / (sum(counts) / counts.length) || 0;
	return [
		told("taken a second", (taken / (minutes * 60)).toFixed(1)),
		atLeast("asked, of what was taken", asked / taken, WANTED.asked),
		atLeast("told to come back later (4xx), times", later, 1, String),
		none("refused for good (5xx)", refused),
		none("connections that broke without an answer", broken),
		atLeast("taken of the least served device, of the mean", share(accepted), WANTED.fairShare),
		atLeast("delivered of the least served device, of the mean", share(delivered), WANTED.fairShare),
	];
}

function urgent({ handedInMs, deliveredMs, urgentLater, before }: Figures): readonly Finding[] {
	const others = typical(handedInMs.others);
	const patience = Math.max(typical(deliveredMs.others), before.deliveredMs * WANTED.urgentOfCalm);
	return [
		told("others' small message until 250, median", milli(others)),
		atMost(
			"an alarm until 250, median",
			typical(handedInMs.urgent),
			Math.max(others, before.handedInMs) * WANTED.urgentOfOthers,
			milli,
		),
		told("  the slowest", milli(most(handedInMs.urgent))),
		atMost("  told to come back later, times", urgentLater, 0, String),
		told("others' message from 250 to Microsoft, median", milli(typical(deliveredMs.others))),
		told("an alarm from 250 to Microsoft, median", milli(typical(deliveredMs.urgent))),
		atMost("  the slowest", most(deliveredMs.urgent), patience, milli),
	];
}

function memory({ memoryBytes, before, after }: Figures): readonly Finding[] {
	const third = Math.floor(memoryBytes.length / 3);
	const second = most(memoryBytes.slice(third, 2 * third));
	const allowed = Math.max(second * WANTED.memoryGrowth, second + WANTED.memorySlackBytes);
	return [
		told("most memory", mega(most(memoryBytes))),
		third === 0
			? { what: "memory in the last third", value: "not seen", wanted: "three looks", isGood: false }
			: atMost("  in the last third of the time", most(memoryBytes.slice(2 * third)), allowed, mega),
		atMost("its own memory afterwards", after.ownBytes, before.ownBytes * WANTED.ownAgain, mega),
	];
}

function bystanders({ console, fetching }: Figures): readonly Finding[] {
	return [
		atLeast("the owner looked at three pages, times", console.answered, 1, String),
		none("  and was not served", console.failures),
		atLeast("mail was fetched, times", fetching.answered, 1, String),
		none("  and was not", fetching.failures),
	];
}

function mail({ promised, lost, twice, drainedSeconds, stillQueued, faults }: Figures): readonly Finding[] {
	return [
		atLeast("answered 250", promised, 1, String),
		atMost("lost", lost, 0, String),
		none("arrived twice", twice),
		told("the queue was empty after", `${Math.round(drainedSeconds)} s`),
		atMost("still in the queue", stillQueued, 0, String),
		none("faults in the box's log", faults),
	];
}

function recovery({ before, after }: Figures): readonly Finding[] {
	// A neighbour on the machine makes it late, and does not make it work more.
	const ratio = Math.min(after.handedInMs / before.handedInMs, after.processorMs / before.processorMs);
	const rateRatio = Math.min(
		before.perSecond / after.perSecond,
		after.busyProcessorMs / before.busyProcessorMs,
	);
	return [
		told(
			"a message at rest until 250, before and after",
			`${milli(before.handedInMs)}, ${milli(after.handedInMs)}`,
		),
		told("  the card's flush", `${milli(before.flushMs)}, ${milli(after.flushMs)}`),
		told("  the box's processor", `${milli(before.processorMs)}, ${milli(after.processorMs)}`),
		atMost("  after it, of before", ratio, WANTED.calmAgain),
		told(
			"taken a second at most, before and after",
			`${before.perSecond.toFixed(1)}, ${after.perSecond.toFixed(1)}`,
		),
		told(
			"  the box's processor for one",
			`${milli(before.busyProcessorMs)}, ${milli(after.busyProcessorMs)}`,
		),
		atMost("  before it, of after", rateRatio, WANTED.rateAgain),
		atMost("open files after it", after.openFiles, before.openFiles + WANTED.openFilesMore, String),
	];
}
