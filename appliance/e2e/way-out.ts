/**
 * The way out of the house with its real parts, in the test's process: spool on a folder, scheduler, runner
 * and transports, towards the sandbox. For tests that need hundreds of provoked failures, and time-outs
 * shorter than Microsoft's patience. Nothing of ours is replaced but the ceremony of signing in.
 */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { TransportKind } from "../accounts/model.ts";
import { SystemClock } from "../clock.ts";
import { openRig, ScriptedTokens } from "../delivery/delivery-rig.ts";
import { Events } from "../events.ts";
import { silentLog } from "../log.ts";
import { MailLog } from "../maillog.ts";
import { Allowances } from "../queue/allowances.ts";
import { AttemptJournal } from "../queue/attempt-journal.ts";
import { NO_LIMITS } from "../queue/limits.ts";
import { QueueActions } from "../queue/queue-actions.ts";
import { QueueDesk } from "../queue/queue-desk.ts";
import { recover } from "../queue/recovery.ts";
import { Runner } from "../queue/runner.ts";
import { Scheduler } from "../queue/scheduler.ts";
import { Spool } from "../queue/spool.ts";
import { type Sandbox, startSandbox } from "../sandbox/sandbox.ts";
import type { QueueEntry } from "../services.ts";
import { Storage } from "../store/storage.ts";

export const SENDER = "alerts@contoso.com";

/** For every wait on the cloud: long enough for a busy machine, short enough for a hundred of them. */
const PATIENCE_MS = 700;

export class WayOut {
	readonly cloud: Sandbox;
	readonly #folder: string;
	readonly #storage: Storage;
	readonly #spool: Spool;
	readonly #scheduler: Scheduler;
	readonly #runner: Runner;
	readonly #desk: QueueDesk;
	readonly #rig: ReturnType<typeof openRig>;
	readonly #accepted: string[] = [];

	private constructor(parts: {
		cloud: Sandbox;
		folder: string;
		storage: Storage;
		spool: Spool;
		scheduler: Scheduler;
		runner: Runner;
		desk: QueueDesk;
		rig: ReturnType<typeof openRig>;
	}) {
		this.cloud = parts.cloud;
		this.#folder = parts.folder;
		this.#storage = parts.storage;
		this.#spool = parts.spool;
		this.#scheduler = parts.scheduler;
		this.#runner = parts.runner;
		this.#desk = parts.desk;
		this.#rig = parts.rig;
	}

	static async open(kind: TransportKind): Promise<WayOut> {
		const cloud = await startSandbox();
		cloud.control.allowSendAs(SENDER, "*");
		const folder = mkdtempSync(path.join(tmpdir(), "postern-way-out-"));
		const clock = new SystemClock();
		const rig = openRig({
			graphUrl: cloud.graphUrl,
			smtpAddress: cloud.smtpAddress,
			caPem: cloud.caPem,
			tokens: new ScriptedTokens((resource) => cloud.control.mintToken(SENDER, { resource })),
			answerTimeoutMs: PATIENCE_MS,
			sentItemsLagMs: PATIENCE_MS,
		});
		const storage = await Storage.open({
			stateDir: folder,
			onFatal: (error) => {
				throw error;
			},
		});
		const spool = await Spool.open({ storage, stateDir: folder, clock });
		const findings = await AttemptJournal.read(folder);
		const scheduler = new Scheduler();
		const runner = new Runner({
			spool,
			scheduler,
			route: () => ({ ok: true, account: SENDER, transport: rig.transportOf(kind) }),
			allowances: new Allowances({ limitsOf: () => NO_LIMITS, clock }),
			patience: () => ({ scheduleMs: [100, 200], expireAfterMs: 1e9 }),
			clock,
			events: new Events((error) => {
				throw error;
			}),
			log: silentLog(),
			mailLog: new MailLog(silentLog()),
		});
		await recover({ spool, scheduler, findings, clock });
		runner.start(await AttemptJournal.begin(folder, silentLog()));
		const actions = new QueueActions({ spool, scheduler, runner, clock });
		const desk = new QueueDesk({ ...{ spool, scheduler, runner, clock }, actions });
		return new WayOut({ cloud, folder, storage, spool, scheduler, runner, desk, rig });
	}

	/** Takes a message in as if its device had been answered 250. Gives its queue id. */
	async take(bytes: Buffer, recipients: readonly string[], device = "Copier"): Promise<string> {
		const incoming = this.#spool.receive();
		for (let at = 0; at < bytes.length; at += 65_536) {
			await incoming.body.write(bytes.subarray(at, at + 65_536));
		}
		const fate = await incoming.accept({
			device,
			account: SENDER,
			reversePath: SENDER,
			recipients,
			smtpUtf8: false,
			state: "incoming",
		});
		if (!fate.accepted) throw new Error(`not accepted: ${fate.reason}`);
		this.#runner.accepted(incoming.number, SENDER, device, undefined);
		this.#accepted.push(incoming.queueId);
		return incoming.queueId;
	}

	show(queueId: string): Promise<QueueEntry> {
		return this.#desk.show(queueId);
	}

	/**
	 * Waits until nothing is on its way any more: delivered, or failed for its owner to see. `isHurried`: as an owner
	 * does who asks for another try again and again.
	 */
	async drained(withinMs = 60_000, isHurried = false): Promise<void> {
		const deadline = performance.now() + withinMs;
		for (;;) {
			if (isHurried) this.#runner.nudge();
			const { incoming, active, deferred } = this.#scheduler.counts();
			if (incoming + active + deferred === 0) return;
			if (performance.now() > deadline) {
				const rows = (await this.#desk.list()).slice(0, 3);
				throw new Error(`${incoming + active + deferred} messages still wait: ${JSON.stringify(rows)}`);
			}
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
	}

	async close(): Promise<void> {
		await this.#runner.stop(2_000);
		await this.#rig.close();
		await this.#storage.close();
		await this.#spool.close();
		await this.cloud.close();
		rmSync(this.#folder, { recursive: true, force: true });
	}
}
