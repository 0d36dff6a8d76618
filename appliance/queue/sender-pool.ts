/**
 * One sender over several mailboxes: Microsoft's limits are per mailbox, so an account may name others that
 * send in its name when it has more than it can (account key `spread_over`). For the listeners, which ask
 * through whom a message goes, and for the composition root, which tells of an account in trouble.
 *
 * With little to do everything goes through the account itself, so that its Sent Items show it. A message
 * that may have been sent keeps its mailbox: only there can be looked for it. When the card refuses a
 * move, the mail stays where it is.
 */
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Runner } from "./runner.ts";
import type { Scheduler } from "./scheduler.ts";
import type { Spool } from "./spool.ts";

export interface SenderPoolOptions {
	readonly scheduler: Scheduler;
	readonly runner: () => Runner;
	readonly spool: Spool;
	readonly log: Log;
	/** Accounts that may send in this one's name, itself not among them; in the owner's order. */
	readonly spreadOver: (account: string) => readonly string[];
	/** The account that a device's mail is for, whoever sends it; empty when that is open. */
	readonly accountOf: (device: string) => string;
}

export class SenderPool {
	readonly #options: SenderPoolOptions;

	constructor(options: SenderPoolOptions) {
		this.#options = options;
	}

	/** Through whom the next message of the account goes: whoever is well and has least to do. */
	choose(account: string): string {
		const others = this.#options.spreadOver(account);
		return others.length === 0 ? account : (this.#best([account, ...others]) ?? account);
	}

	/** Mail that waits for an account in trouble goes to those that may send in its place. */
	async relieve(account: string): Promise<void> {
		for (const { device, ids } of this.#options.scheduler.waiting(account)) {
			const owner = this.#options.accountOf(device);
			const members = [owner, ...this.#options.spreadOver(owner)];
			const other = members.includes(account) ? this.#best(members) : undefined;
			if (other !== undefined && other !== account) await this.#move(account, device, ids, other);
		}
	}

	/** The first of those with the least to do; undefined when none is well. */
	#best(members: readonly string[]): string | undefined {
		const { runner, scheduler } = this.#options;
		const well = members.filter((member) => runner().circuit(member).state === "closed");
		const loads = well.map((member) => scheduler.load(member));
		return well[loads.indexOf(Math.min(...loads))];
	}

	async #move(from: string, device: string, ids: readonly number[], to: string): Promise<void> {
		const { scheduler, spool, runner, log } = this.#options;
		// Out of reach first, so that none is taken while its row changes.
		const lane = scheduler.lane(from, device);
		const taken = scheduler.takeWaiting(lane, ids);
		try {
			await spool.reroute(taken, to);
		} catch (thrown) {
			scheduler.giveWaiting(lane, taken);
			log.warning("not-rerouted", { from, to, device, error: asError(thrown).message });
			return;
		}
		scheduler.giveWaiting(scheduler.lane(to, device), taken);
		log.notice("rerouted", { from, to, device, messages: taken.length });
		runner().nudge(to);
	}
}
