/**
 * Slows guessing of passwords. For `sign-ins.ts`; in memory, bounded, monotonic. Three limits:
 *
 * - an address that fails is locked, for twice as long each time;
 * - a name that is guessed at is locked the same way, for the addresses that have failed for it;
 * - guessing spread over many addresses meets a large allowance per name and per IPv6 network, which
 *   slows it down.
 *
 * The last two do not touch a name at home: where its owner wrote it down, or where it has signed in.
 * So nobody can shut a printer out by guessing at it, nor a failing printer its neighbours.
 */
import type { Clock } from "../clock.ts";
import { canonicalAddress, formatNetwork, readNetwork } from "../config/network.ts";
import { Refusal } from "../config/refusal.ts";
import { Allowances } from "./allowances.ts";
import { FailureLocks, FORGET_AFTER_MS } from "./failure-locks.ts";
import { putNewest } from "./put-newest.ts";

const NAME_ALLOWANCE = { attempts: 60, refillMs: 20_000 };
const NETWORK_ALLOWANCE = { attempts: 100, refillMs: 20_000 };
const MOST_PLACES = 5000;

export interface Attempt {
	/** To be called once. `undecided`: the password was not looked at. */
	end(outcome: "right" | "wrong" | "undecided"): void;
}

export class SignInGuard {
	readonly #clock: Clock;
	readonly #sources: FailureLocks;
	readonly #names: FailureLocks;
	readonly #nameAllowances: Allowances;
	readonly #networkAllowances: Allowances;
	/** Places (an address and a name) that have signed in, longest ago first. */
	readonly #homes = new Map<string, true>();
	/** Places that have failed, and when they last did. */
	readonly #failedAtMs = new Map<string, number>();

	constructor(clock: Clock) {
		this.#clock = clock;
		this.#sources = new FailureLocks(clock);
		this.#names = new FailureLocks(clock);
		this.#nameAllowances = new Allowances(clock, NAME_ALLOWANCE);
		this.#networkAllowances = new Allowances(clock, NETWORK_ALLOWANCE);
	}

	/**
	 * The attempt, counted from now on until it ends; or why it may not be made. `busy`: too many of the
	 * same are under way. `atHome`: the address is one that the owner wrote down for this very name.
	 */
	begin(username: string, address: string, atHome: boolean): Attempt | "locked" | "busy" {
		const source = canonicalAddress(address) ?? "unknown";
		const place = `${source} ${username}`;
		const isHome = atHome || this.#homes.has(place);
		const state = this.#sources.state(source);
		if (state !== "open") return state;
		const refusal = isHome ? undefined : this.#refusalToStranger(username, source, place);
		if (refusal !== undefined) return refusal;
		const release = isHome ? () => undefined : this.#countStranger(username, source);
		this.#sources.begin(source);
		return {
			end: (outcome) => {
				this.#sources.end(source, outcome === "wrong");
				release(outcome === "wrong");
				if (outcome === "wrong") putNewest(this.#failedAtMs, place, this.#clock.monotonicMs(), MOST_PLACES);
				if (outcome === "right") this.#welcome(source, place);
			},
		};
	}

	#refusalToStranger(username: string, source: string, place: string): "locked" | "busy" | undefined {
		const state = this.#hasFailed(place) ? this.#names.state(username) : "open";
		if (state !== "open") return state;
		const network = networkOf(source);
		const isSpent =
			this.#nameAllowances.isSpent(username) ||
			(network !== undefined && this.#networkAllowances.isSpent(network));
		return isSpent ? "locked" : undefined;
	}

	/** Returns what ends the count. */
	#countStranger(username: string, source: string): (failed: boolean) => void {
		const network = networkOf(source);
		this.#names.begin(username);
		this.#nameAllowances.take(username);
		if (network !== undefined) this.#networkAllowances.take(network);
		return (failed) => {
			this.#names.end(username, failed);
			if (failed) return;
			this.#nameAllowances.giveBack(username);
			if (network !== undefined) this.#networkAllowances.giveBack(network);
		};
	}

	#hasFailed(place: string): boolean {
		const failedAtMs = this.#failedAtMs.get(place);
		return failedAtMs !== undefined && this.#clock.monotonicMs() - failedAtMs <= FORGET_AFTER_MS;
	}

	#welcome(source: string, place: string): void {
		this.#sources.forgive(source);
		this.#failedAtMs.delete(place);
		putNewest(this.#homes, place, true, MOST_PLACES);
	}
}

/** The /64 of an IPv6 address: one guesser can hold all of it, and so can a LAN, `fe80::/64` above all. */
function networkOf(source: string): string | undefined {
	if (!source.includes(":")) return undefined;
	const network = readNetwork(`${source}/64`);
	return network instanceof Refusal ? undefined : formatNetwork(network);
}
