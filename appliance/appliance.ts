/**
 * The composition root: builds the appliance's parts from the configuration, starts them in order,
 * re-reads the configuration, and stops them in the reverse order. For running.ts.
 *
 * Throws `UserError` where the owner has to do something before it can start (a bad configuration, a
 * port in use, a database of a newer version); nothing is left running then.
 */
import { Accounts } from "./accounts/accounts.ts";
import { DeviceRuleDesk } from "./accounts/device-rules.ts";
import { DeviceUsage } from "./accounts/device-usage.ts";
import { Devices } from "./accounts/devices.ts";
import { Passwords } from "./accounts/passwords.ts";
import { judgeSignUp } from "./accounts/sign-up-rules.ts";
import { type BeginningOptions, begin, readConfig } from "./beginning.ts";
import { controlSocketPath } from "./cli/control-path.ts";
import { SystemClock } from "./clock.ts";
import type { LoadedConfig } from "./config/load.ts";
import type { Config } from "./config/schema.ts";
import { type ConsoleParts, type LentParts, openConsoleParts } from "./console-parts.ts";
import type { ConsoleServices, PairService } from "./console-services.ts";
import { AccountDesk } from "./delivery/account-desk.ts";
import { limitsOf } from "./delivery/account-limits.ts";
import { createTransports, type Transports } from "./delivery/route.ts";
import { Routes } from "./delivery/routes.ts";
import { createDeviceDesk } from "./device-bench.ts";
import { asError } from "./errors.ts";
import { Events } from "./events.ts";
import { type Fetching, openFetching } from "./fetching.ts";
import { openUpdates } from "./firmware-updater.ts";
import { type Lights, openLights } from "./leds/lights.ts";
import { Listeners } from "./listeners.ts";
import { type Log, openLog } from "./log.ts";
import { LogRing } from "./log-ring.ts";
import { MachineCare } from "./machine-care.ts";
import { MailboxDesk } from "./maildrops/mailbox-desk.ts";
import { MailLog } from "./maillog.ts";
import { giveBackWhenQuiet, type SystemMemory } from "./memory.ts";
import { endpointsOf } from "./microsoft/clouds.ts";
import { type HttpClient, openHttp } from "./microsoft/http.ts";
import { openTrust } from "./microsoft/http-agents.ts";
import { proxyFor } from "./microsoft/proxy-tunnel.ts";
import { SignIns } from "./microsoft/sign-ins.ts";
import { sharedVaultKey } from "./microsoft/vault-key.ts";
import { Allowances } from "./queue/allowances.ts";
import { AttemptJournal } from "./queue/attempt-journal.ts";
import type { Bounces } from "./queue/bounces.ts";
import { Coalescing } from "./queue/coalescing.ts";
import type { KeepTime } from "./queue/keep-time.ts";
import { KeptCounts } from "./queue/kept-counts.ts";
import { NO_LIMITS } from "./queue/limits.ts";
import { QueueActions } from "./queue/queue-actions.ts";
import { QueueDesk } from "./queue/queue-desk.ts";
import { recover } from "./queue/recovery.ts";
import { Room } from "./queue/room.ts";
import { Runner } from "./queue/runner.ts";
import { AS_IT_COMES, Scheduler } from "./queue/scheduler.ts";
import { Spool } from "./queue/spool.ts";
import { tendQueue } from "./queue-care.ts";
import { Reloading, savedSettings } from "./reloading.ts";
import { selfTest } from "./self-test.ts";
import type { ConfigOrigin } from "./services.ts";
import { ConnectionLimits } from "./smtp/connection-limits.ts";
import { REPEAT_WINDOW_MS, Repeats } from "./smtp/repeats.ts";
import { Strangers } from "./smtp/strangers.ts";
import { Transcripts } from "./smtp/transcript.ts";
import { takeStagedSeed } from "./staged-seed.ts";
import { describeStatus, describeWaits } from "./status.ts";
import { loadSystemMemory } from "./store/addon.ts";
import { isPast, lastSalvage } from "./store/salvage-report.ts";
import type { Storage } from "./store/storage.ts";
import { machineRoot } from "./system/machine/image-facts.ts";
import { PassedSockets } from "./system/passed-sockets.ts";
import { Readiness } from "./system/readiness.ts";
import { TrustedTime } from "./trusted-time.ts";

