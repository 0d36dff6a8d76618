/**
 * The logins that may fetch mail over POP3: from the configuration file and saved by console or command line. For pop3/
 * and the services. A login of the file hides a saved one of the same name.
 *
 * Look-ups are in memory. `add` and `remove` are on the card when they resolve, and throw `UserError` for what the owner
 * can mend. A failing store at a reload leaves everything as it was.
 */
import { createHash } from "node:crypto";
import type * as z from "zod";
import type { Clock } from "../clock.ts";
import { nearest } from "../config/nearest.ts";
import { recordProblems } from "../config/problems.ts";
import { savedMailboxSchema } from "../config/record-schemas.ts";
import type { Config } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Secret } from "../secret.ts";
import type { MailboxDraft } from "../services.ts";
import type { DocumentStore } from "../store/documents.ts";
import { REFUSING } from "../words/refusing.ts";
import { say } from "../words/saying.ts";
import { SIGN_IN } from "../words/sign-in.ts";
import { assertMayUse } from "./accounts.ts";
import { FilePasswords, isSavedPassword } from "./file-passwords.ts";
import { HashUpgrades } from "./hash-upgrades.ts";
import type { Account, Mailbox, Origin } from "./model.ts";
import { type Credential, generatePassword, type Passwords } from "./passwords.ts";
import { MAILBOX_PASSWORDS, RecoverableSecrets, type VaultKey } from "./recoverable-secrets.ts";
import { SignIns } from "./sign-ins.ts";
import { judge, type Verdict, type Wanted } from "./taking.ts";

export interface MailboxesOptions {
	readonly config: Pick<Config, "mailbox">;
	readonly documents: DocumentStore;
	readonly clock: Clock;
	readonly log: Log;
	readonly findAccount: (address: string) => Account | undefined;
	/** For passwords that APOP needs back. */
	readonly vaultKey: VaultKey;
	/** Shared with other listeners, so that they share its limits. */
	readonly passwords: Passwords;
}

type Written = z.output<typeof savedMailboxSchema>;

interface Entry {
	readonly mailbox: Mailbox;
	readonly written: Written;
	/** As it was saved, before it was read; of the file's none. */
	readonly raw?: Readonly<Record<string, unknown>>;
}

export type MailboxSignIn =
	| { readonly ok: true; readonly mailbox: Mailbox }
	| { readonly ok: false; readonly reason: "wrong" | "locked" | "busy" };

/** Longer than any that could be right. */
const LONGEST_USERNAME = 256;

export class Mailboxes {
	readonly #options: MailboxesOptions;
	readonly #filePasswords: FilePasswords;
	readonly #signIns: SignIns;
	readonly #recoverable: RecoverableSecrets;
	readonly #upgrades: HashUpgrades;
	#byUsername: ReadonlyMap<string, Entry> = new Map();
	/** Passwords of those with `apop` that are saved, by username. */
	#opened: ReadonlyMap<string, Secret> = new Map();
	/** Changes one at a time: each judges what the one before has left. */
	#changes: Promise<unknown> = Promise.resolve();

