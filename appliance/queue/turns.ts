/**
 * Whose turn it is among the lanes of one account: deficit round robin, urgent lanes first. For the
 * scheduler.
 *
 * In each round a lane may spend `TURN_BYTES`, and a message costs that much for being a message
 * and its octets besides: so a scanner of 10 MB and a PLC of 2 kB share by what they cost. The size is
 * not known when a lane is picked (a waiting message is only a number), so it is charged afterwards
 * and the lane waits for as many rounds as it has overspent: *surplus* round robin. Since no message
 * costs less than a round, there is one at a time and nothing to save up, and a debt is the number of
 * the round in which the lane's next turn is. Rounds in which nobody has a turn are stepped over; a pick
 * costs the same for two lanes and for hundreds.
 *
 * - A message counts for at most `MOST_TURNS`: a very large one does not shut its lane out for hours
 *   while others have much to send.
 * - What a lane missed while it was idle, or while its own message took long, is not made up.
 * - A lane that nobody waited behind owes for its last message alone.
 * - An urgent lane goes before all others, but they get every tenth turn: a fire alarm that sticks must
 *   not keep the box's other mail for ever.
 */
import { Heap } from "./heap.ts";
import type { Lane } from "./lane.ts";

/**
 * What being a message costs, in octets. Microsoft lets a mailbox make 10,000 requests in ten minutes and
 * upload 150 MB in five: a request is worth some 30 kB.
 */
export const TURN_BYTES = 32 * 1024;
/** 4 MB of octets, and the message itself. */
export const MOST_TURNS = 1 + 128;
/** Then one turn is the others'. */
const URGENT_IN_A_ROW = 9;

/** Lanes that wait for their turn, and the round that they have come to. */
interface Line {
	readonly lanes: Heap<Lane>;
	round: number;
}

export class Turns {
	readonly #isUrgent: (device: string) => boolean;
	readonly #urgent = newLine();
	readonly #others = newLine();
	#urgentInARow = 0;
	#arrivals = 0;

	/** Whether a device's mail is urgent is looked up whenever its lane comes into line, and at `refresh`. */
	constructor(isUrgent: (device: string) => boolean) {
		this.#isUrgent = isUrgent;
	}

	/** The lane whose turn it is. Asking changes nothing. */
	get next(): Lane | undefined {
		const [urgent, other] = [this.#urgent.lanes.first, this.#others.lanes.first];
		if (urgent === undefined || other === undefined) return urgent ?? other;
		return this.#urgentInARow < URGENT_IN_A_ROW ? urgent : other;
	}

	/** The lane begins work, mostly because it is `next`; it pays for a turn whatever comes of it. */
	begin(lane: Lane): void {
		const line = this.#lineOf(lane);
		lane.busy = true;
		const isAtOthersCost = line === this.#urgent && this.#others.lanes.size > 0;
		this.#urgentInARow = isAtOthersCost ? this.#urgentInARow + 1 : 0;
		line.round = Math.max(line.round, boundedTurn(lane, line));
		lane.beganAt = line.round;
		lane.turn = line.round + 1;
	}

	/** The message that the lane is at work on, or was last, has this size. */
	charge(lane: Lane, sizeBytes: number): void {
		this.#leave(lane);
		lane.turn = lane.beganAt + Math.min(1 + sizeBytes / TURN_BYTES, MOST_TURNS);
		this.update(lane);
	}

	/** To be called when the lane's work or business may have changed: only who can begin stands in line. */
	update(lane: Lane): void {
		if (lane.busy || !lane.hasWork) this.#leave(lane);
		else if (!this.#urgent.lanes.has(lane) && !this.#others.lanes.has(lane)) this.#enter(lane);
	}

	/** Which devices are urgent may have changed. */
	refresh(): void {
		for (const lane of [...this.#urgent.lanes.entries(), ...this.#others.lanes.entries()]) {
			this.#leave(lane);
			this.update(lane);
		}
	}

	#enter(lane: Lane): void {
		const line = this.#lineOf(lane);
		lane.turn = boundedTurn(lane, line);
		this.#arrivals += 1;
		lane.arrival = this.#arrivals;
		line.lanes.add(lane);
	}

	#leave(lane: Lane): void {
		if (!this.#urgent.lanes.remove(lane)) this.#others.lanes.remove(lane);
	}

	#lineOf({ device }: Lane): Line {
		return this.#isUrgent(device) ? this.#urgent : this.#others;
	}
}

function newLine(): Line {
	const lanes = new Heap<Lane>((a, b) => a.turn < b.turn || (a.turn === b.turn && a.arrival < b.arrival));
	return { lanes, round: 0 };
}

/** A turn in the past is now. One far off is of the other line, whose rounds are others. */
function boundedTurn({ turn }: Lane, { round }: Line): number {
	return Math.min(Math.max(turn, round), round + MOST_TURNS);
}
