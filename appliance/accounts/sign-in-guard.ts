/**
 * Slows guessing of passwords: failures are counted per network address and per username, and beyond
 * a few each further one locks for twice as long. For `devices.ts`; in memory, bounded, monotonic.
 *
 * A name that strangers have locked stays open to where its owner is known to be, so that nobody can
 * shut a printer out by guessing at it.
 */
import type { Clock } from "../clock.ts";
import { canonicalAddress, formatNetwork, readNetwork } from "../config/network.ts";
import { Refusal } from "../config/refusal.ts";

const FREE_FAILURES = 5;
const FIRST_LOCK_MS = 2000;
const LONGEST_LOCK_MS = 15 * 60_000;
/** Failures are forgotten after this long without another. */
const FORGET_AFTER_MS = 60 * 60_000;
const MOST_COUNTERS = 5000;
const MOST_HOMES = 1000;

interface Failures {
	readonly count: number;
	readonly lastMs: number;
	readonly lockedUntilMs: number;
}

export class SignInGuard {
	readonly #clock: Clock;
	/** Least recently failed first. */
	readonly #failures = new Map<string, Failures>();
	/** Where a name last signed in from. */
	readonly #homes = new Map<string, string>();

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** `atHome`: the address is one that the owner wrote down for this very name. */
	isLocked(username: string, address: string, atHome: boolean): boolean {
		const source = sourceOf(address);
		if (this.#isLocked(`address ${source}`)) return true;
		const isHome = atHome || this.#homes.get(username) === source;
		return !isHome && this.#isLocked(`name ${username}`);
	}

	failed(username: string, address: string): void {
		this.#count(`address ${sourceOf(address)}`);
		this.#count(`name ${username}`);
	}

	succeeded(username: string, address: string): void {
		const source = sourceOf(address);
		this.#failures.delete(`address ${source}`);
		this.#failures.delete(`name ${username}`);
		putNewest(this.#homes, username, source, MOST_HOMES);
	}

	#isLocked(key: string): boolean {
		return (this.#failures.get(key)?.lockedUntilMs ?? 0) > this.#clock.monotonicMs();
	}

	#count(key: string): void {
		const nowMs = this.#clock.monotonicMs();
		const before = this.#failures.get(key);
		const count = before === undefined || nowMs - before.lastMs > FORGET_AFTER_MS ? 1 : before.count + 1;
		const lockMs =
			count < FREE_FAILURES ? 0 : Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** (count - FREE_FAILURES));
		const failures = { count, lastMs: nowMs, lockedUntilMs: nowMs + lockMs };
		putNewest(this.#failures, key, failures, MOST_COUNTERS);
	}
}

/** One who holds an IPv6 network has 2^64 addresses: they count as one. */
function sourceOf(address: string): string {
	const canonical = canonicalAddress(address) ?? "unknown";
	if (!canonical.includes(":")) return canonical;
	const network = readNetwork(`${canonical}/64`);
	return network instanceof Refusal ? canonical : formatNetwork(network);
}

function putNewest<Value>(map: Map<string, Value>, key: string, value: Value, most: number): void {
	map.delete(key);
	const [oldest] = map.keys();
	if (map.size >= most && oldest !== undefined) map.delete(oldest);
	map.set(key, value);
}
