/**
 * The machine and the process, for the console: state, certificate, way to the internet, restart, and a text for whoever is asked for
 * help. For console-parts.ts. Reads only; `restart` ends the process in good order where somebody starts it again.
 */
import { X509Certificate } from "node:crypto";
import os from "node:os";
import type { Clock } from "./clock.ts";
import type { Config } from "./config/schema.ts";
import type { CertificateState, MachineService, MachineState } from "./console-services.ts";
import { UserError } from "./errors.ts";
import { checkInternet } from "./internet-check.ts";
import type { LightDesk } from "./light-desk.ts";
import type { Listeners } from "./listeners.ts";
import { endpointsOf } from "./microsoft/clouds.ts";
import type { HttpClient } from "./microsoft/http.ts";
import { proxyFor } from "./microsoft/proxy-tunnel.ts";
import type { Room } from "./queue/room.ts";
import type { Services, TestStep } from "./services.ts";
import { supportText } from "./support-text.ts";
import { namesOf } from "./system/certificate.ts";
import * as facts from "./system/machine-facts.ts";
import { productVersion } from "./version.ts";
import { REFUSING } from "./words/refusing.ts";

/** Time for the answer to go out, and for the browser to fetch the page that waits. */
const ANSWER_LEAVES_MS = 1_500;

export interface MachineDeskOptions {
	readonly stateDir: string;
	readonly environment: NodeJS.ProcessEnv;
	readonly config: () => Config;
	readonly services: Omit<Services, "console" | "network" | "lights">;
	readonly lights: Pick<LightDesk, "meaningOf" | "hasLights">;
	readonly listeners: Listeners;
	readonly room: Room;
	readonly http: HttpClient;
	readonly clock: Clock;
	/** Postern keeps the machine's network. */
	readonly isFirmware: boolean;
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
		const { stateDir, services, lights, room, clock, config } = this.#options;
		const [status, updates, model, operatingSystem, temperatureCelsius, memory, card, links] =
			await Promise.all([
				services.appliance.status(),
				services.updates.state(),
				facts.model(),
				facts.operatingSystem(),
				facts.temperatureCelsius(),
				facts.memory(),
				facts.card(stateDir),
				facts.links(),
			]);
		const { storage } = status;
		const { name } = config();
		return {
			light: await lights.meaningOf(status, !card.isReadOnly),
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
				isSick: storage.sick,
			},
			clock: { now: new Date(clock.now()).toISOString(), ...status.clock },
			names: [name, `${name}.local`, ...config().console.names],
			can: {
				restart: this.#canRestart,
				lights: lights.hasLights,
				update: updates.keeper === "firmware",
				network: this.#options.isFirmware,
			},
		};
	}

	certificate(): Promise<CertificateState> {
		const { listeners } = this.#options;
		const { cert, authority } = listeners.certificate();
		const served = new X509Certificate(cert);
		const trusted = authority === undefined ? served : new X509Certificate(authority);
		return Promise.resolve({
			isOwners: authority === undefined,
			names: namesOf(cert),
			expiresAt: new Date(served.validTo).toISOString(),
			fingerprintSha256: trusted.fingerprint256,
		});
	}

	checkInternet(signal: AbortSignal): AsyncIterable<TestStep> {
		const { config, environment, http, clock } = this.#options;
		const { microsoft } = config();
		const { loginUrl, graphUrl } = endpointsOf(microsoft);
		return checkInternet(
			{
				urls: [loginUrl, graphUrl],
				http,
				proxyOf: (host) => proxyFor(host, { proxy: microsoft.proxy, environment }),
				now: () => clock.now(),
			},
			signal,
		);
	}

	async restart(): Promise<void> {
		if (!this.#canRestart) {
			throw new UserError("restart-impossible", REFUSING.noRestart, REFUSING.noRestartDo);
		}
		setTimeout(() => this.#options.end(), ANSWER_LEAVES_MS).unref();
	}

	async supportBundle(): Promise<string> {
		const { services, logText } = this.#options;
		const [machine, certificate] = await Promise.all([this.state(), this.certificate()]);
		return supportText({ services, machine, certificate, logText: logText() });
	}

	/** systemd names the run of a service that it started, and starts it again (`Restart=always`). */
	get #canRestart(): boolean {
		const { environment } = this.#options;
		return environment["INVOCATION_ID"] !== undefined && environment["NOTIFY_SOCKET"] !== undefined;
	}
}
