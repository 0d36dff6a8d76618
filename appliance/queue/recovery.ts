/**
 * What a start does before the first delivery: takes the queue from the card into the scheduler, and
 * puts right what the last run left half done, with the help of its attempt journal. For
 * appliance.ts.
 */
import type { Clock } from "../clock.ts";
import { MESSAGE_STATES, type QueueIndex } from "../store/operations.ts";
import type { JournalFindings } from "./attempt-journal.ts";
import type { Runner } from "./runner.ts";
import type { Lane, Scheduler } from "./scheduler.ts";
import type { Spool } from "./spool.ts";

/** No retry waits longer than this after a start, whatever the wall clock says meanwhile. */
const LONGEST_WAIT_MS = 60 * 60_000;

export interface RecoveryOptions {
	readonly spool: Spool;
	readonly scheduler: Scheduler;
	readonly runner: Runner;
	readonly findings: JournalFindings;
	readonly clock: Clock;
}

export async function recover({ spool, scheduler, runner, findings, clock }: RecoveryOptions): Promise<void> {
	let index = await spool.load();
	const active = activeIds(index);
	const replayable = [...findings.settlements.values()].filter(({ id }) => active.has(id));
	for (const settlement of replayable) {
		const shown = await spool.show(settlement.id);
		const inFile = shown !== null && "message" in shown && shown.message.inFile;
		await spool.settle(settlement, inFile, "urgent");
	}
	if (replayable.length > 0) index = await spool.load();
	const doubtful = findings.sameBoot ? findings.begun : active;
	runner.expectPerhapsSent([...activeIds(index)].filter((id) => doubtful.has(id)));
	fill(scheduler, index, clock);
}

function activeIds({ ids, states }: QueueIndex): Set<number> {
	const active = new Set<number>();
	for (const [position, state] of states.entries()) {
		const id = ids[position];
		if (id !== undefined && MESSAGE_STATES[state] === "active") active.add(id);
	}
	return active;
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
