/**
 * What a start does before the first delivery, while devices are already served: takes the queue from the card into the scheduler, and
 * puts right what the last run left half done, with the help of its attempt journal. For
 * appliance.ts.
 */
import type { Clock } from "../clock.ts";
import { giveBack } from "../memory.ts";
import { MESSAGE_STATES, type QueueIndex } from "../store/operations.ts";
import type { JournalFindings } from "./attempt-journal.ts";
import type { Lane, Scheduler } from "./scheduler.ts";
import { SELF_TEST_LANE, type Spool } from "./spool.ts";

/** No retry waits longer than this after a start, whatever the wall clock says meanwhile. */
const LONGEST_WAIT_MS = 60 * 60_000;

/** From here on loading leaves enough behind to be worth the pause of a collection. */
const LONG_QUEUE = 5_000;

export interface RecoveryOptions {
	readonly spool: Spool;
	readonly scheduler: Scheduler;
	readonly findings: JournalFindings;
	readonly clock: Clock;
}

export async function recover({ spool, scheduler, findings, clock }: RecoveryOptions): Promise<void> {
	await settleFromJournal(spool, findings);
	const active: number[] = [];
	let loaded = 0;
	for await (const page of spool.load()) {
		active.push(...activeIds(page));
		const own = fill(scheduler, page, clock);
		if (own.length > 0) await spool.withdraw(own);
		loaded += page.ids.length;
	}
	// On the card before the journal that tells them apart is begun anew: a second crash forgets nothing.
	const isDoubtful = (id: number) => !findings.sameBoot || findings.begun.has(id);
	const doubtful = active.filter(isDoubtful);
	const untried = active.filter((id) => !isDoubtful(id));
	if (doubtful.length > 0) await spool.doubt(doubtful);
	if (untried.length > 0) await spool.unlease(untried);
	await spool.removeOrphans((number) => scheduler.find(number) !== undefined);
	if (loaded >= LONG_QUEUE) giveBack();
}

/** What the last run knew and had not yet committed: only of messages it still held as being attempted. */
async function settleFromJournal(spool: Spool, { settlements }: JournalFindings): Promise<void> {
	await Promise.all(
		[...settlements.values()].map(async (settlement) => {
			const shown = await spool.show(settlement.id);
			if (shown === null || !("message" in shown) || shown.message.state !== "active") return;
			await spool.settle(settlement, shown.message.inFile, "urgent");
		}),
	);
}

function* activeIds({ ids, states }: QueueIndex): Iterable<number> {
	for (const [position, state] of states.entries()) {
		const id = ids[position];
		if (id !== undefined && MESSAGE_STATES[state] === "active") yield id;
	}
}

/** Gives what is not the scheduler's: messages of a self-test that was cut off. */
function fill(scheduler: Scheduler, index: QueueIndex, clock: Clock): readonly number[] {
	const own: number[] = [];
	const lanes: (Lane | undefined)[] = index.lanes.map(({ account, device }) =>
		device === SELF_TEST_LANE ? undefined : scheduler.lane(account, device),
	);
	const [wallMs, monotonicMs] = [clock.now(), clock.monotonicMs()];
	for (const [position, id] of index.ids.entries()) {
		const lane = lanes[index.laneOf[position] ?? 0];
		const state = MESSAGE_STATES[index.states[position] ?? 0] ?? "incoming";
		if (lane === undefined) {
			own.push(id);
			continue;
		}
		// A clock that stepped must neither hurry every retry nor put one off for years.
		const waitMs = Math.min(Math.max(0, (index.dueAtMs[position] ?? 0) - wallMs), LONGEST_WAIT_MS);
		scheduler.add(lane, id, state === "active" ? "incoming" : state, monotonicMs + waitMs);
	}
	return own;
}
