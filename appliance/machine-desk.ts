/**
 * The machine and the process, for the console: state, certificate, way to the internet, restart, and a text for whoever is asked for
 * help. For console-parts.ts. Reads only; `restart` ends the process in good order where somebody starts it again.
 */
import { X509Certificate } from "node:crypto";
import { lookup } from "node:dns/promises";
import net from "node:net";
import os from "node:os";
import { rootCertificates } from "node:tls";
import type { Clock } from "./clock.ts";
import type { Config } from "./config/schema.ts";
import type { CertificateState, MachineService, MachineState, PeopleService } from "./console-services.ts";
import { asError, errorCode, UserError } from "./errors.ts";
import { lightMeaning } from "./leds/meaning.ts";
import type { Listeners } from "./listeners.ts";
import { endpointsOf } from "./microsoft/clouds.ts";
import type { HttpClient, HttpResult } from "./microsoft/http.ts";
import { masked } from "./news-desk.ts";
import type { Room } from "./queue/room.ts";
import type { Services, TestStep } from "./services.ts";
import * as facts from "./system/machine-facts.ts";
import type { TrustedTime } from "./trusted-time.ts";
import { productVersion } from "./version.ts";

/** A check is watched by somebody. */
const CHECK_TIMEOUT_MS = 10_000;
/** Tokens and certificates fail beyond. */
const CLOCK_ERROR_TOLD_MS = 2 * 60_000;

export interface MachineDeskOptions {
	readonly stateDir: string;
	readonly environment: NodeJS.ProcessEnv;
	readonly config: () => Config;
	readonly services: Omit<Services, "console">;
	readonly people: PeopleService;
	readonly listeners: Listeners;
	readonly room: Room;
	readonly http: HttpClient;
	readonly clock: Clock;
	readonly time: TrustedTime;
	/** The log as it is kept in memory. */
	readonly logText: () => string;
	/** Ends the process in good order. */
	readonly end: () => void;
}

export class MachineDesk implements MachineService {
	readonly #options: MachineDeskOptions;

	constructor(options: MachineDeskOptions) {
		this.#options = options;
	}

