/**
 * Puts together what tends the queue beside the runner: reports to senders, the keep time of failed mail, and
 * the sender pool. For appliance.ts.
 */
import type { Accounts } from "./accounts/accounts.ts";
import type { Devices } from "./accounts/devices.ts";
import type { Clock } from "./clock.ts";
import type { Config } from "./config/schema.ts";
import type { Events } from "./events.ts";
import type { Log } from "./log.ts";
import { Bounces } from "./queue/bounces.ts";
import { KeepTime } from "./queue/keep-time.ts";
import type { Runner } from "./queue/runner.ts";
import type { Scheduler } from "./queue/scheduler.ts";
import { SenderPool } from "./queue/sender-pool.ts";
import type { Spool } from "./queue/spool.ts";
import type { TrustedTime } from "./trusted-time.ts";

export interface QueueCareParts {
	readonly spool: Spool;
	readonly scheduler: Scheduler;
	readonly accounts: Accounts;
	readonly devices: Devices;
	readonly clock: Clock;
	readonly time: TrustedTime;
	readonly events: Events;
	readonly log: Log;
	readonly config: () => Config;
	/** Made after these, because it tells them of what it settles. */
	readonly runner: () => Runner;
}

export interface QueueCare {
	readonly bounces: Bounces;
	readonly keepTime: KeepTime;
	readonly pool: SenderPool;
}

export function tendQueue(parts: QueueCareParts): QueueCare {
	const { spool, scheduler, accounts, devices, clock, time, events, log, config, runner } = parts;
	const bounces = new Bounces({
		...{ spool, runner, clock, time, log },
		hostName: () => config().name,
		settings: () => ({
			reportTo: config().queue.reports_to,
			delayWarningAfterMs: config().queue.delay_warning_after,
		}),
		ownerOf: (account) => accounts.find(account)?.owner,
	});
	const keepTime = new KeepTime({
		...{ spool, scheduler, clock, time, log },
		keepMs: () => config().queue.keep_failed,
	});
	const pool = new SenderPool({
		...{ spool, scheduler, runner, log },
		spreadOver: (address) =>
			(accounts.find(address)?.spreadOver ?? []).filter((other) => accounts.find(other) !== undefined),
		accountOf: (name) => accounts.forDevice(devices.find(name) ?? { account: "" })?.address ?? "",
	});
	events.on("account-trouble", ({ account, kind }) => {
		// A dead link is everybody's trouble.
		if (kind !== "unreachable") void pool.relieve(account);
	});
	// What the card kept from being sent need not wait for its turn.
	events.on("card-changed", ({ sick }) => {
		if (!sick) runner().nudge();
	});
	events.on("account-signed-in", ({ account }) => runner().nudge(account));
	events.on("configuration-reloaded", () => scheduler.refresh());
	return { bounces, keepTime, pool };
}
