/**
 * The state of one simulated Microsoft 365, which its sign-in, Graph and SMTP sides share. Nothing in
 * it outlives the process but tokens, which carry what they grant.
 */
import type { Log } from "../log.ts";
import { Authorizations } from "./authorizations.ts";
import { DeviceCodes } from "./device-codes.ts";
import { Directory } from "./directory.ts";
import { Faults } from "./faults.ts";
import { MagicMemory } from "./magic.ts";
import { Mailbox } from "./mailbox.ts";
import { ArrivalRecord } from "./record.ts";
import { RateWindow, RequestLog, Slots } from "./requests.ts";
import { DEFAULT_SETTINGS, patched, type SandboxSettings, type SandboxSettingsPatch } from "./settings.ts";

const TEN_MINUTES_MS = 600_000;
const FIVE_MINUTES_MS = 300_000;
const MINUTE_MS = 60_000;

export class World {
	settings: SandboxSettings = DEFAULT_SETTINGS;
	/** `http://127.0.0.1:8080`: of sign-in and Graph; known once the listener is up. */
	baseUrl = "";
	/** Where what arrived is seen; known once the listener is up. */
	mailboxPage = "";
	readonly log: Log;
	readonly directory = new Directory();
	readonly deviceCodes = new DeviceCodes();
	readonly authorizations = new Authorizations();
	readonly faults = new Faults();
	readonly magic = new MagicMemory();
	readonly requests = new RequestLog(() => this.settings.keptRequests);
	readonly record = new ArrivalRecord(() => this.settings);
	readonly graphSlots = new Slots();
	readonly smtpSlots = new Slots();
	readonly graphRate = new RateWindow(TEN_MINUTES_MS);
	readonly graphUploads = new RateWindow(FIVE_MINUTES_MS);
	readonly smtpRate = new RateWindow(MINUTE_MS);
	readonly #mailboxes = new Map<string, Mailbox>();
	readonly #initial: SandboxSettings;
	readonly #clock: () => number;

	constructor(options: { log: Log; clock: () => number; settings?: SandboxSettingsPatch }) {
		this.log = options.log;
		this.#clock = options.clock;
		this.#initial = patched(DEFAULT_SETTINGS, options.settings ?? {});
		this.settings = this.#initial;
	}

	/** Milliseconds since 1970 by the simulation's clock, which tests may shift. */
	now(): number {
		return this.#clock() + this.settings.clockOffsetMs;
	}

	/** `host:port` of sign-in and Graph. */
	get ownHost(): string {
		return this.baseUrl.slice(this.baseUrl.indexOf("//") + 2);
	}

	mailboxOf(address: string): Mailbox {
		const key = address.toLowerCase();
		const known = this.#mailboxes.get(key);
		if (known !== undefined) return known;
		const mailbox = new Mailbox(key, () => this.settings.keptMessages);
		this.#mailboxes.set(key, mailbox);
		return mailbox;
	}

	/** As new: settings, people, mail, faults and counts. Tokens stay readable, as they carry their grant. */
	reset(): void {
		this.settings = this.#initial;
		this.directory.clear();
		this.deviceCodes.clear();
		this.authorizations.clear();
		this.faults.clear();
		this.magic.clear();
		this.forgetTraffic();
		this.#mailboxes.clear();
	}

	/** Forgets what arrived and was asked, keeps people and settings. */
	forgetTraffic(): void {
		this.requests.clear();
		this.record.clear();
		this.graphSlots.clear();
		this.smtpSlots.clear();
		this.graphRate.clear();
		this.graphUploads.clear();
		this.smtpRate.clear();
	}
}
