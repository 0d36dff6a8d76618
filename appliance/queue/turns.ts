/**
 * Whose turn it is among the devices of one account: surplus round robin (deficit round robin that charges
 * afterwards, because how large a message is shows when it is read). For scheduler.ts. Pure.
 *
 * Each lane spends credit on the octets it sends and gets a share in each round; one in debt waits its
 * rounds while others have mail, and not longer. So a camera with 5 MB pictures and a PLC with 2 kB alarms
 * share what Microsoft takes and not how often they are asked. A message costs something for itself too,
 * because limits count messages as well. Urgent lanes go first, but for every tenth turn, so that a flood of
 * alarms does not silence the rest for ever.
 */

/** What a lane may spend in a round. */
const SHARE_BYTES = 64 * 1024;
/** What a message costs besides its octets. */
const MESSAGE_COST_BYTES = 8 * 1024;
/** A larger one is charged no more: it must not keep its device out for hours. */
const MOST_CHARGED_BYTES = 4 * 1024 * 1024;
/** In a row, while others wait. */
const MOST_URGENT_TURNS = 9;

export interface Turn {
	/** Octets it may still send in this round; below zero: it waits. */
	credit: number;
	/** A message of it is under way. */
	readonly busy: boolean;
}

export class Turns<Lane extends Turn> {
	readonly #ring: Lane[] = [];
	#at = 0;
	#urgentInARow = 0;

	get lanes(): readonly Lane[] {
		return this.#ring;
	}

	add(lane: Lane): void {
		lane.credit = SHARE_BYTES;
		this.#ring.push(lane);
	}

	/** The lane whose turn it is, of those that are ready; undefined when none is. */
	next(isReady: (lane: Lane) => boolean, isUrgent: (lane: Lane) => boolean): Lane | undefined {
		const ready = this.#ring.filter(isReady);
		// Who has nothing to send owes nothing.
		for (const lane of this.#ring) if (!lane.busy && !ready.includes(lane)) lane.credit = SHARE_BYTES;
		if (ready.length === 0) return undefined;
		const urgent = ready.filter(isUrgent);
		const mayPushIn = this.#urgentInARow < MOST_URGENT_TURNS || urgent.length === ready.length;
		const among = urgent.length > 0 && mayPushIn ? urgent : ready.filter((lane) => !urgent.includes(lane));
		return this.#inTurn(new Set(among));
	}

	/** The lane takes its turn, which passes to the one behind it. */
	take(lane: Lane, isUrgent: boolean): void {
		this.#at = this.#ring.indexOf(lane) + 1;
		this.#urgentInARow = isUrgent ? this.#urgentInARow + 1 : 0;
	}

	/** A message of the lane was sent, or tried. */
	charge(lane: Lane, sizeBytes: number): void {
		lane.credit -= MESSAGE_COST_BYTES + Math.min(sizeBytes, MOST_CHARGED_BYTES);
	}

	#inTurn(among: ReadonlySet<Lane>): Lane {
		// As many whole rounds as the least indebted needs, at once.
		const most = Math.max(...[...among].map(({ credit }) => credit));
		const rounds = most > 0 ? 0 : Math.floor(-most / SHARE_BYTES) + 1;
		if (rounds > 0)
			for (const lane of among) lane.credit = Math.min(SHARE_BYTES, lane.credit + rounds * SHARE_BYTES);
		for (let step = 0; ; step += 1) {
			const at = (this.#at + step) % this.#ring.length;
			const lane = this.#ring[at];
			if (lane === undefined || !among.has(lane) || lane.credit <= 0) continue;
			return lane;
		}
	}
}