/** Transfers in progress at SIGTERM get this long; devices wait about as long for their 250. */
const GRACE_MS = 10_000;
const STATUS_EVERY_MS = 10_000;

export interface ApplianceOptions extends BeginningOptions {
	/** Called when its owner asks for a restart: the process is to end in good order. */
	readonly onEnd: () => void;
}

interface Parts {
	readonly log: Log;
	readonly storage: Storage;
	readonly spool: Spool;
	readonly runner: Runner;
	readonly bounces: Bounces;
	readonly keepTime: KeepTime;
	readonly keptCounts: KeptCounts;
	readonly http: HttpClient;
	readonly signIns: SignIns;
	readonly transports: Transports;
	readonly devices: Devices;
	readonly accounts: Accounts;
	readonly fetching: Fetching;
	readonly listeners: Listeners;
	readonly console: ConsoleParts;
	readonly reloading: Reloading;
	readonly readiness: Readiness;
	readonly events: Events;
	readonly lights: Lights;
}

export class Appliance {
	readonly services: ConsoleServices;
	readonly #parts: Parts;
	readonly #loaded: { current: LoadedConfig };
	#statusTimer: NodeJS.Timeout | undefined;
	#endGivingBack: (() => void) | undefined;
	#care: Pick<MachineCare, "stop"> | undefined;

	private constructor(parts: Parts, loaded: { current: LoadedConfig }, services: ConsoleServices) {
		this.#parts = parts;
		this.#loaded = loaded;
		this.services = services;
	}

	get config(): Config {
		return this.#loaded.current.config;
	}

	/** Every address a listener is bound to. */
	get listeners(): Listeners {
		return this.#parts.listeners;
	}

