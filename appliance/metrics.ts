/**
 * How much mail came and went: counted by minute for an hour, by hour for a day, by day for a month, for the whole box and
 * for each device. For the console's charts and `/metrics`; traffic-counts.ts feeds and keeps it. Pure: time is given.
 *
 * Bounded: of more devices than it can tell apart the rest counts for the box alone. Minutes and hours are those of UTC,
 * days begin at midnight in the box's time zone.
 *
 * Time is the wall clock's as well as it is known, and a count stays at the time at which it was counted. So what a box
 * counts while it believes in 1970 is not seen once it knows better; and what it counted before, now in a future that it
 * does not know yet, is kept, and seen again when its clock is right.
 */

export interface TrafficCounts {
	readonly accepted: number;
	readonly delivered: number;
	readonly failed: number;
	readonly refused: number;
	readonly acceptedBytes: number;
}

export type Span = "hour" | "day" | "month";

export interface TrafficSlice extends TrafficCounts {
	readonly startsAtMs: number;
	/** Most messages that waited at once. */
	readonly waiting: number;
}

/** For the card; the shape is the document's. */
export type SavedTraffic = Readonly<Record<Span, readonly SavedSlice[]>>;

interface SavedSlice {
	readonly startsAtMs: number;
	readonly waiting: number;
	/** By device, the box's own under the empty name. In the order of `TrafficCounts`, to be short. */
	readonly counts: Readonly<Record<string, readonly [number, number, number, number, number]>>;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const SPANS = {
	hour: { slices: 60, aboutMs: MINUTE_MS },
	day: { slices: 24, aboutMs: HOUR_MS },
	month: { slices: 31, aboutMs: DAY_MS },
} as const satisfies Record<Span, { slices: number; aboutMs: number }>;
const SPAN_NAMES: readonly Span[] = ["hour", "day", "month"];
/** In one slice. */
const MOST_DEVICES = 200;
const BOX = "";

const NOTHING: TrafficCounts = { accepted: 0, delivered: 0, failed: 0, refused: 0, acceptedBytes: 0 };

interface Slice {
	waiting: number;
	readonly counts: Map<string, TrafficCounts>;
}

export class Traffic {
	readonly #slices: Readonly<Record<Span, Map<number, Slice>>> = {
		hour: new Map(),
		day: new Map(),
		month: new Map(),
	};
	#totals: TrafficCounts = NOTHING;

	/** Since this was made. */
	get totals(): TrafficCounts {
		return this.#totals;
	}

	note(device: string, change: Partial<TrafficCounts>, atMs: number): void {
		this.#totals = sum(this.#totals, change);
		this.add(device, change, atMs);
	}

	/** The same of an earlier run: not in the totals. */
	add(device: string, change: Partial<TrafficCounts>, atMs: number): void {
		for (const span of SPAN_NAMES) {
			const { counts } = this.#slice(span, atMs);
			counts.set(BOX, sum(counts.get(BOX) ?? NOTHING, change));
			if (device === BOX || (!counts.has(device) && counts.size > MOST_DEVICES)) continue;
			counts.set(device, sum(counts.get(device) ?? NOTHING, change));
		}
	}

	/** So many messages wait. */
	noteWaiting(waiting: number, atMs: number): void {
		for (const span of SPAN_NAMES) {
			const slice = this.#slice(span, atMs);
			slice.waiting = Math.max(slice.waiting, waiting);
		}
	}

	/** Oldest first, without gaps; the last is the one of `nowMs`. */
	series(span: Span, nowMs: number, device: string = BOX): readonly TrafficSlice[] {
		return startsOf(span, nowMs).map((startsAtMs) => {
			const slice = this.#slices[span].get(startsAtMs);
			const counts = slice?.counts.get(device) ?? NOTHING;
			return { ...counts, startsAtMs, waiting: device === BOX ? (slice?.waiting ?? 0) : 0 };
		});
	}

	/** All but what is too old. */
	toSave(nowMs: number): SavedTraffic {
		const saved = (span: Span) => {
			const oldest = startsOf(span, nowMs)[0] ?? 0;
			return [...this.#slices[span]].flatMap(([startsAtMs, { waiting, counts }]) =>
				startsAtMs < oldest ? [] : [{ startsAtMs, waiting, counts: packed(counts) }],
			);
		};
		return { hour: saved("hour"), day: saved("day"), month: saved("month") };
	}

	restore(saved: SavedTraffic): void {
		for (const span of SPAN_NAMES) {
			for (const { startsAtMs, waiting, counts } of saved[span].slice(-2 * SPANS[span].slices)) {
				this.#slices[span].set(startsAtMs, { waiting, counts: unpacked(counts) });
			}
		}
	}

	#slice(span: Span, atMs: number): Slice {
		const slices = this.#slices[span];
		const startsAtMs = startOf(span, atMs);
		let slice = slices.get(startsAtMs);
		if (slice === undefined) {
			slice = { waiting: 0, counts: new Map() };
			slices.set(startsAtMs, slice);
			const most = 2 * SPANS[span].slices;
			for (const old of slices.keys()) {
				if (slices.size <= most) break;
				slices.delete(old);
			}
		}
		return slice;
	}
}

function startOf(span: Span, atMs: number): number {
	if (span !== "month") return Math.floor(atMs / SPANS[span].aboutMs) * SPANS[span].aboutMs;
	const date = new Date(atMs);
	return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function startsOf(span: Span, nowMs: number): readonly number[] {
	const { slices, aboutMs } = SPANS[span];
	const last = startOf(span, nowMs);
	return Array.from({ length: slices }, (_, index) => {
		const back = slices - 1 - index;
		if (span !== "month") return last - back * aboutMs;
		const date = new Date(last);
		return new Date(date.getFullYear(), date.getMonth(), date.getDate() - back).getTime();
	});
}

function packed(counts: ReadonlyMap<string, TrafficCounts>): SavedSlice["counts"] {
	return Object.fromEntries(
		[...counts].map(([device, { accepted, delivered, failed, refused, acceptedBytes }]) => [
			device,
			[accepted, delivered, failed, refused, acceptedBytes] as const,
		]),
	);
}

function unpacked(counts: SavedSlice["counts"]): Map<string, TrafficCounts> {
	const entries = Object.entries(counts).slice(0, MOST_DEVICES + 1);
	return new Map(
		entries.map(([device, [accepted, delivered, failed, refused, acceptedBytes]]) => [
			device,
			{ accepted, delivered, failed, refused, acceptedBytes },
		]),
	);
}

function sum(counts: TrafficCounts, change: Partial<TrafficCounts>): TrafficCounts {
	return {
		accepted: counts.accepted + (change.accepted ?? 0),
		delivered: counts.delivered + (change.delivered ?? 0),
		failed: counts.failed + (change.failed ?? 0),
		refused: counts.refused + (change.refused ?? 0),
		acceptedBytes: counts.acceptedBytes + (change.acceptedBytes ?? 0),
	};
}
