/** The judge of a soak must find what is wrong: good figures spoilt one by one. */
import { describe, expect, it } from "vitest";
import { type Calm, type Figures, judge } from "./judge.ts";

const CALM: Calm = {
	handedInMs: 5,
	flushMs: 2,
	deliveredMs: 80,
	processorMs: 10,
	perSecond: 100,
	busyProcessorMs: 6,
	openFiles: 40,
	ownBytes: 60_000_000,
};

const GOOD: Figures = {
	minutes: 10,
	before: CALM,
	after: { ...CALM, handedInMs: 9, processorMs: 12, perSecond: 80, openFiles: 42 },
	accepted: [100, 110, 90, 100],
	delivered: [50, 52, 48, 50],
	asked: 800,
	later: 70,
	urgentLater: 0,
	refused: [],
	broken: [],
	handedInMs: { urgent: [300, 310], others: [400, 420] },
	deliveredMs: { urgent: [90, 900], others: [60_000, 70_000] },
	memoryBytes: [100e6, 140e6, 150e6, 151e6, 150e6, 152e6],
	console: { answered: 100, failures: [] },
	fetching: { answered: 100, failures: [] },
	promised: 420,
	lost: 0,
	twice: [],
	drainedSeconds: 300,
	stillQueued: 0,
	faults: [],
};

const SPOILT: readonly [name: string, spoilt: Partial<Figures>, found: string][] = [
	["it was not asked too much", { asked: 410 }, "asked, of what was taken"],
	["too much that nobody was refused for", { later: 0 }, "told to come back later (4xx), times"],
	["an alarm that was refused with the others", { urgentLater: 1 }, "  told to come back later, times"],
	["a refusal for good", { refused: ["expected 250, got: 554 5.7.1 No"] }, "refused for good (5xx)"],
	[
		"a connection without an answer",
		{ broken: ["read ECONNRESET"] },
		"connections that broke without an answer",
	],
	[
		"a device that is starved",
		{ accepted: [100, 110, 90, 30] },
		"taken of the least served device, of the mean",
	],
	[
		"one whose mail stays",
		{ delivered: [60, 60, 60, 5] },
		"delivered of the least served device, of the mean",
	],
	[
		"alarms that stand in line",
		{ handedInMs: { urgent: [900], others: [400] } },
		"an alarm until 250, median",
	],
	["no alarm at all", { handedInMs: { urgent: [], others: [400] } }, "an alarm until 250, median"],
	[
		"an alarm among the others' mail",
		{ deliveredMs: { urgent: [90, 80_000], others: [60_000] } },
		"  the slowest",
	],
	[
		"memory that grows",
		{ memoryBytes: [100e6, 140e6, 150e6, 160e6, 180e6, 200e6] },
		"  in the last third of the time",
	],
	["memory nobody saw", { memoryBytes: [] }, "memory in the last third"],
	["memory that is kept", { after: { ...CALM, ownBytes: 100e6 } }, "its own memory afterwards"],
	[
		"an owner who is not served",
		{ console: { answered: 9, failures: ["/ answers 503"] } },
		"  and was not served",
	],
	["mail that nobody can fetch", { fetching: { answered: 0, failures: [] } }, "mail was fetched, times"],
	["lost mail", { lost: 1 }, "lost"],
	["mail that came twice", { twice: ["press-1-7"] }, "arrived twice"],
	["a queue that stays", { stillQueued: 3 }, "still in the queue"],
	["a fault", { faults: ["a fault"] }, "faults in the box's log"],
	["a box that stays slow", { after: { ...CALM, handedInMs: 50, processorMs: 40 } }, "  after it, of before"],
	[
		"a box that takes less",
		{ after: { ...CALM, perSecond: 30, busyProcessorMs: 20 } },
		"  before it, of after",
	],
	[
		"a box that takes nothing",
		{ after: { ...CALM, perSecond: 0, busyProcessorMs: Number.POSITIVE_INFINITY } },
		"  before it, of after",
	],
	["files that stay open", { after: { ...CALM, openFiles: 90 } }, "open files after it"],
];

const foundIn = (figures: Figures) =>
	judge(figures)
		.filter(({ isGood }) => !isGood)
		.map(({ what }) => what);

describe("the judge of a soak", () => {
	it("has nothing against a box that kept its promises", () => {
		expect(foundIn(GOOD)).toEqual([]);
	});

	it.each(SPOILT)("finds %s, and nothing else", (_, spoilt, found) => {
		expect(foundIn({ ...GOOD, ...spoilt })).toEqual([found]);
	});

	it("takes a box for well that is late and works no more than before: others are busy", () => {
		expect(foundIn({ ...GOOD, after: { ...CALM, handedInMs: 50 } })).toEqual([]);
	});
});
