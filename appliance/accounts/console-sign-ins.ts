/**
 * One try to sign in at the console, or to do what wants the password again: may it be made, is the password
 * right, and what then? For people.ts. Guessing is slowed and locked by address and by name, apart from
 * that of devices; a name that nobody has costs as much time as one that somebody has.
 *
 * Refusals are thrown (`sign-in-wrong`, `sign-in-locked`, `sign-in-busy`) and leave a line in the log, with
 * the name only where it is somebody's: people type their password into the wrong field.
 */
import type { Clock } from "../clock.ts";
import type { Peer } from "../console-services.ts";
import type { Log } from "../log.ts";
import type { RefusalLog } from "../refusal-log.ts";
import type { Secret } from "../secret.ts";
import type { Passwords } from "./passwords.ts";
import { foldPersonName, type PersonRecord } from "./person-records.ts";
import { busyError, lockedError, wrongError } from "./sign-in-errors.ts";
import { type Attempt, SignInGuard } from "./sign-in-guard.ts";

export interface Try {
	readonly name: string;
	readonly password: Secret;
	readonly peer: Peer;
	/** Undefined: nobody has the name. */
	readonly person: PersonRecord | undefined;
}

/** `undecided`: right so far, and no proof that it was no guess. */
export type Judgement<Value> = { readonly outcome: "right" | "undecided"; readonly value: Value } | "wrong";

export class ConsoleSignIns {
	readonly #passwords: Passwords;
	readonly #guard: SignInGuard;
	readonly #log: Log;
	readonly #refusals: RefusalLog;

	constructor(clock: Clock, passwords: Passwords, log: Log, refusals: RefusalLog) {
		this.#passwords = passwords;
		this.#guard = new SignInGuard(clock);
		this.#log = log;
		this.#refusals = refusals;
	}

	/** What `onRight` makes of it, which is asked when the password is right. */
	async attempt<Value>(
		tried: Try,
		onRight: (person: PersonRecord) => Promise<Judgement<Value>>,
	): Promise<Value> {
		const attempt = this.#guard.begin(foldPersonName(tried.name), tried.peer.address, false);
		if (typeof attempt === "string") {
			this.#refuse(tried, attempt);
			throw attempt === "locked" ? lockedError() : busyError();
		}
		const judgement = await this.#judge(tried, attempt, onRight);
		if (judgement !== "wrong") return judgement.value;
		this.#refuse(tried, "wrong");
		throw wrongError();
	}

	async #judge<Value>(
		tried: Try,
		attempt: Attempt,
		onRight: (person: PersonRecord) => Promise<Judgement<Value>>,
	): Promise<Judgement<Value>> {
		let outcome: Parameters<Attempt["end"]>[0] = "undecided";
		try {
			const { person } = tried;
			const isRight = (await this.#hasPassword(tried)) && person !== undefined;
			const judgement = isRight ? await onRight(person) : "wrong";
			outcome = judgement === "wrong" ? "wrong" : judgement.outcome;
			return judgement;
		} finally {
			attempt.end(outcome);
		}
	}

	async #hasPassword(tried: Try): Promise<boolean> {
		const { name, password, peer, person } = tried;
		const checked = await this.#passwords.check({
			username: `console ${foldPersonName(name)}`,
			password,
			credential: person && { kind: "hash", hash: person.passwordHash },
			source: peer.address,
		});
		if (checked !== "busy") return checked === "right";
		this.#refuse(tried, "busy");
		throw busyError();
	}

	#refuse({ person, peer }: Try, reason: "wrong" | "locked" | "busy"): void {
		const name = person?.name ?? "(unknown)";
		const { address } = peer;
		this.#refusals.tell(address, () =>
			this.#log.warning("console-sign-in-refused", { name, address, reason }),
		);
	}
}
