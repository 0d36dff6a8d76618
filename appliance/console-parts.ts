/**
 * The parts that only the console needs, built from those of the appliance. For appliance.ts, which gives
 * it what is there already and starts and stops what it returns.
 *
 * Rejects when a part's records cannot be read; nothing is left running then.
 */
import type { Accounts } from "./accounts/accounts.ts";
import { openConsoleAccess } from "./accounts/console-access.ts";
import type { Devices } from "./accounts/devices.ts";
import type { Passwords } from "./accounts/passwords.ts";
import type { Clock } from "./clock.ts";
import type { LoadedConfig } from "./config/load.ts";
import type { ConsoleServices } from "./console-services.ts";
import type { Events } from "./events.ts";
import type { Listeners } from "./listeners.ts";
import type { Log } from "./log.ts";
import type { HttpClient } from "./microsoft/http.ts";
import type { SignIns } from "./microsoft/sign-ins.ts";
import { type KeyPlace, sharedVaultKey } from "./microsoft/vault-key.ts";
import type { QueueDesk } from "./queue/queue-desk.ts";
import type { Room } from "./queue/room.ts";
import type { Runner } from "./queue/runner.ts";
import type { Scheduler } from "./queue/scheduler.ts";
import type { Spool } from "./queue/spool.ts";
import type { Services } from "./services.ts";
import type { Strangers } from "./smtp/strangers.ts";
import type { Storage } from "./store/storage.ts";
import type { TrustedTime } from "./trusted-time.ts";

/** What the appliance lends to the console's parts. */
export interface LentParts {
	readonly startedAt: Date;
	readonly environment: NodeJS.ProcessEnv;
	readonly stateDir: string;
	readonly keyPlace: KeyPlace;
	readonly loaded: { readonly current: LoadedConfig };
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

export type ConsoleParts = Opened<Services & Pick<ConsoleServices, "people" | "keys">>;

export async function openConsoleParts(lent: LentParts): Promise<ConsoleParts> {
	const opened: Pick<Opened<unknown>, "stop">[] = [];
	try {
		const access = await openConsoleAccess({
			...{ documents: lent.storage, config: () => lent.loaded.current.config, passwords: lent.passwords },
			...{ vaultKey: sharedVaultKey(lent.keyPlace), place: lent.keyPlace },
			...{ clock: lent.clock, time: lent.time, log: lent.log },
		});
		opened.push(access);
		return {
			service: {
				...lent.services,
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
