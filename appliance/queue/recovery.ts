/**
 * What a start does before the first delivery, while devices are already served: takes the queue from the card into the scheduler, and
 * puts right what the last run left half done, with the help of its attempt journal. For
 * appliance.ts.
 */
import type { Clock } from "../clock.ts";
import { giveBack } from "../memory.ts";
import { MESSAGE_STATES, type QueueIndex } from "../store/operations.ts";
import type { JournalFindings } from "./attempt-journal.ts";
import type { Runner } from "./runner.ts";
import type { Lane, Scheduler } from "./scheduler.ts";
import type { Spool } from "./spool.ts";

/** No retry waits longer than this after a start, whatever the wall clock says meanwhile. */
const LONGEST_WAIT_MS = 60 * 60_000;

/** From here on loading leaves enough behind to be worth the pause of a collection. */
const LONG_QUEUE = 5_000;

export interface RecoveryOptions {
	readonly spool: Spool;
	readonly scheduler: Scheduler;
	readonly runner: Runner;
	readonly findings: JournalFindings;
	readonly clock: Clock;
}

export async function recover({ spool, scheduler, runner, findings, clock }: RecoveryOptions): Promise<void> {
	await settleFromJournal(spool, findings);
	const doubtful: number[] = [];
	let loaded = 0;
	for await (const page of spool.load()) {
		fill(scheduler, page, clock);
		loaded += page.ids.length;
		for (const id of activeIds(page)) if (!findings.sameBoot || findings.begun.has(id)) doubtful.push(id);
	}
	runner.expectPerhapsSent(doubtful);
	await spool.removeOrphans((number) => scheduler.find(number) !== undefined);
	if (loaded >= LONG_QUEUE) giveBack();
}

/** What the last run knew and had not yet committed: only of messages it still held as being attempted. */
async function settleFromJournal(spool: Spool, { settlements }: JournalFindings): Promise<void> {
	for (const settlement of settlements.values()) {
		const shown = await spool.show(settlement.id);
		if (shown === null || !("message" in shown) || shown.message.state !== "active") continue;
		await spool.settle(settlement, shown.message.inFile, "urgent");
	}
}

function* activeIds({ ids, states }: QueueIndex): Iterable<number> {
	for (const [position, state] of states.entries()) {
		const id = ids[position];
		if (id !== undefined && MESSAGE_STATES[state] === "active") yield id;
	}
}

function fill(scheduler: Scheduler, index: QueueIndex, clock: Clock): void {
	const lanes: Lane[] = index.lanes.map(({ account, device }) => scheduler.lane(account, device));
	const [wallMs, monotonicMs] = [clock.now(), clock.monotonicMs()];
	for (const [position, id] of index.ids.entries()) {
		const lane = lanes[index.laneOf[position] ?? 0];
		const state = MESSAGE_STATES[index.states[position] ?? 0] ?? "incoming";
		if (lane === undefined) continue;
		// A clock that stepped must neither hurry every retry nor put one off for years.
		const waitMs = Math.min(Math.max(0, (index.dueAtMs[position] ?? 0) - wallMs), LONGEST_WAIT_MS);
		scheduler.add(lane, id, state, monotonicMs + waitMs);
	}
}
