/**
 * Tells systemd how the service is (sd_notify(3)): ready, status, alive, stopping. Nothing happens
 * without `NOTIFY_SOCKET`. Runs systemd's own `systemd-notify` program, because Node cannot write to
 * a datagram socket; the unit therefore needs `NotifyAccess=all`
 * (decisions/0003-systemd-notify-the-program.md).
 *
 * A notification that fails is logged and never stops the mail.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";

const run = promisify(execFile);

/** Half of `WatchdogSec`, as sd_watchdog_enabled(3) recommends. */
const WATCHDOG_SHARE = 0.5;
/** A small board under load starts a program slowly; `WatchdogSec` is some times this. */
const NOTIFY_TIMEOUT_MS = 20_000;

export interface ReadinessOptions {
	readonly environment: NodeJS.ProcessEnv;
	readonly log: Log;
	/** How long the storage threads have owed an answer. */
	readonly waitedMs: () => number;
}

export class Readiness {
	readonly #environment: NodeJS.ProcessEnv;
	readonly #enabled: boolean;
	readonly #watchdogMs: number;
	readonly #log: Log;
	readonly #waitedMs: () => number;
	#watchdog: NodeJS.Timeout | undefined;
	#lastStatus = "";

	constructor({ environment, log, waitedMs }: ReadinessOptions) {
		this.#environment = environment;
		this.#enabled = (environment["NOTIFY_SOCKET"] ?? "") !== "";
		const forUs =
			environment["WATCHDOG_PID"] === undefined || environment["WATCHDOG_PID"] === `${process.pid}`;
		this.#watchdogMs = forUs ? Number(environment["WATCHDOG_USEC"] ?? 0) / 1_000 : 0;
		this.#log = log;
		this.#waitedMs = waitedMs;
	}

	/** Listeners and spool are up. From here the watchdog is fed, as long as event loop and storage threads move. */
	async ready(status: string): Promise<void> {
		await this.#notify("READY=1", `STATUS=${status}`);
		if (!this.#enabled || this.#watchdogMs <= 0) return;
		this.#watchdog = setInterval(() => this.#feed(), this.#watchdogMs * WATCHDOG_SHARE);
		this.#watchdog.unref();
	}

	/** A box that takes mail it cannot store is no better than one that hangs: systemd starts it again. */
	#feed(): void {
		const waitedMs = this.#waitedMs();
		if (waitedMs < this.#watchdogMs) void this.#notify("WATCHDOG=1");
		else this.#log.crit("storage-hangs", { waitedMs: Math.round(waitedMs) });
	}

	/** One line for `systemctl status`; told only when it changes. One that a busy systemd did not take is told again, and no alarm. */
	async status(text: string): Promise<void> {
		if (text === this.#lastStatus) return;
		this.#lastStatus = text;
		const failure = await this.#tell(`STATUS=${text}`);
		if (failure === undefined) return;
		this.#lastStatus = "";
		this.#log.notice("status-line-not-taken", { error: failure.message });
	}

	async stopping(): Promise<void> {
		clearInterval(this.#watchdog);
		await this.#notify("STOPPING=1", "STATUS=Finishing transfers");
	}

	async #notify(...assignments: readonly string[]): Promise<void> {
		const failure = await this.#tell(...assignments);
		if (failure !== undefined) this.#log.warning("systemd-notify-failed", { error: failure.message });
	}

	/** Gives what went wrong. */
	async #tell(...assignments: readonly string[]): Promise<Error | undefined> {
		if (!this.#enabled) return undefined;
		try {
			await run("systemd-notify", [`--pid=${process.pid}`, ...assignments], {
				env: this.#environment,
				timeout: NOTIFY_TIMEOUT_MS,
			});
			return undefined;
		} catch (thrown) {
			return asError(thrown);
		}
	}
}
