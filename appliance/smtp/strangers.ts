/**
 * Who may not send and has tried, and, where the owner chose `strangers = "ask"`, their mail, which
 * waits in `held` for the owner's word (design §5). For session-policy.ts and the device desk.
 *
 * What is known of a stranger is in memory, bounded; its held mail is in the queue, under a name that no
 * device can have, and is found there again after a restart. It never leaves without the owner.
 */
import type { Device } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import { UserError } from "../errors.ts";
import { formatQueueId } from "../mail/queue-id.ts";
import type { Runner } from "../queue/runner.ts";
import type { Scheduler } from "../queue/scheduler.ts";
import type { Spool } from "../queue/spool.ts";
import { strangerAddress, strangerName } from "../queue/stranger-lane.ts";
import type { StrangerRow } from "../services.ts";

export interface StrangersOptions {
	readonly clock: Clock;
	readonly spool: Spool;
	readonly scheduler: Scheduler;
	readonly runner: Runner;
	/** Their mail is kept for the owner instead of refused. */
	readonly asks: () => boolean;
	/** Deletes queued messages by their queue ids; says how many. */
	readonly delete: (ids: readonly string[]) => Promise<number>;
}

const MOST_REMEMBERED = 200;
const MOST_SENDERS = 3;
/** Enough to see what it is and to lose nothing of a device's first minutes; too little to fill a card with. */
const MOST_OF_ONE = { messages: 20, bytes: 25_000_000 };
const MOST_IN_ALL = { messages: 200, bytes: 100_000_000 };

interface Knock {
	readonly firstSeenMs: number;
	lastSeenMs: number;
	helo: string;
	senders: string[];
	refusals: number;
}

interface Amount {
	readonly messages: number;
	readonly bytes: number;
}

export class Strangers {
	readonly #options: StrangersOptions;
	/** By address, the one heard of longest ago first. */
	readonly #knocks = new Map<string, Knock>();
	/** Held messages and their sizes, by address. */
	readonly #held = new Map<string, Map<number, number>>();

	constructor(options: StrangersOptions) {
		this.#options = options;
	}

	/** Finds what earlier runs held. After the queue has been loaded. */
	async load(): Promise<void> {
		for (const { device, ids } of this.#options.scheduler.heldByDevice()) {
			const address = strangerAddress(device);
			if (address === undefined) continue;
			for (const id of ids) {
				const shown = await this.#options.spool.show(id);
				if (shown === null || !("message" in shown)) continue;
				this.#heldOf(address).set(id, shown.message.sizeBytes);
				this.#knock(address, shown.message.receivedAtMs, "", shown.message.reversePath);
			}
		}
	}

	/** A stranger was refused, or its mail kept. */
	knocked(address: string, helo: string, sender: string, wasRefused: boolean): void {
		const knock = this.#knock(address, this.#options.clock.now(), helo, sender);
		if (wasRefused) knock.refusals += 1;
	}

	/** May a message of this stranger be kept? `no`: strangers are refused. */
	mayAsk(address: string): "yes" | "no" | "full" {
		if (!this.#options.asks()) return "no";
		const ofOne = this.#amountOf(address);
		const inAll = [...this.#held.keys()].map((other) => this.#amountOf(other)).reduce(sum, NOTHING);
		return reaches(ofOne, MOST_OF_ONE) || reaches(inAll, MOST_IN_ALL) ? "full" : "yes";
	}

	/** How large its next message may be. */
	roomBytes(address: string): number {
		return MOST_OF_ONE.bytes - this.#amountOf(address).bytes;
	}

	/** A message of it was committed as held. */
	kept(address: string, number: number, sizeBytes: number): void {
		const { scheduler } = this.#options;
		scheduler.add(scheduler.lane("", strangerName(address)), number, "held", 0);
		this.#heldOf(address).set(number, sizeBytes);
	}

	has(address: string): boolean {
		return this.#knocks.has(address) || this.#amountOf(address).messages > 0;
	}

	/** The latest first. */
	list(): readonly StrangerRow[] {
		return [...this.#knocks]
			.map(([address, knock]) => {
				const { messages, bytes } = this.#amountOf(address);
				return {
					address,
					helo: knock.helo,
					senders: [...knock.senders],
					firstSeenAt: new Date(knock.firstSeenMs).toISOString(),
					lastSeenAt: new Date(knock.lastSeenMs).toISOString(),
					refusals: knock.refusals,
					heldMessages: messages,
					heldBytes: bytes,
				};
			})
			.reverse();
	}

	/** Its held mail becomes the device's and goes out, in the order in which it came. Says how many. */
	async allow(address: string, device: Device, account: string): Promise<number> {
		const { spool, scheduler, runner } = this.#options;
		const ids = [...this.#heldNow(address).keys()].sort((a, b) => a - b);
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
		const ids = [...this.#heldNow(address).keys()].map(formatQueueId);
		const deleted = ids.length === 0 ? 0 : await this.#options.delete(ids);
		this.#forget(address);
		return deleted;
	}

	#forget(address: string): void {
		this.#knocks.delete(address);
		this.#held.delete(address);
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
		this.#makeRoom();
		return knock;
	}

	/** The one heard of longest ago goes, but not one whose mail waits: the owner must see it. */
	#makeRoom(): void {
		if (this.#knocks.size <= MOST_REMEMBERED) return;
		for (const address of this.#knocks.keys()) {
			if (this.#amountOf(address).messages > 0) continue;
			this.#knocks.delete(address);
			return;
		}
	}

	#heldOf(address: string): Map<number, number> {
		let held = this.#held.get(address);
		if (held === undefined) {
			held = new Map();
			this.#held.set(address, held);
		}
		return held;
	}

	/** Without what its owner has deleted meanwhile. */
	#heldNow(address: string): ReadonlyMap<number, number> {
		const held = this.#held.get(address);
		if (held === undefined) return new Map();
		for (const id of held.keys()) {
			if (this.#options.scheduler.known(id)?.state !== "held") held.delete(id);
		}
		if (held.size === 0) this.#held.delete(address);
		return held;
	}

	#amountOf(address: string): Amount {
		const sizes = [...this.#heldNow(address).values()];
		return { messages: sizes.length, bytes: sizes.reduce((a, b) => a + b, 0) };
	}
}

const NOTHING: Amount = { messages: 0, bytes: 0 };

function sum(a: Amount, b: Amount): Amount {
	return { messages: a.messages + b.messages, bytes: a.bytes + b.bytes };
}

function reaches(amount: Amount, most: Amount): boolean {
	return amount.messages >= most.messages || amount.bytes >= most.bytes;
}
