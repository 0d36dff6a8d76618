/**
 * Who may not send and has tried, and, where the owner chose `strangers = "ask"`, their mail, which
 * waits in `held` for the owner's word (design §5). For session-policy.ts and the device desk.
 *
 * What is known of a stranger is in memory, bounded; its held mail is in the queue, under a name that no
 * device can have, and is found there again after a restart. It never leaves without the owner.
 */
import type { Device } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import { asError, UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import { formatQueueId } from "../mail/queue-id.ts";
import type { Runner } from "../queue/runner.ts";
import type { Scheduler } from "../queue/scheduler.ts";
import type { Spool } from "../queue/spool.ts";
import { strangerAddress, strangerName } from "../queue/stranger-lane.ts";
import type { StrangerRow } from "../services.ts";
import { type Hold, StrangerHolds } from "./stranger-holds.ts";

export interface StrangersOptions {
	readonly clock: Clock;
	readonly spool: Spool;
	readonly scheduler: Scheduler;
	readonly runner: Runner;
	/** Their mail is kept for the owner instead of refused. */
	readonly asks: () => boolean;
	readonly log: Log;
	/** The device that an address belongs to by now. */
	readonly deviceAt: (address: string) => Device | undefined;
	/** Address of the account that a device sends through, or empty. */
	readonly accountOf: (device: Device) => string;
	/** Deletes queued messages by their queue ids; says how many. */
	readonly delete: (ids: readonly string[]) => Promise<number>;
}

const MOST_REMEMBERED = 200;
const MOST_SENDERS = 3;

interface Knock {
	readonly firstSeenMs: number;
	lastSeenMs: number;
	helo: string;
	senders: string[];
	refusals: number;
}

export class Strangers {
	readonly #options: StrangersOptions;
	/** By address, the one heard of longest ago first. */
	readonly #knocks = new Map<string, Knock>();
	readonly #holds: StrangerHolds;
	#hasLoaded = false;
	#revision = 0;

	constructor(options: StrangersOptions) {
		this.#options = options;
		this.#holds = new StrangerHolds((number) => options.scheduler.known(number)?.state === "held");
	}

	/** Another one when anything of the list has changed. */
	get revision(): number {
		return this.#revision;
	}

	/** Finds what earlier runs held. After the queue has been loaded. */
	async load(): Promise<void> {
		for (const { device, ids } of this.#options.scheduler.heldByDevice()) {
			const address = strangerAddress(device);
			if (address === undefined) continue;
			for (const id of ids) {
				const shown = await this.#options.spool.show(id);
				if (shown === null || !("message" in shown)) continue;
				this.#holds.found(address, id, shown.message.sizeBytes);
				this.#knock(address, shown.message.receivedAtMs, "", shown.message.reversePath);
			}
		}
		this.#hasLoaded = true;
	}

	/** A stranger was refused, or its mail kept. */
	knocked(address: string, helo: string, sender: string, wasRefused: boolean): void {
		const knock = this.#knock(address, this.#options.clock.now(), helo, sender);
		if (wasRefused) knock.refusals += 1;
	}

	/**
	 * May a message of this size (0: unknown) of this stranger be kept? `no`: strangers are refused. `full`: not
	 * now, also until what earlier runs held has been found.
	 */
	mayAsk(address: string, sizeBytes: number): "yes" | "no" | "full" {
		if (!this.#options.asks()) return "no";
		return this.#hasLoaded && this.#holds.hasRoom(address, sizeBytes) ? "yes" : "full";
	}

	/** A message of it begins, and counts from now on; undefined when there is no room for it. */
	begin(address: string, number: number): Hold | undefined {
		return this.#holds.begin(address, number);
	}

	/** A message of it was committed as held. */
	kept(address: string, number: number): void {
		const { scheduler, deviceAt, accountOf, log } = this.#options;
		scheduler.add(scheduler.lane("", strangerName(address)), number, "held", 0);
		// Allowed while it was sending.
		const device = deviceAt(address);
		if (device === undefined) return;
		this.allow(address, device, accountOf(device)).catch((thrown: unknown) => {
			// It stays held, and goes when the owner allows it once more.
			log.error("stranger-not-adopted", { client: address, error: asError(thrown).message });
		});
	}

	has(address: string): boolean {
		return this.#knocks.has(address) || this.#holds.of(address).numbers.length > 0;
	}

	/** The latest first. */
	list(): readonly StrangerRow[] {
		return [...this.#knocks]
			.map(([address, knock]) => {
				const { numbers, sizeBytes } = this.#holds.of(address);
				return {
					address,
					helo: knock.helo,
					senders: [...knock.senders],
					firstSeenAt: new Date(knock.firstSeenMs).toISOString(),
					lastSeenAt: new Date(knock.lastSeenMs).toISOString(),
					refusals: knock.refusals,
					heldMessages: numbers.length,
					heldBytes: sizeBytes,
				};
			})
			.filter((row) => row.heldMessages > 0 || this.#options.deviceAt(row.address) === undefined)
			.reverse();
	}

	/** Its held mail becomes the device's and goes out, in the order in which it came. Says how many. */
	async allow(address: string, device: Device, account: string): Promise<number> {
		const { spool, scheduler, runner } = this.#options;
		const ids = this.#holds.of(address).numbers;
		if (ids.length > 0) await spool.adopt(ids, device.name, account);
		for (const id of ids) {
			const item = scheduler.known(id);
			if (item !== undefined) scheduler.remove(item);
			runner.accepted(id, account, device.name, undefined);
		}
		this.#forget(address);
		return ids.length;
	}

	/** Deletes what is held of it, and forgets it. Says how many. */
	async refuse(address: string): Promise<number> {
		if (!this.has(address)) {
			throw new UserError("stranger-unknown", `Nobody has tried to send from ${address}.`);
		}
		const ids = this.#holds.of(address).numbers.map(formatQueueId);
		const deleted = ids.length === 0 ? 0 : await this.#options.delete(ids);
		this.#forget(address);
		return deleted;
	}

	#forget(address: string): void {
		this.#knocks.delete(address);
		this.#revision += 1;
	}

	#knock(address: string, nowMs: number, helo: string, sender: string): Knock {
		const knock = this.#knocks.get(address) ?? {
			firstSeenMs: nowMs,
			lastSeenMs: nowMs,
			helo: "",
			senders: [],
			refusals: 0,
		};
		knock.lastSeenMs = nowMs;
		if (helo !== "") knock.helo = helo;
		if (sender !== "") {
			knock.senders = [sender, ...knock.senders.filter((other) => other !== sender)].slice(0, MOST_SENDERS);
		}
		this.#knocks.delete(address);
		this.#knocks.set(address, knock);
		this.#revision += 1;
		this.#makeRoom();
		return knock;
	}

	/** The one heard of longest ago goes, but not one whose mail waits: the owner must see it. */
	#makeRoom(): void {
		if (this.#knocks.size <= MOST_REMEMBERED) return;
		for (const address of this.#knocks.keys()) {
			if (this.#holds.of(address).numbers.length > 0) continue;
			this.#knocks.delete(address);
			return;
		}
	}
}
