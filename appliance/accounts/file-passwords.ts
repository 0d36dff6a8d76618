/**
 * Passwords that the owner wrote into the configuration file in clear (`password = "…"`): they work at
 * once, their hash is saved beside the queue, and the owner is told to remove the line, after which
 * the saved hash goes on working. For `devices.ts` and `mailboxes.ts`.
 *
 * A hash that cannot be saved is logged and tried again at the next reading of the file; the password
 * in the file works meanwhile.
 */
import * as z from "zod";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import { Secret } from "../secret.ts";
import type { DocumentStore, StoredDocument } from "../store/documents.ts";
import type { Credential, Passwords } from "./passwords.ts";

export interface FileLogin {
	readonly username: string;
	/** Whose it is, for the log. */
	readonly owner: string;
	readonly password: Secret | undefined;
	readonly passwordHash: Secret | undefined;
}

const KEY_PREFIX = "password:";
const savedHash = z.strictObject({ password_hash: z.string().max(1000) });

/** True for the documents of such a kind that are this module's. */
export function isSavedPassword({ key }: StoredDocument): boolean {
	return key.startsWith(KEY_PREFIX);
}

/** Whose passwords: names of devices and of mailboxes are apart. */
export type FileLogins = "device" | "mailbox";

export class FilePasswords {
	readonly #kind: FileLogins;
	readonly #documents: DocumentStore;
	readonly #passwords: Passwords;
	readonly #log: Log;
	#credentials: ReadonlyMap<string, Credential> = new Map();
	#saving: Promise<void> = Promise.resolve();

	constructor(kind: FileLogins, documents: DocumentStore, passwords: Passwords, log: Log) {
		this.#kind = kind;
		this.#documents = documents;
		this.#passwords = passwords;
		this.#log = log;
	}

	/** Takes over a new reading of the file. Hashes are saved in the background: see `settled`. */
	adopt(logins: readonly FileLogin[], stored: readonly StoredDocument[]): void {
		const saved = new Map<string, Secret>();
		for (const document of stored.filter(isSavedPassword)) {
			const parsed = savedHash.safeParse(document.value);
			const username = document.key.slice(KEY_PREFIX.length);
			if (parsed.success) saved.set(username, new Secret(parsed.data.password_hash));
		}
		this.#credentials = new Map(
			logins.flatMap((login) => {
				const credential = credentialOf(login, saved.get(login.username));
				return credential === undefined ? [] : [[login.username, credential]];
			}),
		);
		this.#saving = this.#saving.then(() => this.#save(logins, saved));
	}

	/** Undefined when the file gives the username no password. */
	credential(username: string): Credential | undefined {
		return this.#credentials.get(username);
	}

	/** Resolves when all that `adopt` began is on the card or logged. Never rejects. */
	settled(): Promise<void> {
		return this.#saving;
	}

	async #save(logins: readonly FileLogin[], saved: ReadonlyMap<string, Secret>): Promise<void> {
		try {
			for (const login of logins) {
				if (login.password !== undefined)
					await this.#saveOne(login, login.password, saved.get(login.username));
			}
			const named = new Set(logins.map(({ username }) => username));
			// A name that leaves the file and comes back must not bring its old password with it.
			for (const username of saved.keys()) {
				if (!named.has(username)) await this.#documents.remove(this.#kind, KEY_PREFIX + username);
			}
		} catch (error) {
			this.#log.error("password-not-saved", { error: asError(error).message });
		}
	}

	async #saveOne(
		{ username, owner }: FileLogin,
		password: Secret,
		before: Secret | undefined,
	): Promise<void> {
		this.#log.warning("password-in-file", {
			[this.#kind]: owner,
			advice: 'its hash is saved; remove the line password = "…" from the configuration file',
		});
		if (before !== undefined) {
			const credential = { kind: "hash", hash: before } as const;
			const same = await this.#passwords.check({ username, password, credential, source: "file" });
			if (same === "right") return;
		}
		const hash = await this.#passwords.hash(password);
		await this.#documents.put(this.#kind, KEY_PREFIX + username, { password_hash: hash.reveal() });
	}
}

function credentialOf(login: FileLogin, saved: Secret | undefined): Credential | undefined {
	if (login.password !== undefined) return { kind: "plain", password: login.password };
	const hash = login.passwordHash ?? saved;
	return hash === undefined ? undefined : { kind: "hash", hash };
}
