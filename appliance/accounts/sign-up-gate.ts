/**
 * Who may begin to sign up, and how many at once: the rules, and bounds on trying. For join-desk.ts.
 *
 * Each sign-up asks something of Microsoft in the owner's name and tells whether an address is allowed, so what comes to
 * nothing counts as a wrong guess: it slows its place down and locks it as guessing at a password does. In memory.
 * Throws `UserError`; refusals leave a line in the log, so many an address and minute.
 */
import type { Clock } from "../clock.ts";
import type { Config } from "../config/schema.ts";
import type { Peer, SignUpJudgement } from "../console-services.ts";
import { UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import { addressKey } from "../mail/address.ts";
import type { RefusalLog } from "../refusal-log.ts";
import { type Attempt, SignInGuard } from "./sign-in-guard.ts";
import { judgeSignUp } from "./sign-up-rules.ts";

const MOST_AT_ONCE = 10;
/** One is its owner's; whoever begins another for the same address must not shut them out. */
const MOST_FOR_ONE_ADDRESS = 3;

export interface SignUpGateOptions {
	/** `[sign_up]` in force. */
	readonly settings: () => Config["sign_up"];
	readonly clock: Clock;
	readonly log: Log;
	readonly refusals: RefusalLog;
}

export interface Entry {
	readonly address: string;
	readonly peer: Peer;
	/** Need not be allowed: somebody who has come already wants to leave. */
	readonly isLeaving: boolean;
}

/** A sign-up under way. */
export interface Entered {
	/** To be called once. */
	end(outcome: "right" | "wrong"): void;
}

export class SignUpGate {
	readonly #options: SignUpGateOptions;
	readonly #guard: SignInGuard;
	/** Under way, by address. */
	readonly #underway = new Map<string, number>();

	constructor(options: SignUpGateOptions) {
		this.#options = options;
		this.#guard = new SignInGuard(options.clock);
	}

	get isOpen(): boolean {
		return this.#options.settings().enabled;
	}

	get mostPeople(): number {
		return this.#options.settings().most_people;
	}

	judge(address: string): SignUpJudgement {
		return judgeSignUp(this.#options.settings(), address);
	}

	/** Throws `sign-up-closed`, `sign-up-busy`, `sign-up-locked`, `sign-up-denied`. */
	enter({ address, peer, isLeaving }: Entry): Entered {
		if (!this.isOpen) throw closedError();
		const key = addressKey(address);
		const attempt = this.#attempt(key, peer);
		const judgement = this.judge(address);
		if (!judgement.may && !isLeaving) {
			attempt.end("wrong");
			throw this.refuse(deniedError(), peer, judgement.by === "no-address" ? "" : address);
		}
		this.#underway.set(key, this.#count(key) + 1);
		return {
			end: (outcome) => {
				attempt.end(outcome);
				const left = this.#count(key) - 1;
				if (left > 0) this.#underway.set(key, left);
				else this.#underway.delete(key);
			},
		};
	}

	/** The same question once more, of who has signed in. Throws `sign-up-closed`, `sign-up-denied`. */
	assertMay(who: string, peer: Peer): void {
		if (!this.isOpen) throw closedError();
		if (!this.judge(who).may) throw this.refuse(deniedError(), peer, who);
	}

	/** Logs why somebody is not let in; gives the error back. */
	refuse(error: UserError, { address }: Peer, who: string): UserError {
		const { log, refusals } = this.#options;
		refusals.tell(address, () => log.warning("sign-up-refused", { reason: error.code, who, address }));
		return error;
	}

	#attempt(key: string, peer: Peer): Attempt {
		const all = [...this.#underway.values()].reduce((sum, count) => sum + count, 0);
		if (all >= MOST_AT_ONCE || this.#count(key) >= MOST_FOR_ONE_ADDRESS) {
			throw this.refuse(busyError(), peer, "");
		}
		const attempt = this.#guard.begin(key, peer.address, false);
		if (attempt === "busy") throw this.refuse(busyError(), peer, "");
		if (attempt === "locked") throw this.refuse(lockedError(), peer, "");
		return attempt;
	}

	#count(key: string): number {
		return this.#underway.get(key) ?? 0;
	}
}

function closedError(): UserError {
	return new UserError(
		"sign-up-closed",
		"Nobody can sign up here by themselves.",
		"Ask whoever looks after this box for a user name and a password.",
	);
}

function deniedError(): UserError {
	return new UserError(
		"sign-up-denied",
		"This address may not sign up here.",
		"Check how it is written; else ask whoever looks after this box.",
	);
}

function busyError(): UserError {
	return new UserError(
		"sign-up-busy",
		"Too many people are signing up at this moment.",
		"Try again in a few minutes.",
	);
}

function lockedError(): UserError {
	return new UserError(
		"sign-up-locked",
		"Too many tries from here came to nothing.",
		"Wait a quarter of an hour, then try again.",
	);
}
