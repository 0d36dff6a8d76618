/**
 * What Postern does for its machine where that is the firmware: the host's name follows the configuration, and the clock is set
 * where no time server is reached. For appliance.ts. Nothing of it keeps mail waiting; what fails is tried again, and said
 * in the log once.
 *
 * The time is what Microsoft's servers say over a connection whose certificate is good (trusted-time.ts). Where nobody has
 * spoken with them yet, they are asked.
 */
import os from "node:os";
import type { Config } from "./config/schema.ts";
import { asError } from "./errors.ts";
import type { Log } from "./log.ts";
import { endpointsOf } from "./microsoft/clouds.ts";
import type { HttpClient } from "./microsoft/http.ts";
import { askMachine, doorSocket } from "./system/machine/door-client.ts";
import { imageFacts, machineRoot } from "./system/machine/image-facts.ts";
import { isTimeSynchronised } from "./system/machine-facts.ts";
import type { TrustedTime } from "./trusted-time.ts";

export interface MachineCareOptions {
	readonly environment: NodeJS.ProcessEnv;
	readonly config: () => Config;
	readonly http: HttpClient;
	readonly time: TrustedTime;
	readonly log: Log;
}

/** A network has come up by then, and a time server had its turn. */
const FIRST_LOOK_MS = 30_000;
const LOOK_EVERY_MS = 60_000;
const ASK_TIMEOUT_MS = 15_000;

export class MachineCare {
	readonly #options: MachineCareOptions;
	readonly #socket: string;
	readonly #over = new AbortController();
	/** As the machine has it. */
	#name: string;
	#troubles = new Map<string, string>();
	#timer: NodeJS.Timeout | undefined;

	private constructor(options: MachineCareOptions, root: string) {
		this.#options = options;
		this.#socket = doorSocket(root);
		this.#name = os.hostname();
	}

	/** Does nothing where the machine is somebody else's. */
	static async open(options: MachineCareOptions): Promise<Pick<MachineCare, "stop">> {
		const root = machineRoot(options.environment);
		if ((await imageFacts(root)) === null) return { stop: () => undefined };
		const care = new MachineCare(options, root);
		care.#next(FIRST_LOOK_MS);
		return care;
	}

	stop(): void {
		this.#over.abort();
		clearTimeout(this.#timer);
	}

	#next(afterMs: number): void {
		this.#timer = setTimeout(() => {
			void this.#look().finally(() => {
				if (!this.#over.signal.aborted) this.#next(LOOK_EVERY_MS);
			});
		}, afterMs);
		this.#timer.unref();
	}

	async #look(): Promise<void> {
		await this.#try("host-name", () => this.#followName());
		await this.#try("clock", () => this.#setClock());
	}

	async #followName(): Promise<void> {
		const { config, log } = this.#options;
		const { name } = config();
		if (labelOf(name) === labelOf(this.#name)) return;
		await askMachine({ do: "host-name", name }, { socket: this.#socket });
		this.#name = name;
		log.notice("host-name-set", { name });
	}

	async #setClock(): Promise<void> {
		const { time, log } = this.#options;
		if ((await isTimeSynchronised()) === true) return;
		if (time.nowMs() === undefined) await this.#askTime();
		const realMs = time.nowMs();
		const errorMs = time.wallErrorMs();
		if (realMs === undefined || errorMs === 0) return;
		await askMachine({ do: "set-time", time: new Date(realMs).toISOString() }, { socket: this.#socket });
		log.notice("clock-set", { errorSeconds: Math.round(errorMs / 1000) });
	}

	/** The client tells what it hears to `time`. An answer of any kind has a date. */
	async #askTime(): Promise<void> {
		const { config, http } = this.#options;
		const { loginUrl } = endpointsOf(config().microsoft);
		await http.request({
			...{ method: "GET", url: loginUrl, signal: this.#over.signal },
			totalTimeoutMs: ASK_TIMEOUT_MS,
		});
	}

	async #try(what: string, act: () => Promise<void>): Promise<void> {
		try {
			await act();
			this.#troubles.delete(what);
		} catch (thrown) {
			const { message } = asError(thrown);
			if (this.#troubles.get(what) === message) return;
			this.#troubles.set(what, message);
			this.#options.log.warning("machine-care-failed", { what, error: message });
		}
	}
}

/** A host's name is the first part of a full one. */
function labelOf(name: string): string {
	return (name.split(".")[0] ?? "").toLowerCase();
}
