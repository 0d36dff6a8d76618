/**
 * One attempt to sign in: may it be made, and is the password right? For `devices.ts`, and for every
 * other listener that asks for a password. Takes as long for unknown users as for known ones.
 *
 * Connections that a device opens together with the same password are one attempt, so that they do
 * not count as guessing.
 */
import type { Clock } from "../clock.ts";
import type { Secret } from "../secret.ts";
import type { CheckResult, Credential, Passwords } from "./passwords.ts";
import { SignInGuard } from "./sign-in-guard.ts";

export interface SignIn {
	/** Folded: equal names are equal texts. */
	readonly username: string;
	readonly password: Secret;
	/** What it is held against; undefined when the user is unknown or has no password. */
	readonly credential: Credential | undefined;
	/** Of the peer, as its socket gives it. */
	readonly address: string;
	/** The owner wrote this address down for this very name. */
	readonly atHome: boolean;
}

export class SignIns {
	readonly #passwords: Passwords;
	readonly #guard: SignInGuard;
	readonly #underway = new Map<string, Promise<CheckResult | "locked">>();

	constructor(clock: Clock, passwords: Passwords) {
		this.#passwords = passwords;
		this.#guard = new SignInGuard(clock);
	}

	/** `busy` and `locked` mean: not now, whether right or wrong. */
	async check(signIn: SignIn): Promise<CheckResult | "locked"> {
		const key = `${signIn.address} ${this.#passwords.fingerprint(signIn)}`;
		const underway = this.#underway.get(key);
		if (underway !== undefined) return underway;
		const attempt = this.#attempt(signIn);
		this.#underway.set(key, attempt);
		try {
			return await attempt;
		} finally {
			this.#underway.delete(key);
		}
	}

	/** An answer to a challenge (CRAM-MD5): looked at within the same limits, at once. */
	challenge(
		{ username, address, atHome }: Pick<SignIn, "username" | "address" | "atHome">,
		isRight: () => boolean,
	): CheckResult | "locked" {
		const attempt = this.#guard.begin(username, address, atHome);
		if (typeof attempt === "string") return attempt;
		const result = isRight() ? "right" : "wrong";
		attempt.end(result);
		return result;
	}

	async #attempt(signIn: SignIn): Promise<CheckResult | "locked"> {
		const attempt = this.#guard.begin(signIn.username, signIn.address, signIn.atHome);
		if (typeof attempt === "string") return attempt;
		let result: CheckResult = "busy";
		try {
			result = await this.#passwords.check({ ...signIn, source: signIn.address });
		} finally {
			attempt.end(result === "busy" ? "undecided" : result);
		}
		return result;
	}
}
