/**
 * The real runner, scheduler and limits on simulated time, with a card that is memory and a cloud that
 * the test scripts: for questions of pace, which take hours. What is on the card when is not asked
 * here; runner.test.ts does that on a real one.
 */
import { Events } from "../../events.ts";
import { silentLog } from "../../log.ts";
import { reply } from "../../mail/reply.ts";
import { MailLog } from "../../maillog.ts";
import type { ShownMessage, Update } from "../../store/operations.ts";
import { Allowances } from "../allowances.ts";
import type { AttemptJournal } from "../attempt-journal.ts";
import type { Cost, Limits } from "../limits.ts";
import { Runner } from "../runner.ts";
import { Scheduler } from "../scheduler.ts";
import type { Spool } from "../spool.ts";
import type { AccountTrouble, Attempt, AttemptReport, Transport } from "../transport.ts";
import { SimulatedClock } from "./simulated-clock.ts";

/** Of every message. */
const BODY = Buffer.alloc(1_000, "x");

/** What the cloud does with an attempt. */
export interface Fate {
	readonly latencyMs: number;
	/** What is asked of it, one after the other; the transport's estimate is the first alone. */
	readonly asks: readonly Cost[];
	/** It is refused, for this reason; else taken. */
	readonly trouble?: AccountTrouble;
}

export interface Seen {
	readonly account: string;
	readonly device: string;
	readonly number: number;
	readonly startedMs: number;
	endedMs: number;
	readonly delivered: boolean;
	readonly trouble: AccountTrouble | undefined;
}

export interface SimulatedQueueOptions {
	readonly limitsOf: (account: string) => Limits;
	readonly concurrency?: number;
	readonly fate: (attempt: Attempt, nowMs: number) => Fate;
}

export class SimulatedQueue {
	readonly clock = new SimulatedClock();
	readonly events = new Events((error) => {
		throw error;
	});
	/** In the order in which they began. */
	readonly seen: Seen[] = [];
	/** What was asked of Microsoft, when. */
	readonly asked: { readonly account: string; readonly atMs: number; readonly cost: Cost }[] = [];
	readonly told: string[] = [];
	readonly runner: Runner;
	mostAtOnce = 0;
	delivered = 0;
	readonly #rows = new Map<number, ShownMessage>();
	readonly #allowances: Allowances;
	readonly #options: SimulatedQueueOptions;
	#atOnce = 0;
	#number = 0;

	constructor(options: SimulatedQueueOptions) {
		const { clock, events } = this;
		this.#options = options;
		this.#allowances = new Allowances({ limitsOf: options.limitsOf, clock });
		const transport: Transport = {
			concurrency: options.concurrency ?? 4,
			costOf: () => ({ messages: 1, requests: 1 }),
			deliver: (attempt) => this.#deliver(attempt),
			close: () => Promise.resolve(),
		};
		this.runner = new Runner({
			spool: this.#spool(),
			scheduler: new Scheduler(),
			route: (account) => ({ ok: true, account, transport }),
			allowances: this.#allowances,
			patience: () => ({ scheduleMs: [60_000], expireAfterMs: 1e12 }),
			clock,
			events,
			log: silentLog(),
			mailLog: new MailLog(silentLog()),
		});
		events.on("account-trouble", ({ kind }) => this.told.push(kind));
		events.on("account-recovered", () => this.told.push("recovered"));
		this.runner.start(NO_JOURNAL);
	}

	/** A message is on the card. */
	accept(account: string, device: string, recipients: readonly string[] = ["to@example.com"]): number {
		this.#number += 1;
		const id = this.#number;
		this.#rows.set(id, {
			message: {
				id,
				device,
				account,
				reversePath: account,
				smtpUtf8: false,
				sizeBytes: BODY.length,
				inFile: false,
				receivedAtMs: 0,
				state: "incoming",
				dueAtMs: 0,
				attempts: 0,
				maybeSent: false,
				lastError: "",
				subject: "",
			},
			recipients: recipients.map((address) => ({ address, state: "pending", reply: "", ownerText: "" })),
			events: [],
			dsn: null,
			progress: null,
			notice: null,
			seal: { body: null, envelope: null },
			digest: null,
		});
		this.runner.accepted(id, account, device, undefined);
		return id;
	}

	get waiting(): number {
		return this.#rows.size;
	}

	/** Times and amounts of one unit, for the judge. */
	amounts(account: string, unit: keyof Cost): (readonly [atMs: number, amount: number])[] {
		return this.asked.flatMap(({ account: asking, atMs, cost }) => {
			const amount = asking === account ? (cost[unit] ?? 0) : 0;
			return amount === 0 ? [] : [[atMs, amount] as const];
		});
	}

	async #deliver(attempt: Attempt): Promise<AttemptReport> {
		const { clock } = this;
		const startedMs = clock.monotonicMs();
		const { latencyMs, asks, trouble } = this.#options.fate(attempt, startedMs);
		const seen: Seen = {
			account: attempt.account,
			device: attempt.device,
			number: attempt.number,
			startedMs,
			endedMs: Number.POSITIVE_INFINITY,
			delivered: trouble === undefined,
			trouble,
		};
		this.seen.push(seen);
		this.#atOnce += 1;
		this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
		const { account } = attempt;
		for (const [index, cost] of asks.entries()) {
			await this.#allowances.run(account, cost, undefined, async () => {
				// Counted by the other side somewhere between question and answer.
				const early = ((startedMs + index) % 10) / 10;
				await clock.sleep((latencyMs / asks.length) * early);
				this.asked.push({ account, atMs: clock.monotonicMs(), cost });
				await clock.sleep((latencyMs / asks.length) * (1 - early));
			});
		}
		this.#atOnce -= 1;
		seen.endedMs = clock.monotonicMs();
		if (trouble === undefined) this.delivered += 1;
		return {
			via: "graph",
			outcomes: attempt.recipients.map((recipient) => ({
				recipient,
				outcome: trouble === undefined ? "delivered" : "deferred",
				reply: trouble === undefined ? reply(250, "2.0.0", "ok") : reply(451, "4.7.1", "later"),
				reason: "",
				ownerText: "",
			})),
			...(trouble === undefined ? {} : { trouble }),
		};
	}

	/** As much of a spool as the runner uses. */
	#spool(): Spool {
		const memory: Partial<Spool> = {
			intakePerSecond: 0,
			show: (id) => Promise.resolve(this.#rows.get(id) ?? null),
			async *readBody() {
				yield BODY;
			},
			lease: () => Promise.resolve(),
			unlease: () => Promise.resolve(),
			settle: (write) => {
				const row = this.#rows.get(write.id);
				if (write.type === "finish") this.#rows.delete(write.id);
				else if (row !== undefined) this.#rows.set(write.id, after(row, write));
				return Promise.resolve();
			},
		};
		return memory as Spool;
	}
}

function after(row: ShownMessage, { state, attempts, maybeSent, recipients }: Update): ShownMessage {
	return { ...row, message: { ...row.message, state, attempts, maybeSent }, recipients };
}

const NO_JOURNAL = {
	begin: () => Promise.resolve(),
	settle: () => Promise.resolve(),
	end: () => Promise.resolve(),
	close: () => Promise.resolve(),
} as Partial<AttemptJournal> as AttemptJournal;
