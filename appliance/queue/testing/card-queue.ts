/**
 * The real queue on a real card folder: store, spool, scheduler, runner and the owner's desks, behind a cloud
 * that does what the test scripts. For tests of what is on the card when. What a test leaves open ends with it.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished } from "vitest";
import { type Clock, SystemClock } from "../../clock.ts";
import { Events } from "../../events.ts";
import { silentLog } from "../../log.ts";
import { reply } from "../../mail/reply.ts";
import { MailLog } from "../../maillog.ts";
import { Storage } from "../../store/storage.ts";
import { Allowances } from "../allowances.ts";
import { AttemptJournal } from "../attempt-journal.ts";
import { NO_LIMITS } from "../limits.ts";
import { MailDesk } from "../mail-desk.ts";
import { QueueActions } from "../queue-actions.ts";
import { QueueDesk } from "../queue-desk.ts";
import { recover } from "../recovery.ts";
import { Runner } from "../runner.ts";
import { Scheduler } from "../scheduler.ts";
import { type AcceptedEnvelope, Spool } from "../spool.ts";
import type { Attempt, AttemptReport, Outcome, Transport } from "../transport.ts";

const ACCOUNT = "alerts@example.com";

/** Gone when the test has ended. */
export function stateDir(): string {
	const folder = mkdtempSync(path.join(tmpdir(), "postern-queue-"));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

type Script = (attempt: Attempt) => AttemptReport | Promise<AttemptReport>;

export function outcomesOf(attempt: Attempt, outcome: Outcome): AttemptReport {
	return {
		via: "graph",
		outcomes: attempt.recipients.map((recipient) => ({
			recipient,
			outcome,
			reply: outcome === "delivered" ? reply(250, "2.0.0", "ok") : reply(450, "4.2.1", "not now"),
			reason: outcome,
			ownerText: outcome === "delivered" ? "" : `It was ${outcome}.`,
		})),
	};
}

export function unreachable(attempt: Attempt): AttemptReport {
	const trouble = { kind: "unreachable", reason: "ECONNREFUSED", ownerText: "No internet." } as const;
	return { ...outcomesOf(attempt, "deferred"), trouble };
}

interface CardQueueOptions {
	readonly retryMs?: readonly number[];
	readonly expireAfterMs?: number;
	readonly clock?: Clock;
	/** Lent, so that it outlives a restart as the setting does. */
	readonly pause?: { isOn: boolean };
}

export async function openCardQueue(folder: string, script: Script, options: CardQueueOptions = {}) {
	const { retryMs = [20], expireAfterMs = 1e9, clock = new SystemClock(), pause = { isOn: false } } = options;
	const seen: Attempt[] = [];
	const transport: Transport = {
		concurrency: 4,
		deliver: async (attempt) => {
			seen.push(attempt);
			return script(attempt);
		},
		close: async () => undefined,
	};
	const fail = (error: unknown) => {
		throw error;
	};
	const storage = await Storage.open({ stateDir: folder, onFatal: fail });
	const spool = await Spool.open({ storage, stateDir: folder, clock });
	const findings = await AttemptJournal.read(folder);
	const scheduler = new Scheduler();
	const runner = new Runner({
		spool,
		scheduler,
		route: (account) => ({ ok: true, account, transport }),
		allowances: new Allowances({ limitsOf: () => NO_LIMITS, clock }),
		patience: () => ({ scheduleMs: retryMs, expireAfterMs }),
		isPaused: () => pause.isOn,
		clock,
		events: new Events(fail),
		log: silentLog(),
		mailLog: new MailLog(silentLog()),
	});
	await recover({ spool, scheduler, findings, clock });
	runner.start(await AttemptJournal.begin(folder, silentLog()));
	const actions = new QueueActions({ spool, scheduler, runner, clock });
	const parts = { spool, scheduler, runner, clock, actions };
	const desk = new QueueDesk(parts);
	const mail = new MailDesk({
		...parts,
		pause: {
			since: async () => (pause.isOn ? new Date(clock.now()).toISOString() : null),
			set: async (isOn) => {
				pause.isOn = isOn;
			},
		},
	});
	/** As a session takes a message that has no claim, and a stranger's, which nothing attempts. */
	const accept = async (text: string, envelope: Partial<AcceptedEnvelope> = {}) => {
		const incoming = spool.receive();
		await incoming.body.write(Buffer.from(text));
		const whole: AcceptedEnvelope = {
			...{ device: "copier", account: ACCOUNT, reversePath: "scan@example.com", smtpUtf8: false },
			...{ recipients: ["to@example.com"], state: "incoming", ...envelope },
		};
		expect(await incoming.accept(whole)).toEqual({ accepted: true });
		const { account, device } = whole;
		if (whole.state === "held") scheduler.add(scheduler.lane(account, device), incoming.number, "held", 0);
		else runner.accepted(incoming.number, account, device, undefined);
		return incoming.queueId;
	};
	/** What a `kill -9` leaves: nothing is finished, nothing flushed on purpose. */
	const kill = async () => {
		await storage.close();
		await spool.close();
	};
	const stop = async () => {
		await runner.stop(5_000);
		await kill();
	};
	return { seen, desk, mail, accept, runner, scheduler, spool, clock, stop, kill, storage };
}

export async function eventually(check: () => boolean | Promise<boolean>): Promise<void> {
	for (let tries = 0; tries < 1_000; tries += 1) {
		if (await check()) return;
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
	throw new Error("it did not come to pass within ten seconds");
}
