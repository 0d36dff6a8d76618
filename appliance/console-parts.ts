/**
 * The parts that only the console needs, built from those of the appliance. For appliance.ts, which gives
 * it what is there already and starts and stops what it returns.
 *
 * Rejects when a part's records cannot be read; nothing is left running then.
 */
import type { Accounts } from "./accounts/accounts.ts";
import { openConsoleAccess } from "./accounts/console-access.ts";
import type { Devices } from "./accounts/devices.ts";
import type { Mailboxes } from "./accounts/mailboxes.ts";
import type { Mailbox } from "./accounts/model.ts";
import type { Passwords } from "./accounts/passwords.ts";
import { SignUpGate } from "./accounts/sign-up-gate.ts";
import { Backups } from "./backup/backups.ts";
import type { Clock } from "./clock.ts";
import type { LoadedConfig, SavedSetting } from "./config/load.ts";
import type { ConsoleServices, MovingService } from "./console-services.ts";
import type { Events } from "./events.ts";
import { firmwareNetwork } from "./firmware-network.ts";
import { HookDesk } from "./hook-desk.ts";
import { JoinDesk } from "./join-desk.ts";
import type { Lights } from "./leds/lights.ts";
import { LightDesk } from "./light-desk.ts";
import type { Listeners } from "./listeners.ts";
import type { Log } from "./log.ts";
import type { LogRing } from "./log-ring.ts";
import { MachineDesk } from "./machine-desk.ts";
import type { HttpClient } from "./microsoft/http.ts";
import { openTrust } from "./microsoft/http-agents.ts";
import type { SignIns } from "./microsoft/sign-ins.ts";
import { type KeyPlace, sharedVaultKey } from "./microsoft/vault-key.ts";
import type { MovingDeskOptions } from "./moving/moving-desk.ts";
import { HOST_NETWORK, NetworkDesk } from "./network-desk.ts";
import { type Marks, NewsDesk } from "./news-desk.ts";
import { PairDesk } from "./pairing/pair-desk.ts";
import { Pause } from "./pause.ts";
import { MailDesk } from "./queue/mail-desk.ts";
import type { QueueActions } from "./queue/queue-actions.ts";
import type { QueueDesk } from "./queue/queue-desk.ts";
import type { Room } from "./queue/room.ts";
import type { Runner } from "./queue/runner.ts";
import type { Scheduler } from "./queue/scheduler.ts";
import type { Spool } from "./queue/spool.ts";
import { RefusalLog } from "./refusal-log.ts";
import type { Reloading } from "./reloading.ts";
import type { Services } from "./services.ts";
import { SettingsDesk } from "./settings-desk.ts";
import type { Strangers } from "./smtp/strangers.ts";
import type { Storage } from "./store/storage.ts";
import { assertCertificate } from "./system/certificate.ts";
import { doorSocket } from "./system/machine/door-client.ts";
import { imageFacts, machineRoot } from "./system/machine/image-facts.ts";
import { isWritable } from "./system/machine-facts.ts";
import { TrafficDesk } from "./traffic-counts.ts";
import type { TrustedTime } from "./trusted-time.ts";

/** What the appliance lends to the console's parts. */
export interface LentParts {
	readonly startedAt: Date;
	readonly environment: NodeJS.ProcessEnv;
	readonly stateDir: string;
	readonly keyPlace: KeyPlace;
	readonly loaded: { readonly current: LoadedConfig };
	/** What the configuration would be if this were what is saved. */
	readonly load: (saved: readonly SavedSetting[]) => Promise<LoadedConfig>;
	readonly tryOut: Reloading["tryOut"];
	readonly services: Omit<Services, "console" | "network" | "lights">;
	readonly log: Log;
	readonly ring: LogRing;
	/** Ends the process in good order. */
	readonly end: () => void;
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
	readonly mailboxes: Mailboxes;
	readonly strangers: Strangers;
	readonly passwords: Passwords;
	readonly signIns: SignIns;
	readonly http: HttpClient;
	readonly listeners: Listeners;
	readonly lights: Lights;
	/** Erases what was kept of a login that is gone. */
	readonly forgetMailbox: (mailbox: Mailbox) => Promise<void>;
}

/** One part: what it serves, and how it ends. */
interface Opened<Service> {
	readonly service: Service;
	stop(): Promise<void> | void;
}