	private constructor(options: MailboxesOptions) {
		const { documents, passwords, log, clock, vaultKey } = options;
		this.#options = options;
		this.#filePasswords = new FilePasswords("mailbox", documents, passwords, log);
		this.#signIns = new SignIns(clock, passwords);
		this.#recoverable = new RecoverableSecrets(vaultKey, MAILBOX_PASSWORDS);
		this.#upgrades = new HashUpgrades({
			...{ passwords, log },
			save: (username, before, after) => this.#rehash(username, before, after),
		});
	}

	/** Reads what was saved. Rejects when the store does. */
	static async open(options: MailboxesOptions): Promise<Mailboxes> {
		const mailboxes = new Mailboxes(options);
		await mailboxes.reload(options.config);
		return mailboxes;
	}

	/** Takes over a new configuration; sessions in progress keep what they have. */
	reload(config: Pick<Config, "mailbox">): Promise<void> {
		return this.#inTurn(async () => {
			const { documents, log } = this.#options;
			const stored = await documents.list("mailbox");
			const entries = new Map<string, Entry>();
			for (const document of stored.filter((one) => !isSavedPassword(one))) {
				const parsed = savedMailboxSchema.safeParse(document.value);
				if (parsed.success) entries.set(parsed.data.username, savedEntry(parsed.data, document.value));
				else log.warning("mailbox-left-out", { mailbox: document.key, reason: "cannot be read" });
			}
			for (const written of config.mailbox) entries.set(written.username, entryOf(written, "file"));
			this.#opened = await this.#openPasswords(entries);
			this.#install(entries);
			const logins = [...entries.values()]
				.filter(({ mailbox }) => mailbox.origin === "file")
				.map(({ mailbox: { username }, written }) => ({
					username,
					owner: username,
					password: written.password,
					passwordHash: written.password_hash,
				}));
			this.#filePasswords.adopt(logins, stored);
		});
	}

	list(): readonly Mailbox[] {
		return [...this.#byUsername.values()].map(({ mailbox }) => mailbox);
	}

	find(username: string): Mailbox | undefined {
		return this.#byUsername.get(fold(username))?.mailbox;
	}

	/** Throws `mailbox-unknown`. */
	get(username: string): Mailbox {
		const mailbox = this.find(username);
		if (mailbox !== undefined) return mailbox;
		const meant = nearest(username, [...this.#byUsername.keys()]);
		throw new UserError(
			"mailbox-unknown",
			say(REFUSING.mailboxUnknown, { username }),
			meant === undefined ? REFUSING.seeMailboxes : say(REFUSING.didYouMean, { near: meant }),
		);
	}

	/** `busy` and `locked` mean: not now. Takes as long for unknown users as for known ones. */
	async authenticate(username: string, password: Secret, address: string): Promise<MailboxSignIn> {
		const name = fold(username);
		const credential = this.#credential(name);
		const knocker = { username: name, address, atHome: false };
		const result = await this.#signIns.check({ ...knocker, password, credential });
		if (result !== "right") return { ok: false, reason: result };
		// Looked up anew: it may have been removed during the check.
		const mailbox = this.find(name);
		if (mailbox === undefined) return { ok: false, reason: "wrong" };
		if (mailbox.origin === "saved") this.#upgrades.signedIn(name, password, credential);
		return { ok: true, mailbox };
	}

	/** APOP (RFC 1939 §7), for those whose owner turned it on. */
	authenticateByApop(username: string, stamp: string, digest: string, address: string): MailboxSignIn {
		const name = fold(username);
		const mailbox = this.find(name);
		const password = this.#recoverablePassword(name);
		const result = this.#signIns.challenge({ username: name, address, atHome: false }, () => {
			// An unknown user costs what a known one does.
			const expected = createHash("md5")
				.update(`${stamp}${password?.reveal() ?? ""}`)
				.digest("hex");
			return expected === digest && password !== undefined;
		});
		if (result !== "right") return { ok: false, reason: result };
		return mailbox === undefined ? { ok: false, reason: "wrong" } : { ok: true, mailbox };
	}

	/** Saves a new login. Throws `mailbox-exists`, `mailbox-invalid`, `account-unknown`, `account-personal`. */
	add(draft: MailboxDraft): Promise<{ readonly mailbox: Mailbox; readonly password: Secret }> {
		return this.#inTurn(async () => {
			const { documents, passwords, findAccount } = this.#options;
			const wanted = this.#complete(draft);
			const { mailbox } = entryOf(parse(wanted), "saved");
			if (this.#byUsername.has(mailbox.username)) {
				throw new UserError("mailbox-exists", say(REFUSING.mailboxExists, { username: mailbox.username }));
			}
			const account = findAccount(mailbox.account);
			if (mailbox.account !== "" && account === undefined) {
				throw new UserError(
					"account-unknown",
					say(SIGN_IN.accountUnknown, { address: mailbox.account }),
					say(REFUSING.accountMissing, { address: mailbox.account }),
				);
			}
			if (account !== undefined) assertMayUse(account, undefined);
			const password = generatePassword();
			const value = {
				...wanted,
				password_hash: (await passwords.hash(password)).reveal(),
				...(mailbox.apop
					? { recoverable_password: await this.#recoverable.seal(password, mailbox.username) }
					: {}),
			};
			const entry = savedEntry(parse(value), value);
			await documents.put("mailbox", mailbox.username, value);
			if (mailbox.apop) this.#opened = new Map([...this.#opened, [mailbox.username, password]]);
			this.#install(new Map([...this.#byUsername, [mailbox.username, entry]]));
			return { mailbox: entry.mailbox, password };
		});
	}

	/** As `Devices.take`. */
	take(wanted: readonly Wanted[], { isTrial }: { readonly isTrial: boolean }): Promise<readonly Verdict[]> {
		return this.#inTurn(async () => {
			const { verdicts, taken } = judge(wanted, {
				present: [...this.#byUsername.values()],
				read: (value) => savedEntry(parse(value), value),
				clashOf: ({ mailbox: { username } }, others: readonly Entry[]) =>
					others.some(({ mailbox }) => mailbox.username === username)
						? `there is a mailbox login "${username}"`
						: undefined,
			});
			if (isTrial || taken.length === 0) return verdicts;
			const byUsername = taken.map(({ entry }) => [entry.mailbox.username, entry] as const);
			const documents = taken.map(({ entry, value }) => [entry.mailbox.username, value] as const);
			await this.#options.documents.change("mailbox", documents);
			this.#install(new Map([...this.#byUsername, ...byUsername]));
			return verdicts;
		});
	}

	/** Throws `mailbox-unknown`, `mailbox-locked` (it stands in the configuration file). */
	remove(username: string): Promise<void> {
		return this.#inTurn(async () => {
			const mailbox = this.get(username);
			if (mailbox.origin === "file") {
				throw new UserError(
					"mailbox-locked",
					say(REFUSING.mailboxLocked, { username: mailbox.username }),
					REFUSING.removeInFile,
				);
			}
			await this.#options.documents.remove("mailbox", mailbox.username);
			this.#install(new Map([...this.#byUsername].filter(([name]) => name !== mailbox.username)));
			this.#opened = new Map([...this.#opened].filter(([name]) => name !== mailbox.username));
		});
	}

	/** Resolves when passwords found in the file, and hashes that are replaced, are saved. */
	async settled(): Promise<void> {
		await Promise.all([this.#filePasswords.settled(), this.#upgrades.settled()]);
	}

	#install(entries: ReadonlyMap<string, Entry>): void {
		this.#byUsername = entries;
		const hashes = [...entries.values()].flatMap(({ written }) => written.password_hash ?? []);
		this.#options.passwords.expect("mailboxes", hashes);
	}

	#rehash(username: string, before: Secret, after: Secret): Promise<void> {
		return this.#inTurn(async () => {
			const entry = this.#byUsername.get(username);
			// It may have been added anew since.
			if (entry?.written.password_hash?.reveal() !== before.reveal() || entry.raw === undefined) return;
			const value = { ...entry.raw, password_hash: after.reveal() };
			await this.#options.documents.put("mailbox", username, value);
			this.#install(new Map([...this.#byUsername, [username, savedEntry(parse(value), value)]]));
		});
	}

	#credential(username: string): Credential | undefined {
		const entry = this.#byUsername.get(username);
		if (entry === undefined) return undefined;
		if (entry.mailbox.origin === "file") return this.#filePasswords.credential(username);
		const hash = entry.written.password_hash;
		return hash === undefined ? undefined : { kind: "hash", hash };
	}

	#recoverablePassword(username: string): Secret | undefined {
		const entry = this.#byUsername.get(username);
		if (entry === undefined || !entry.mailbox.apop) return undefined;
		return entry.written.password ?? this.#opened.get(username);
	}

	async #openPasswords(entries: ReadonlyMap<string, Entry>): Promise<ReadonlyMap<string, Secret>> {
		const opened = new Map<string, Secret>();
		for (const { mailbox, written } of entries.values()) {
			if (!mailbox.apop || written.recoverable_password === undefined) continue;
			const password = await this.#recoverable.open(written.recoverable_password, mailbox.username);
			if (password !== undefined) opened.set(mailbox.username, password);
			else this.#options.log.warning("apop-password-lost", { mailbox: mailbox.username });
		}
		return opened;
	}

	/** In the form of the file. */
	#complete({ username, mailbox, account, onDelete, options }: MailboxDraft) {
		const address = mailbox.trim().toLowerCase();
		return {
			username: username ?? this.#suggest(address),
			mailbox: address,
			...(account === undefined ? {} : { account }),
			...(onDelete === undefined ? {} : { on_delete: onDelete }),
			...options,
		};
	}

	/** `orders@contoso.com` signs in as `orders`, the next one as `orders-2`. */
	#suggest(address: string): string {
		const base = address.slice(0, address.indexOf("@")).replaceAll(/[^a-z0-9._-]+/g, "-") || "mail";
		for (let number = 1; ; number += 1) {
			const name = number === 1 ? base : `${base}-${number}`;
			if (!this.#byUsername.has(name)) return name;
		}
	}

	#inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
		const turn = this.#changes.then(change);
		// The next change waits for this one and does not share its failure.
		this.#changes = turn.catch(() => undefined);
		return turn;
	}
}

function fold(username: string): string {
	return username.slice(0, LONGEST_USERNAME).trim().toLowerCase();
}

function entryOf(written: Written, origin: Origin): Entry {
	const mailbox: Mailbox = {
		username: written.username,
		mailbox: written.mailbox,
		account: written.account ?? "",
		folder: written.folder,
		onDelete: written.on_delete,
		onlyUnread: written.only_unread,
		markRead: written.mark_read,
		newerThanMs: written.newer_than,
		mostMessages: written.most_messages,
		cacheBytes: written.cache,
		exactSizes: written.exact_sizes,
		authWithoutTls: written.auth_without_tls,
		apop: written.apop,
		origin,
	};
	return { mailbox, written };
}

/** `value` is what `written` was read from. */
function savedEntry(written: Written, value: unknown): Entry {
	return { ...entryOf(written, "saved"), raw: value as Readonly<Record<string, unknown>> };
}

function parse(value: unknown): Written {
	const parsed = savedMailboxSchema.safeParse(value);
	if (parsed.success) return parsed.data;
	const problems = recordProblems("mailbox", parsed.error.issues, value);
	throw new UserError("mailbox-invalid", say(REFUSING.mailboxUnusable, { why: problems }));
}