	async state(): Promise<MachineState> {
		const { stateDir, services, people, room, clock, config } = this.#options;
		const [status, model, operatingSystem, temperatureCelsius, memory, card, links] = await Promise.all([
			services.appliance.status(),
			facts.model(),
			facts.operatingSystem(),
			facts.temperatureCelsius(),
			facts.memory(),
			facts.card(stateDir),
			facts.links(),
		]);
		const { accounts, queue, storage, matters } = status;
		const { name } = config();
		return {
			light: lightMeaning({
				isClaimed: people.claimState().claimed,
				isAccepting: storage.accepting && !card.isReadOnly,
				matters: matters.map(({ kind }) => kind),
				isSending: queue.active > 0,
				isOffline: accounts.length > 0 && accounts.every(({ circuit }) => circuit !== "closed"),
			}),
			...{ model, operatingSystem, temperatureCelsius, memory, links },
			upSeconds: Math.floor(os.uptime()),
			postern: {
				version: productVersion(),
				upSeconds: Math.floor(process.uptime()),
				memoryBytes: process.memoryUsage.rss(),
			},
			card: {
				...card,
				freeBytes: room.freeBytes,
				reserveBytes: room.reserveBytes,
				accepting: storage.accepting,
			},
			clock: { now: new Date(clock.now()).toISOString(), ...(await this.#clockState()) },
			names: [name, `${name}.local`, ...config().console.names],
			can: { restart: this.#canRestart, lights: false, update: false, network: false },
		};
	}

	certificate(): Promise<CertificateState> {
		const { listeners } = this.#options;
		const { cert, authority } = listeners.certificate();
		const served = new X509Certificate(cert);
		const trusted = authority === undefined ? served : new X509Certificate(authority);
		return Promise.resolve({
			isOwners: authority === undefined,
			names: (served.subjectAltName ?? "")
				.split(", ")
				.map((name) => name.replace(/^(?:DNS|IP Address):/, ""))
				.filter((name) => name !== ""),
			expiresAt: new Date(served.validTo).toISOString(),
			fingerprintSha256: trusted.fingerprint256,
		});
	}

	async *checkInternet(signal: AbortSignal): AsyncIterable<TestStep> {
		const { config, http } = this.#options;
		const { microsoft } = config();
		const { loginUrl, graphUrl } = endpointsOf(microsoft);
		const isProxied = microsoft.proxy !== "";
		let date: string | undefined;
		for (const url of new Set([loginUrl, graphUrl])) {
			const { hostname, host, protocol } = new URL(url);
			if (!isProxied && net.isIP(hostname.replace(/^\[|\]$/g, "")) === 0) {
				const step = await nameStep(hostname);
				yield step;
				if (!step.ok) return;
			}
			if (signal.aborted) return;
			const result = await http.request({
				...{ method: "GET", url, signal },
				totalTimeoutMs: CHECK_TIMEOUT_MS,
			});
			yield reachStep(host, protocol, result);
			if (!result.ok) return;
			date = result.headers["date"] ?? date;
		}
		if (date !== undefined) yield clockStep(Date.parse(date) - this.#options.clock.now());
	}

	restart(): Promise<void> {
		if (!this.#canRestart) {
			throw new UserError(
				"restart-impossible",
				"Nothing would start Postern again here.",
				"Restart it where you started it.",
			);
		}
		// After the answer has gone out.
		setTimeout(() => this.#options.end(), 500).unref();
		return Promise.resolve();
	}

	testLights(): Promise<void> {
		throw new UserError("no-lights", "This machine has no lights that Postern knows.");
	}

	async supportBundle(): Promise<string> {
		const { services, logText } = this.#options;
		const [machine, status, origins, accounts, devices, mailboxes, strangers, certificate] =
			await Promise.all([
				this.state(),
				services.appliance.status(),
				services.appliance.configOrigins(),
				services.accounts.list(),
				services.devices.list(),
				services.mailboxes.list(),
				services.devices.strangers(),
				this.certificate(),
			]);
		const parts: readonly (readonly [string, unknown])[] = [
			["machine", machine],
			["status", status],
			["accounts", accounts],
			["devices", devices],
			["mailboxes", mailboxes],
			["strangers", strangers],
			["certificate", certificate],
			["trusted authorities of this program", rootCertificates.length],
		];
		return [
			`Postern ${productVersion()}: for whoever helps. Holds no secrets and no mail; addresses of mailboxes and devices are in it.\n`,
			...parts.map(([title, value]) => `\n== ${title}\n${masked(JSON.stringify(value, null, 2))}\n`),
			"\n== configuration\n",
			...origins.map(({ key, value, origin }) => `${key} = ${value}    (${origin})\n`),
			`\n== log\n${logText()}`,
		].join("");
	}

	/** systemd names the run of a service that it started, and starts it again (`Restart=always`). */
	get #canRestart(): boolean {
		const { environment } = this.#options;
		return environment["INVOCATION_ID"] !== undefined && environment["NOTIFY_SOCKET"] !== undefined;
	}

	async #clockState(): Promise<{ isSynchronised: boolean | null; errorMs: number }> {
		const { time } = this.#options;
		const errorMs = Math.round(time.wallErrorMs());
		if (time.nowMs() !== undefined)
			return { isSynchronised: Math.abs(errorMs) < CLOCK_ERROR_TOLD_MS, errorMs };
		return { isSynchronised: await facts.isTimeSynchronised(), errorMs };
	}
}

async function nameStep(host: string): Promise<TestStep> {
	try {
		const { address } = await lookup(host);
		return { ok: true, text: `The name ${host} is known: ${address}.` };
	} catch (thrown) {
		return {
			ok: false,
			text: `The name ${host} cannot be looked up (${errorCode(thrown) ?? asError(thrown).message}). Check the cable, the router, and the DNS server that this network gives out.`,
		};
	}
}

const ADVICE = {
	unreachable: "Check the cable and the router, and that the firewall lets this box reach port 443.",
	timeout: "Nothing answers: a firewall may swallow it. Let this box reach port 443, or set microsoft.proxy.",
	tls: "Somebody between stands in for Microsoft: if that is the site's inspection, set microsoft.ca_file to its authority.",
	reset: "The connection was cut: a firewall or a proxy may not let it through.",
	aborted: "The check was stopped.",
	oversized: "The answer was not Microsoft's.",
} as const;

function reachStep(host: string, protocol: string, result: HttpResult): TestStep {
	if (result.ok) {
		const how = protocol === "https:" ? ", and its certificate is right" : "";
		return { ok: true, text: `${host} answers${how}.` };
	}
	return { ok: false, text: `${host} cannot be reached (${result.error.message}). ${ADVICE[result.reason]}` };
}

function clockStep(aheadMs: number): TestStep {
	const seconds = Math.round(Math.abs(aheadMs) / 1000);
	if (Math.abs(aheadMs) < CLOCK_ERROR_TOLD_MS) {
		return { ok: true, text: "The clock of this box is right to the minute." };
	}
	return {
		ok: false,
		text: `The clock of this box is wrong by ${seconds < 7200 ? `${Math.round(seconds / 60)} minutes` : `${Math.round(seconds / 3600)} hours`}. Let it reach a time server (NTP, UDP port 123).`,
	};
}
