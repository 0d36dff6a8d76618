/**
 * Hashes that came from another program (bcrypt) are replaced with our own kind once their password has been
 * given, which is the only time it is known. For devices.ts and mailboxes.ts.
 *
 * In the background: nobody waits for it. A hash that cannot be saved is logged, goes on working, and is tried
 * again at the next sign-in. `settled` never rejects.
 */
import { isBcryptHash } from "../config/password-hash.ts";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Secret } from "../secret.ts";
import type { Credential, Passwords } from "./passwords.ts";

export interface HashUpgradesOptions {
	readonly passwords: Passwords;
	readonly log: Log;
	/** Puts a hash in the place of the one that was there when the password was right; of another one it keeps off. */
	readonly save: (username: string, before: Secret, after: Secret) => Promise<void>;
}

export class HashUpgrades {
	readonly #options: HashUpgradesOptions;
	readonly #underway = new Map<string, Promise<void>>();

	constructor(options: HashUpgradesOptions) {
		this.#options = options;
	}

	/** To be told of every right password of a saved login. */
	signedIn(username: string, password: Secret, credential: Credential | undefined): void {
		if (credential?.kind !== "hash" || !isBcryptHash(credential.hash.reveal())) return;
		if (this.#underway.has(username)) return;
		const { hash } = credential;
		this.#underway.set(
			username,
			this.#replace(username, password, hash).finally(() => this.#underway.delete(username)),
		);
	}

	async settled(): Promise<void> {
		await Promise.all(this.#underway.values());
	}

	async #replace(username: string, password: Secret, before: Secret): Promise<void> {
		const { passwords, log, save } = this.#options;
		try {
			await save(username, before, await passwords.hash(password));
			log.notice("password-rehashed", { username });
		} catch (error) {
			log.error("password-not-saved", { username, error: asError(error).message });
		}
	}
}
