/**
 * The parts that only the console needs, built from those of the appliance. For appliance.ts, which gives
 * it what is there already and starts and stops what it returns.
 *
 * Rejects when a part's records cannot be read; nothing is left running then.
 */
import type { Accounts } from "./accounts/accounts.ts";
import { openConsoleAccess } from "./accounts/console-access.ts";
import { DeviceRuleDesk } from "./accounts/device-rules.ts";
import type { Devices } from "./accounts/devices.ts";
import type { Passwords } from "./accounts/passwords.ts";
import type { Clock } from "./clock.ts";
import type { LoadedConfig, SavedSetting } from "./config/load.ts";
import type { ConsoleServices } from "./console-services.ts";
import type { Events } from "./events.ts";
import type { Listeners } from "./listeners.ts";
import type { Log } from "./log.ts";
import type { HttpClient } from "./microsoft/http.ts";
import type { SignIns } from "./microsoft/sign-ins.ts";
import { type KeyPlace, sharedVaultKey } from "./microsoft/vault-key.ts";
import { Pause } from "./pause.ts";
import { MailDesk } from "./queue/mail-desk.ts";
import type { QueueActions } from "./queue/queue-actions.ts";
import type { QueueDesk } from "./queue/queue-desk.ts";
import type { Room } from "./queue/room.ts";
import type { Runner } from "./queue/runner.ts";
import type { Scheduler } from "./queue/scheduler.ts";
import type { Spool } from "./queue/spool.ts";
import type { Services } from "./services.ts";
import { SettingsDesk } from "./settings-desk.ts";
import type { Strangers } from "./smtp/strangers.ts";
import type { Storage } from "./store/storage.ts";
import { TrafficDesk } from "./traffic-counts.ts";
import type { TrustedTime } from "./trusted-time.ts";

/** What the appliance lends to the console's parts. */
export interface LentParts {
	readonly startedAt: Date;
	readonly environment: NodeJS.ProcessEnv;
	readonly stateDir: string;
	readonly keyPlace: KeyPlace;
	readonly loaded: { readonly current: LoadedConfig };
	readonly tryLoad: (saved: readonly SavedSetting[]) => Promise<LoadedConfig>;
	readonly reload: () => Promise<{ readonly changes: readonly string[] }>;
	readonly services: Omit<Services, "console">;
	readonly log: Log;
	readonly clock: Clock;
	readonly time: TrustedTime;
	readonly events: Events;
	readonly storage: Storage;
	readonly spool: Spool;
	readonly scheduler: Scheduler;
	readonly runner: Runner;
	readonly room: Room;
	readonly queue: QueueDesk;
	readonly actions: QueueActions;
	readonly accounts: Accounts;
	readonly devices: Devices;
	readonly strangers: Strangers;
	readonly passwords: Passwords;
	readonly signIns: SignIns;
	readonly http: HttpClient;
	readonly listeners: Listeners;
}

/** One part: what it serves, and how it ends. */
interface Opened<Service> {
	readonly service: Service;
	stop(): Promise<void> | void;
}

export type ConsoleParts = Opened<ConsoleServices>;

export async function openConsoleParts(lent: LentParts): Promise<ConsoleParts> {
	const opened: Pick<Opened<unknown>, "stop">[] = [];
	try {
		const access = await openConsoleAccess({
			...{ documents: lent.storage, config: () => lent.loaded.current.config, passwords: lent.passwords },
			...{ vaultKey: sharedVaultKey(lent.keyPlace), place: lent.keyPlace },
			...{ clock: lent.clock, time: lent.time, log: lent.log },
		});
		opened.push(access);
		const { loaded, storage, listeners } = lent;
		const settings = new SettingsDesk({
			...{ loaded, documents: storage, tryLoad: lent.tryLoad, reload: lent.reload },
			isConsoleOpen: () =>
				listeners.portOf("console") !== undefined || listeners.portOf("console-tls") !== undefined,
		});
		const pause = new Pause({
			...{ config: () => loaded.current.config, settings, documents: storage, clock: lent.clock },
		});
		const { spool, scheduler, runner, clock, actions } = lent;
		const mail = new MailDesk({ spool, scheduler, runner, clock, actions, pause });
		const traffic = await TrafficDesk.open({
			...{ documents: storage, events: lent.events, clock, time: lent.time, log: lent.log, mail },
			waiting: () => {
				const { incoming, active, deferred } = scheduler.counts();
				return incoming + active + deferred;
			},
		});
		opened.push(traffic);
		return {
			service: {
				...lent.services,
				mail,
				traffic,
				deviceRules: new DeviceRuleDesk(lent.devices),
				settings,
				people: access.people,
				keys: access.keys,
				console: {
					async resetPassword() {
						const { name, password } = await access.people.rescueOwner();
						return { name, password: password.reveal() };
					},
				},
			},
			async stop() {
				for (const part of opened.reverse()) await part.stop();
			},
		};
	} catch (error) {
		for (const part of opened.reverse()) await part.stop();
		throw error;
	}
}