	/** With what has begun already, or from the beginning. */
	static async start(options: ApplianceOptions, beginning = begin(options)): Promise<Appliance> {
		const startedAt = new Date();
		const clock = new SystemClock();
		const ring = new LogRing(() => clock.now());
		const log = openLog("info", options.environment, ring);
		const time = new TrustedTime(clock);
		// Opened in this order, closed in the reverse; a failed start closes what was opened.
		const opened: (() => Promise<void> | void)[] = [];
		try {
			const { stateDir, storage: opening } = await beginning;
			const storage = await opening;
			opened.push(() => storage.close());
			if (storage.salvaged !== null) log.crit("database-mended", { ...storage.salvaged });
			if (storage.restored !== null) log.notice("backup-restored", { ...storage.restored });
			const seed = await takeStagedSeed(stateDir, storage, log);
			const loaded = { current: await readConfig(options, await savedSettings(storage)) };
			for (const warning of loaded.current.warnings) log.warning("configuration", { warning });
			const config = () => loaded.current.config;
			const lights = await openLights({
				...{ root: machineRoot(options.environment), clock, log },
				usesBoardLight: () => config().lights.board_light,
			});
			opened.push(() => lights.stop());

			const events = new Events((error) => log.error("listener-fault", { error: asError(error).message }));
			storage.onTrouble((trouble) => {
				if (trouble === undefined) log.notice("card-well-again");
				else log.crit("card-sick", { code: trouble.code, error: trouble.text });
				events.emit("card-changed", { sick: trouble !== undefined });
			});
			const rebuilt = await lastSalvage(storage);
			const mailLog = new MailLog(log);
			const keyPlace = { stateDir, credentialsDir: options.environment["CREDENTIALS_DIRECTORY"] ?? "" };
			const accounts = await Accounts.open({ documents: storage, config: config(), log });
			const passwords = new Passwords(clock);
			const devices = await Devices.open({
				passwords,
				documents: storage,
				config: config(),
				clock,
				log,
				findAccount: (address) => accounts.find(address),
				vaultKey: sharedVaultKey(keyPlace),
				isDenied: (person) => judgeSignUp(config().sign_up, person).by === "deny",
			});

			const { microsoft } = config();
			const http = openHttp({
				log,
				heardTime: (realMs) => time.heard(realMs),
				environment: options.environment,
				...(microsoft.ca_file === "" ? {} : { caFile: microsoft.ca_file }),
				...(microsoft.proxy === "" ? {} : { proxy: microsoft.proxy }),
			});
			opened.push(() => http.close());
			const signIns = new SignIns({
				microsoft: () => config().microsoft,
				accountOf: (address) => accounts.find(address),
				accounts: () => accounts.list(),
				place: keyPlace,
				http,
				clock,
				time,
				log,
				events,
			});
			const keptCounts = await KeptCounts.open({ documents: storage, clock, log });
			opened.push(() => keptCounts.close());
			const allowances = new Allowances({
				limitsOf: (address) => {
					const account = accounts.find(address);
					return account === undefined ? NO_LIMITS : limitsOf(account);
				},
				clock,
				kept: keptCounts,
			});
			const proxyOf = (host: string) =>
				proxyFor(host, { proxy: config().microsoft.proxy, environment: options.environment });
			const trust = openTrust({ caFile: microsoft.ca_file, caPem: "" });
			const transports = createTransports({
				tokens: signIns,
				http,
				endpoints: () => endpointsOf(config().microsoft),
				caFile: microsoft.ca_file,
				clock,
				time,
				log,
				meter: allowances,
				whenUnsure: () => config().queue.when_unsure,
				proxyOf,
			});
			opened.push(() => transports.close());
			const routes = new Routes({ accounts, devices, transportOf: (account) => transports.of(account) });

			const spool = await Spool.open({ storage, stateDir, clock });
			opened.push(() => spool.close());
			const findings = await AttemptJournal.read(stateDir);
			const scheduler = new Scheduler((device) => devices.find(device) ?? AS_IT_COMES);
			const room = new Room({
				folder: stateDir,
				reserveBytes: () => config().queue.reserve,
				spareBytes: () => storage.read({ type: "spare-bytes" }),
				log,
			});
			await room.measure();
			const { bounces, keepTime, pool } = tendQueue({
				...{ spool, scheduler, accounts, devices, clock, time, events, log, config },
				runner: () => runner,
			});
			const runner: Runner = new Runner({
				spool,
				scheduler,
				onSettled: (shown, settlement) => bounces.settled(shown, settlement),
				route: (account, device, reversePath) => routes.route(account, device, reversePath),
				isPaused: () => config().queue.paused,
				allowances,
				patience: () => ({
					scheduleMs: config().queue.retry,
					expireAfterMs: config().queue.expire_after,
				}),
				clock,
				events,
				log,
				mailLog,
			});
			opened.push(() => runner.stop(GRACE_MS));
			opened.push(() => keepTime.stop());
			const actions = new QueueActions({ spool, scheduler, runner, clock });
			const queue = new QueueDesk({ spool, scheduler, runner, clock, actions });
			const strangers = new Strangers({
				clock,
				spool,
				scheduler,
				runner,
				asks: () => config().smtp.strangers === "ask",
				log,
				deviceAt: (address) => devices.byAddress(address),
				accountOf: (device) => accounts.forDevice(device)?.address ?? device.account,
				delete: async (ids) => (await queue.act("delete", ids)).changed,
			});
			const transcripts = new Transcripts(clock, (session) => events.emit("peer-refused", session));
			const repeats = new Repeats(clock);
			// Whether their devices had read our answers, nobody knows after a restart.
			const recent = await spool.digests(clock.now() - REPEAT_WINDOW_MS);
			for (const { id, digest } of recent) repeats.answering(digest, id);
			const fetching = await openFetching({
				...{ config, documents: storage, accounts, devices, passwords, clock, time, log },
				vaultKey: sharedVaultKey(keyPlace),
				graph: transports.graph,
				tokens: signIns,
				popServer: () => {
					const { pop } = endpointsOf(config().microsoft);
					return { ...pop, proxy: proxyOf(pop.host), secureContext: trust() };
				},
				stateDir,
				hasRoom: (sizeBytes) => room.has(sizeBytes),
			});
			opened.push(() => fetching.stop());
			const listeners = new Listeners({
				passed: PassedSockets.of(options.environment),
				log,
				config,
				stateDir,
				policy: {
					devices,
					accounts,
					spool,
					runner,
					room,
					clock,
					time,
					pool,
					repeats,
					coalescing: new Coalescing({ spool, scheduler, runner, clock, log, mailLog }),
					events,
					log,
					mailLog,
					sessions: transcripts,
					strangers,
					usage: new DeviceUsage(clock),
					limits: new ConnectionLimits(),
					hostName: () => config().name,
					maxSizeBytes: () => config().smtp.max_message_size,
					keepsSubjects: () => config().queue.keep_subjects,
				},
				pop3: fetching.host,
			});
			const readiness = new Readiness({
				environment: options.environment,
				log,
				waitedMs: () => storage.waitedMs,
			});
			const reloading = new Reloading({
				...{ loaded, accounts, devices, fetching, listeners, signIns, runner, events, log },
				load: (saved) => readConfig(options, saved),
				documents: storage,
			});
			const updates = await openUpdates({
				...{ environment: options.environment, stateDir, documents: storage, events, room, clock, log },
			});
			opened.push(() => updates.stop());
			/** There once the settings are, which its exports hold. */
			const pair: { desk?: PairService } = {};
			const services: LentParts["services"] = {
				queue,
				updates,
				devices: createDeviceDesk({
					listeners,
					devices,
					accounts,
					strangers,
					transcripts,
					queue,
					clock,
					config,
				}),
				deviceRules: new DeviceRuleDesk({ devices, onChanged: () => scheduler.refresh() }),
				accounts: new AccountDesk({
					accounts,
					signIns,
					routes,
					graph: transports.graph,
					clock,
					time,
					waits: (address) => describeWaits({ runner, clock }, address),
					name: () => config().name,
				}),
				mailboxes: new MailboxDesk({
					...{ accounts, mailboxes: fetching.mailboxes },
					forget: fetching.forget,
					troubleOf: fetching.troubleOf,
					place: () => listeners.mailboxSettings(),
				}),
				appliance: {
					status: () =>
						describeStatus({
							startedAt,
							clock,
							time,
							config: config(),
							listeners,
							scheduler,
							runner,
							room,
							accounts,
							signIns,
							fetchProblems: fetching.problems,
							updates,
							pair: () => pair.desk?.state() ?? { follows: null, inStepAt: null },
							storage,
							rebuilt: () => (rebuilt === undefined || isPast(rebuilt, clock.now()) ? undefined : rebuilt),
						}),
					selfTest: () => selfTest({ listeners, spool, room }),
					authority: () => Promise.resolve(listeners.authority()),
					reload: () => reloading.reload(),
					configOrigins: () => Promise.resolve<readonly ConfigOrigin[]>(loaded.current.origins),
				},
			};
			const consoleParts: ConsoleParts = await openConsoleParts({
				...{ startedAt, environment: options.environment, stateDir, keyPlace, loaded, services },
				...{ log, ring, clock, time, events, storage, spool, scheduler, runner, room, queue, actions },
				...{ accounts, devices, strangers, passwords, signIns, http, listeners, lights },
				mailboxes: fetching.mailboxes,
				forgetMailbox: fetching.forget,
				load: (saved) => readConfig(options, saved),
				tryOut: (saved, keep) => reloading.tryOut(saved, keep),
				end: options.onEnd,
			});
			opened.push(() => consoleParts.stop());
			pair.desk = consoleParts.service.pair;
			await seed?.takeRecords(consoleParts.service.moving);
			const parts: Parts = {
				log,
				storage,
				spool,
				runner,
				bounces,
				keepTime,
				keptCounts,
				http,
				signIns,
				transports,
				devices,
				accounts,
				fetching,
				listeners,
				console: consoleParts,
				reloading,
				readiness,
				events,
				lights,
			};
			const appliance: Appliance = new Appliance(parts, loaded, consoleParts.service);
			opened.push(() => listeners.close(GRACE_MS));
			storage.mailMayCome();
			await listeners.open(appliance.services, controlSocketPath(stateDir, options.environment));
			opened.push(() => signIns.stop());
			// Devices are served already: a long queue must not keep them waiting.
			await Promise.all([signIns.start(), recover({ spool, scheduler, findings, clock })]);
			fetching.start();
			await strangers.load();
			runner.start(await AttemptJournal.begin(stateDir, log));
			bounces.catchUp(scheduler.failed());
			keepTime.start();
			appliance.#care = await MachineCare.open({
				...{ environment: options.environment, config },
				http,
				time,
				log,
			});
			await appliance.#announce();
			consoleParts.start();
			return appliance;
		} catch (error) {
			for (const close of opened.reverse()) await close();
			throw error;
		}
	}

	/** Puts the configuration file's present content in force. Throws and changes nothing when it is bad. */
	reload(): Promise<{ readonly changes: readonly string[] }> {
		return this.#parts.reloading.reload();
	}

	/** Stops taking mail, lets transfers end for a bounded time, settles, closes. */
	async stop(): Promise<void> {
		const {
			log,
			readiness,
			listeners,
			runner,
			bounces,
			signIns,
			devices,
			fetching,
			transports,
			spool,
			storage,
			http,
		} = this.#parts;
		const { keptCounts } = this.#parts;
		clearInterval(this.#statusTimer);
		this.#endGivingBack?.();
		this.#care?.stop();
		log.notice("stopping");
		await readiness.stopping();
		await Promise.all([listeners.close(GRACE_MS), runner.stop(GRACE_MS)]);
		await this.#parts.console.stop();
		await this.#parts.keepTime.stop();
		await bounces.idle();
		await fetching.stop();
		await signIns.stop();
		await devices.settled();
		await transports.close();
		await keptCounts.close();
		await spool.close();
		await storage.close();
		http.close();
		await this.#parts.lights.stop();
		log.notice("stopped");
	}

	/** Without it the process stays larger, that is all. */
	#loadSystemMemory(): SystemMemory | undefined {
		try {
			return loadSystemMemory(this.config.state_dir);
		} catch (thrown) {
			this.#parts.log.warning("memory-not-given-back", { error: asError(thrown).message });
			return undefined;
		}
	}

	async #announce(): Promise<void> {
		const { log, readiness, listeners } = this.#parts;
		for (const { role, address } of listeners.list()) log.notice("listening", { role, address });
		const status = async () => {
			const { queue, problems } = await this.services.appliance.status();
			const waiting = queue.incoming + queue.active + queue.deferred;
			return [`${waiting} waiting, ${queue.failed} failed`, ...problems].join("; ");
		};
		await readiness.ready(await status());
		log.notice("ready");
		this.#endGivingBack = giveBackWhenQuiet({
			alsoElsewhere: () => this.#parts.storage.giveBack(),
			system: this.#loadSystemMemory(),
		});
		this.#statusTimer = setInterval(() => {
			status()
				.then((text) => readiness.status(text))
				.catch((thrown: unknown) => log.error("status-fault", { error: asError(thrown).message }));
		}, STATUS_EVERY_MS);
		this.#statusTimer.unref();
	}
}