export interface ConsoleParts extends Opened<ConsoleServices> {
	/** The light says how it is from here on. */
	start(): void;
}

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
			...{ loaded, documents: storage, load: lent.load, tryOut: lent.tryOut },
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
		const config = () => loaded.current.config;
		const news = new NewsDesk({ events: lent.events, ring: lent.ring, marks: () => marksOf(lent) });
		const hooks = await HookDesk.open({
			...{ documents: storage, vaultKey: sharedVaultKey(lent.keyPlace), events: lent.events, clock },
			...{ services: lent.services, log: lent.log, boxName: () => config().name },
			trust: openTrust({ caFile: config().microsoft.ca_file, caPem: "" }),
		});
		opened.push(hooks);
		const root = machineRoot(lent.environment);
		const isFirmware = (await imageFacts(root)) !== null;
		const lights = new LightDesk({
			...{ lights: lent.lights, environment: lent.environment, events: lent.events, clock, log: lent.log },
			...{ root, isFirmware },
			status: () => lent.services.appliance.status(),
			isClaimed: () => access.people.claimState().claimed,
			isReopened: () => access.isReopened(),
			isUpdating: async () => (await lent.services.updates.state()).phase === "installing",
			isWritable: () => isWritable(lent.stateDir),
			pins: () => {
				const { green_pin = null, red_pin = null, button_pin = null } = config().lights;
				return { green: green_pin, red: red_pin, button: button_pin };
			},
			reopenConsole: () => access.reopen(),
		});
		opened.push(lights);
		const machine = new MachineDesk({
			...{
				stateDir: lent.stateDir,
				environment: lent.environment,
				config,
				services: lent.services,
				listeners,
			},
			...{ lights, room: lent.room, http: lent.http, clock, end: lent.end, isFirmware },
			logText: () => news.logText({}),
		});
		const joining = new JoinDesk({
			...{ accounts: lent.accounts, devices: lent.devices, signIns: lent.signIns, log: lent.log },
			...{ settingsOf: (name) => lent.services.devices.show(name), traffic },
			fetchingAt: () => {
				const { server, ports } = listeners.mailboxSettings();
				// Its password needs encryption, as for sending.
				const safe = ports.filter(({ security }) => security !== "none");
				return config().sign_up.fetch_mail && safe.length > 0 ? { server, ports: safe } : null;
			},
			gate: new SignUpGate({
				...{ settings: () => config().sign_up, clock, log: lent.log },
				refusals: new RefusalLog(clock, lent.log, "console-refused-more"),
			}),
			nowMs: () => lent.time.nowMs() ?? clock.now(),
		});
		opened.push({ stop: () => joining.idle() });
		const backups = new Backups({
			...{ storage, place: lent.keyPlace, log: lent.log, restart: () => machine.restart() },
			name: () => config().name,
			accounts: () => lent.accounts.list().map(({ address }) => address),
			hasRoom: (sizeBytes) => lent.room.has(sizeBytes),
			now: () => clock.now(),
		});
		opened.push(backups);
		const network = new NetworkDesk({
			...{ config, settings },
			control: isFirmware ? firmwareNetwork(doorSocket(root)) : HOST_NETWORK,
		});
		const { accounts, devices, mailboxes } = lent;
		const moving = openMoving({
			...{ accounts, devices, mailboxes, settings, assertCertificate, log: lent.log },
		});
		const pair = await PairDesk.open({
			...{ storage, place: lent.keyPlace, settings, signIns: lent.signIns, log: lent.log },
			name: () => config().name,
			accounts: () => accounts.list().map(({ address }) => address),
			mailboxes: () => mailboxes.list(),
			forgetMailbox: lent.forgetMailbox,
			reload: async () => {
				await lent.services.appliance.reload();
				scheduler.refresh();
			},
			now: () => clock.now(),
		});
		return {
			service: {
				...lent.services,
				pair,
				backups,
				moving,
				mail,
				news,
				machine,
				hooks,
				joining,
				traffic,
				settings,
				network,
				people: access.people,
				keys: access.keys,
				lights,
				console: {
					async resetPassword() {
						const { name, password } = await access.people.rescueOwner();
						return { name, password: password.reveal() };
					},
				},
			},
			start: () => lights.start(),
			async stop() {
				for (const part of opened.reverse()) await part.stop();
			},
		};
	} catch (error) {
		for (const part of opened.reverse()) await part.stop();
		throw error;
	}
}

/** What tells of no change by an event. Records are others when they have changed. */
function marksOf({ scheduler, devices, accounts, mailboxes, strangers }: LentParts): Marks {
	return {
		mail: Object.values(scheduler.counts()),
		devices: [strangers.revision, ...devices.list()],
		accounts: accounts.list(),
		mailboxes: mailboxes.list(),
	};
}

/** Loaded with the first call: few boxes take anything over, and none does twice. */
function openMoving(options: MovingDeskOptions): MovingService {
	let desk: Promise<MovingService> | undefined;
	return {
		async move(draft, how) {
			desk ??= import("./moving/moving-desk.ts").then(({ MovingDesk }) => new MovingDesk(options));
			return (await desk).move(draft, how);
		},
	};
}
