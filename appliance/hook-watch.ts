/**
 * What web-hooks tell of, found out: by events where there are some, else by looking at the box every so often. For
 * hook-desk.ts. Only what is new is told; an outage once, and once more when it is over.
 */
import type { Clock } from "./clock.ts";
import type { HookEvent } from "./console-services.ts";
import { asError } from "./errors.ts";
import type { Events } from "./events.ts";
import type { HookCall } from "./hook-calls.ts";
import type { Log } from "./log.ts";
import type { Services, Status } from "./services.ts";

const LOOK_EVERY_MS = 20_000;

export interface HookWatchOptions {
	readonly events: Events;
	readonly services: Pick<Services, "appliance" | "devices">;
	readonly clock: Clock;
	readonly log: Log;
	/** Somebody would be told. */
	readonly isHeard: () => boolean;
	readonly tell: (event: HookEvent, text: string, data: HookCall["data"]) => void;
	/** Nothing has gone out for so many minutes; undefined: mail goes out (again). */
	readonly tellOutage: (minutes: number | undefined) => void;
	readonly lookEveryMs?: number | undefined;
}

interface Seen {
	readonly needsSignIn: ReadonlySet<string>;
	readonly strangers: ReadonlySet<string>;
	readonly isFull: boolean;
	readonly cardText: string;
	/** The version that was given up, in words. */
	readonly rolledBack: string | undefined;
}

export class HookWatch {
	readonly #options: HookWatchOptions;
	#ends: readonly (() => void)[] = [];
	/** At the last look; undefined before the first. */
	#seen: Seen | undefined;
	/** A message could not be taken, and none has been since. */
	#isRefusing = false;
	#offlineSinceMs: number | undefined;

	constructor(options: HookWatchOptions) {
		this.#options = options;
	}

	start(): void {
		const { events, log, tell, lookEveryMs = LOOK_EVERY_MS } = this.#options;
		const look = () => {
			this.#look().catch((thrown: unknown) =>
				log.error("hook-look-fault", { error: asError(thrown).message }),
			);
		};
		const timer = setInterval(look, lookEveryMs);
		timer.unref();
		this.#ends = [
			() => clearInterval(timer),
			events.on("message-settled", ({ failed, queueId, device }) => {
				if (failed > 0) tell("failed", "A message could not be delivered.", { queueId, device });
			}),
			events.on("message-refused", ({ device, ownerText }) => {
				if (!this.#isRefusing && this.#seen?.isFull !== true) tell("storage", ownerText, { device });
				this.#isRefusing = true;
			}),
			events.on("message-accepted", () => {
				this.#isRefusing = false;
			}),
		];
	}

	stop(): void {
		for (const end of this.#ends) end();
	}

	/** What is true of the box now, against the last look. */
	async #look(): Promise<void> {
		const { services, isHeard } = this.#options;
		if (!isHeard()) {
			this.#seen = undefined;
			this.#offlineSinceMs = undefined;
			return;
		}
		const [status, strangers] = await Promise.all([
			services.appliance.status(),
			services.devices.strangers(),
		]);
		const before = this.#seen;
		const now = seenIn(
			status,
			strangers.map(({ address }) => address),
		);
		this.#seen = now;
		this.#tellNews(before, now);
		const { accounts } = status;
		this.#lookOffline(accounts.length > 0 && accounts.every(({ circuit }) => circuit !== "closed"));
	}

	/** After a start what is so is told again, but for strangers: what was told before is not known. */
	#tellNews(before: Seen | undefined, now: Seen): void {
		const { tell } = this.#options;
		for (const account of now.needsSignIn) {
			if (before?.needsSignIn.has(account) === true) continue;
			tell("needs-sign-in", `${account} must sign in to Microsoft again.`, { account });
		}
		for (const address of now.strangers) {
			if (before === undefined || before.strangers.has(address)) continue;
			tell("stranger", `An unknown device at ${address} wants to send.`, { address });
		}
		if (now.rolledBack !== undefined && now.rolledBack !== before?.rolledBack) {
			tell("update", now.rolledBack, {});
		}
		if (now.isFull && before?.isFull !== true && !this.#isRefusing) {
			tell("storage", now.cardText, {});
		}
	}

	#lookOffline(isOffline: boolean): void {
		const nowMs = this.#options.clock.monotonicMs();
		if (isOffline) this.#offlineSinceMs ??= nowMs;
		else this.#offlineSinceMs = undefined;
		const sinceMs = this.#offlineSinceMs;
		this.#options.tellOutage(sinceMs === undefined ? undefined : (nowMs - sinceMs) / 60_000);
	}
}

function seenIn({ accounts, storage, matters }: Status, strangers: readonly string[]): Seen {
	const needing = accounts.filter(({ state }) => state === "needs-sign-in");
	return {
		needsSignIn: new Set(needing.map(({ address }) => address)),
		strangers: new Set(strangers),
		isFull: !storage.accepting,
		cardText: storage.sick
			? "The card does not save any more: devices are asked to come back later."
			: "The card is full: devices are asked to come back later.",
		rolledBack: matters.find(({ kind }) => kind === "rolled-back")?.detail,
	};
}
