/**
 * Feeds the counts of metrics.ts from what happens, and keeps them over a restart. For console-parts.ts.
 *
 * The card is spared: it is written when the box stops and at most once an hour, and only when something was counted. After a crash
 * what came in since is counted again from queue and history. Counts that cannot be read or written are logged and begin anew:
 * they are a help, not a record.
 */
import { z } from "zod";
import type { Clock } from "./clock.ts";
import type { MailService, TrafficPoint, TrafficService, TrafficSpan } from "./console-services.ts";
import { asError } from "./errors.ts";
import type { Events } from "./events.ts";
import type { Log } from "./log.ts";
import { type SavedTraffic, Traffic } from "./metrics.ts";
import type { DocumentStore } from "./store/documents.ts";
import type { TrustedTime } from "./trusted-time.ts";

const KEY = "counts";
const SAVE_EVERY_MS = 60 * 60_000;
const SAMPLE_EVERY_MS = 30_000;
const RECOUNT_PAGE = 200;
const MOST_RECOUNTED = 20_000;

const counts = z.object({
	accepted: z.number(),
	delivered: z.number(),
	failed: z.number(),
	refused: z.number(),
	acceptedBytes: z.number(),
});
const slices = z.array(
	z.object({ startsAtMs: z.number(), waiting: z.number(), counts: z.record(z.string(), counts) }),
);
const saved = z.object({
	savedAtMs: z.number(),
	slices: z.object({ hour: slices, day: slices, month: slices }),
});

export interface TrafficCountsOptions {
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
	readonly #options: TrafficCountsOptions;
	readonly #traffic = new Traffic();
	readonly #ends: (() => void)[] = [];
	#isChanged = false;

	private constructor(options: TrafficCountsOptions) {
		this.#options = options;
	}

	static async open(options: TrafficCountsOptions): Promise<TrafficDesk> {
		const desk = new TrafficDesk(options);
		const last = await desk.#restore();
		desk.#listen();
		if (last !== undefined) await desk.#recount(last.savedAtMs);
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
		await this.#save();
	}

	#nowMs(): number {
		return this.#options.time.nowMs() ?? this.#options.clock.now();
	}

	#listen(): void {
		const { events, waiting } = this.#options;
		const note = (device: string, change: Parameters<Traffic["note"]>[1]) => {
			this.#traffic.note(device, change, this.#nowMs());
			this.#isChanged = true;
		};
		const sample = () => {
			const count = waiting();
			if (count > 0) this.#traffic.noteWaiting(count, this.#nowMs());
		};
		this.#ends.push(
			events.on("message-accepted", ({ device, sizeBytes }) => {
				note(device, { accepted: 1, acceptedBytes: sizeBytes });
				sample();
			}),
			events.on("message-settled", ({ device, delivered, failed }) => {
				note(device, { delivered: delivered > 0 ? 1 : 0, failed: failed > 0 ? 1 : 0 });
			}),
			events.on("peer-refused", ({ device }) => note(device, { refused: 1 })),
		);
		const timers = [
			setInterval(sample, SAMPLE_EVERY_MS).unref(),
			setInterval(() => void this.#save(), SAVE_EVERY_MS).unref(),
		];
		this.#ends.push(() => timers.forEach(clearInterval));
	}

	async #restore(): Promise<SavedTraffic | undefined> {
		const { documents, log } = this.#options;
		const document = (await documents.list("traffic")).find(({ key }) => key === KEY);
		if (document === undefined) return undefined;
		const read = saved.safeParse(document.value);
		if (!read.success) {
			log.warning("traffic-left-out", { reason: "cannot be read" });
			return undefined;
		}
		this.#traffic.restore(read.data);
		return read.data;
	}

	/** What was accepted after the counts were saved, page by page; a crash lost no more than an hour of them. */
	async #recount(sinceMs: number): Promise<void> {
		const { mail } = this.#options;
		const filter = { since: new Date(sinceMs).toISOString() };
		let before: string | undefined;
		for (let recounted = 0; recounted < MOST_RECOUNTED; recounted += RECOUNT_PAGE) {
			const page = { limit: RECOUNT_PAGE, ...(before === undefined ? {} : { before }) };
			const { rows, older } = await mail.search(filter, page);
			for (const { device, receivedAt, finishedAt, sizeBytes, state } of rows) {
				this.#traffic.add(device, { accepted: 1, acceptedBytes: sizeBytes }, Date.parse(receivedAt));
				if (finishedAt === null || state !== "delivered") continue;
				this.#traffic.add(device, { delivered: 1 }, Date.parse(finishedAt));
			}
			if (older === null) return;
			before = older;
		}
	}

	/** Never rejects. */
	async #save(): Promise<void> {
		if (!this.#isChanged) return;
		this.#isChanged = false;
		const { documents, log } = this.#options;
		try {
			await documents.put("traffic", KEY, this.#traffic.toSave(this.#nowMs()));
		} catch (thrown) {
			log.warning("traffic-not-saved", { error: asError(thrown).message });
		}
	}
}
