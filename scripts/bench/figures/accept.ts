/**
 * Durable accepts per second: 2 kB messages over 10 connections and 1, flushes as they are and 10 ms
 * slower (an SD card), the cloud there and gone. From the same runs: flushes per message, and how
 * fast messages get all the way through.
 */
import type { Contender } from "../contender.ts";
import { CONTENDERS } from "../contender.ts";
import type { Figure, Measurement, Values, Wanted } from "../figure.ts";
import { type Load, measureRate } from "../load.ts";
import { type Bench, delivered, withSubject } from "../subject.ts";

const MESSAGE_BYTES = 2_000;
const SD_CARD_FLUSH_MS = 10;
const DRAIN_LIMIT_MS = 20_000;
const MOST_FLUSHES_PER_MESSAGE = 0.35;

interface Situation {
	readonly name: string;
	readonly connections: number;
	readonly slow: boolean;
	readonly cloudUp: boolean;
	readonly wanted: readonly Wanted[];
}

const FAST: readonly Wanted[] = [
	{ atLeastTimes: 1.5, of: "naive" },
	{ atLeastTimes: 2.5, of: "postfix" },
];
const SLOW: readonly Wanted[] = [
	{ atLeastTimes: 8, of: "naive" },
	{ atLeastTimes: 1, of: "postfix" },
];
const NOT_BELOW_NAIVE: readonly Wanted[] = [{ atLeastTimes: 1, of: "naive" }];

const SENDING_GIVES_WAY =
	"All the way through: while devices hand in more than fifty messages a second Postern takes them first and sends in what time is left. Microsoft takes some seventeen a second (10,000 in ten minutes), to which the sink here does not hold anybody.";
const PARALLEL_FLATTERED =
	"A flush of 10 ms is a wait, and waits of several processes pass side by side: Postfix, which flushes in a process for each connection, is measured as if each of ten had a card of its own.";

const SITUATIONS: readonly Situation[] = [
	{ name: "accept-10", connections: 10, slow: false, cloudUp: true, wanted: FAST },
	{ name: "accept-10-gone", connections: 10, slow: false, cloudUp: false, wanted: FAST },
	{ name: "accept-10-slow", connections: 10, slow: true, cloudUp: true, wanted: SLOW },
	{ name: "accept-10-slow-gone", connections: 10, slow: true, cloudUp: false, wanted: SLOW },
	{ name: "accept-1", connections: 1, slow: false, cloudUp: true, wanted: NOT_BELOW_NAIVE },
	{ name: "accept-1-slow", connections: 1, slow: true, cloudUp: true, wanted: NOT_BELOW_NAIVE },
];

export const acceptMeasurements: readonly Measurement[] = SITUATIONS.map((situation) => ({
	name: situation.name,
	contenders: CONTENDERS,
	figures: figuresOf(situation),
	notes: [situation.cloudUp ? SENDING_GIVES_WAY : [], situation.slow ? PARALLEL_FLATTERED : []].flat(),
	measure: (bench, contender) => measure(bench, contender, situation),
}));

function figuresOf(situation: Situation): readonly Figure[] {
	const { connections, slow, cloudUp, wanted } = situation;
	const circumstances = `${connections} conn., ${slow ? "10 ms flush" : "fast flush"}, cloud ${cloudUp ? "up" : "gone"}`;
	const accept = {
		title: `durable accept, ${circumstances}`,
		unit: "/s",
		value: "accepted",
		decimals: 0,
		wanted,
	};
	if (connections === 1) return [accept];
	const flushes: Figure = {
		title: `flushes per message, ${circumstances}`,
		unit: "",
		value: "flushes",
		decimals: 2,
		wanted: [{ atMost: MOST_FLUSHES_PER_MESSAGE }],
	};
	const through = {
		title: `all the way through, ${circumstances}`,
		unit: "/s",
		value: "through",
		decimals: 0,
	};
	return cloudUp ? [accept, { ...through, wanted: [] }, flushes] : [accept, flushes];
}

async function measure(bench: Bench, contender: Contender, situation: Situation): Promise<Values> {
	const flushMs = situation.slow ? SD_CARD_FLUSH_MS : 0;
	return await withSubject(bench, contender, flushMs, async ({ installation, running, probe }) => {
		const { cloud } = installation;
		if (!situation.cloudUp) await cloud.goAway();
		const flushesBefore = await probe.count();
		const load: Load = {
			port: running.smtpPort,
			connections: situation.connections,
			sizeBytes: MESSAGE_BYTES,
		};
		let startedMs = 0;
		let deliveredBefore = 0;
		const rate = await measureRate(load, bench.effort.seconds, async () => {
			deliveredBefore = await cloud.accepted();
			startedMs = performance.now();
		});
		if (!situation.cloudUp) {
			const flushes = (await probe.count()) - flushesBefore;
			return { accepted: rate.perSecond, flushes: flushes / rate.messagesInAll };
		}
		const through = (await delivered(installation, rate.messagesInAll, DRAIN_LIMIT_MS)) - deliveredBefore;
		const seconds = (performance.now() - startedMs) / 1000;
		const flushes = (await probe.count()) - flushesBefore;
		return {
			accepted: rate.perSecond,
			through: through / seconds,
			flushes: flushes / rate.messagesInAll,
		};
	});
}
