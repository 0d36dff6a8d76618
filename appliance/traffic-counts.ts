/**
 * Feeds the counts of metrics.ts from what happens, and keeps them over a restart. For console-parts.ts.
 *
 * The card is spared: it is written when the box stops and at most once an hour, and only when something was counted; a
 * queue that waits is nothing new. After a crash what was accepted since is counted again from queue and history, delivered or
 * failed as far as they tell; what was refused since, and older mail that left since, is lost to the charts. Mail of
 * strangers counts for the box alone, Postern's own reports not at all. Counts that cannot be read or written are
 * logged and begin anew: they are a help, not a record.
 */
import * as z from "zod";
import type { Clock } from "./clock.ts";
import type { MailRow, MailService, TrafficPoint, TrafficService, TrafficSpan } from "./console-services.ts";
import { asError } from "./errors.ts";
import type { Events } from "./events.ts";
import type { Log } from "./log.ts";
import { parseQueueId } from "./mail/queue-id.ts";
import { Traffic, type TrafficCounts } from "./metrics.ts";
import { REPORTS_LANE } from "./queue/bounces.ts";
import { strangerAddress } from "./queue/stranger-lane.ts";
import type { DocumentStore } from "./store/documents.ts";
import type { TrustedTime } from "./trusted-time.ts";

const KEY = "counts";
const SAVE_EVERY_MS = 60 * 60_000;
const SAMPLE_EVERY_MS = 60_000;
const RECOUNT_PAGE = 200;
const MOST_RECOUNTED = 20_000;

/** Before the first message. */
const NO_ID = "0";

const count = z.int().nonnegative();
const slices = z.array(
	z.object({
		startsAtMs: z.int(),
		waiting: count,
		counts: z.record(z.string(), z.tuple([count, count, count, count, count])),
	}),
);
const Saved = z.object({
	/** Of the newest message that is counted. */
	lastId: z.string().refine((id) => parseQueueId(id) !== undefined),
	slices: z.object({ hour: slices, day: slices, month: slices }),
});

export interface TrafficDeskOptions {
	readonly documents: DocumentStore;
	readonly events: Events;
	readonly clock: Clock;
	readonly time: TrustedTime;
	readonly log: Log;
	readonly mail: Pick<MailService, "search">;
	/** Messages that wait just now. */
	readonly waiting: () => number;
}

export class TrafficDesk implements TrafficService {
	readonly #options: TrafficDeskOptions;
	readonly #traffic = new Traffic();
	readonly #ends: (() => void)[] = [];
	#lastId = NO_ID;
	#isChanged = false;

	private constructor(options: TrafficDeskOptions) {
		this.#options = options;
	}

	/** To be called before anything is accepted or sent, so that nothing is counted twice. */
	static async open(options: TrafficDeskOptions): Promise<TrafficDesk> {
		const desk = new TrafficDesk(options);
		if (await desk.#restore()) await desk.#recount();
		else desk.#lastId = (await options.mail.search({}, { limit: 1 })).rows[0]?.id ?? NO_ID;
		desk.#listen();
		return desk;
	}

	series(span: TrafficSpan, device?: string): readonly TrafficPoint[] {
		return this.#traffic.series(span, this.#nowMs(), device).map(({ startsAtMs, ...point }) => ({
			...point,
			startsAt: new Date(startsAtMs).toISOString(),
		}));
	}

	totals() {
		return this.#traffic.totals;
	}

	async stop(): Promise<void> {
		for (const end of this.#ends) end();
		await this.save();
	}

	/** Looks how much waits; called once a minute. */
	sample(): void {
		const waiting = this.#options.waiting();
		if (waiting > 0) this.#traffic.noteWaiting(waiting, this.#nowMs());
	}

	/** When there is something new; called once an hour. Never rejects. */
	async save(): Promise<void> {
		if (!this.#isChanged) return;
		this.#isChanged = false;
		const { documents, log } = this.#options;
		try {
			const slices = this.#traffic.toSave(this.#nowMs());
			await documents.put("traffic", KEY, { lastId: this.#lastId, slices });
		} catch (thrown) {
			this.#isChanged = true;
			log.warning("traffic-not-saved", { error: asError(thrown).message });
		}
	}

	#nowMs(): number {
		return this.#options.time.nowMs() ?? this.#options.clock.now();
	}

	#listen(): void {
		const { events } = this.#options;
		const note = (device: string, change: Partial<TrafficCounts>) => {
			const counted = countedAs(device);
			if (counted === undefined) return;
			this.#traffic.note(counted, change, this.#nowMs());
			this.#isChanged = true;
		};
		this.#ends.push(
			events.on("message-accepted", ({ queueId, device, sizeBytes }) => {
				this.#counted(queueId);
				note(device, { accepted: 1, acceptedBytes: sizeBytes });
			}),
			events.on("message-settled", ({ device, delivered, failed }) => {
				note(device, { delivered: delivered > 0 ? 1 : 0, failed: failed > 0 ? 1 : 0 });
			}),
			events.on("peer-refused", ({ device }) => note(device, { refused: 1 })),
		);
		const sampling = setInterval(() => this.sample(), SAMPLE_EVERY_MS).unref();
		const saving = setInterval(() => void this.save(), SAVE_EVERY_MS).unref();
		this.#ends.push(() => {
			clearInterval(sampling);
			clearInterval(saving);
		});
	}

	/** False when there is nothing to restore. */
	async #restore(): Promise<boolean> {
		const { documents, log } = this.#options;
		const document = (await documents.list("traffic")).find(({ key }) => key === KEY);
		if (document === undefined) return false;
		const read = Saved.safeParse(document.value);
		if (!read.success) {
			log.warning("traffic-left-out", { reason: "cannot be read" });
			return false;
		}
		this.#traffic.restore(read.data.slices);
		this.#lastId = read.data.lastId;
		return true;
	}

	/** What was accepted behind the last message of the saved counts, page by page: a crash lost an hour of them at most. */
	async #recount(): Promise<void> {
		const { mail } = this.#options;
		let after = this.#lastId;
		for (let recounted = 0; recounted < MOST_RECOUNTED; recounted += RECOUNT_PAGE) {
			const { rows, newer } = await mail.search({}, { after, limit: RECOUNT_PAGE });
			for (const row of rows) this.#recountOne(row);
			if (newer === null) return;
			after = newer;
		}
	}

	#recountOne({ id, device, state, sizeBytes, receivedAt, finishedAt }: MailRow): void {
		const counted = countedAs(device);
		if (counted === undefined) return;
		this.#counted(id);
		this.#isChanged = true;
		const receivedAtMs = Date.parse(receivedAt);
		this.#traffic.add(counted, { accepted: 1, acceptedBytes: sizeBytes }, receivedAtMs);
		// When it failed the list does not say.
		if (state === "failed") this.#traffic.add(counted, { failed: 1 }, receivedAtMs);
		if (state === "delivered")
			this.#traffic.add(counted, { delivered: 1 }, Date.parse(finishedAt ?? receivedAt));
	}

	#counted(id: string): void {
		if ((parseQueueId(id) ?? 0) > (parseQueueId(this.#lastId) ?? 0)) this.#lastId = id;
	}
}

/** Under which name; empty for the box alone, undefined for not at all. */
function countedAs(device: string): string | undefined {
	if (device === REPORTS_LANE) return undefined;
	return strangerAddress(device) === undefined ? device : "";
}
