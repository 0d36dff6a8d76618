/**
 * The Microsoft accounts to send through: from the configuration file and saved by console or command
 * line. For smtp/, delivery and the services. Signing in is not its business.
 *
 * Look-ups are in memory. `save` and `remove` are on the card when they resolve, and throw `UserError`
 * for what the owner can mend.
 */

import type * as z from "zod";
import { recordProblems } from "../config/problems.ts";
import { savedAccountSchema } from "../config/record-schemas.ts";
import type { AccountConfig, Config } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import { addressKey } from "../mail/address.ts";
import type { AccountDraft } from "../services.ts";
import type { DocumentStore } from "../store/documents.ts";
import { REFUSING } from "../words/refusing.ts";
import { say } from "../words/saying.ts";
import { SIGN_IN } from "../words/sign-in.ts";
import { matchesPattern } from "./device-policy.ts";
import type { Account, Device, Origin } from "./model.ts";
import { judge, type Verdict, type Wanted } from "./taking.ts";

type AccountsConfig = Pick<Config, "account" | "microsoft">;

export interface AccountsOptions {
	readonly config: AccountsConfig;
	readonly documents: DocumentStore;
	readonly log: Log;
}

export class Accounts {
	readonly #options: AccountsOptions;
	#config: AccountsConfig;
	#byAddress: ReadonlyMap<string, Account> = new Map();
	/** Changes one at a time: each judges what the one before has left. */
	#changes: Promise<unknown> = Promise.resolve();

	private constructor(options: AccountsOptions) {
		this.#options = options;
		this.#config = options.config;
	}

	/** Reads what was saved. Rejects when the store does. */
	static async open(options: AccountsOptions): Promise<Accounts> {
		const accounts = new Accounts(options);
		await accounts.reload(options.config);
		return accounts;
	}

	/** Takes over a new configuration. An account of the file hides a saved one of the same address. */
	reload(config: AccountsConfig): Promise<void> {
		return this.#inTurn(async () => {
			const saved: Account[] = [];
			for (const { key, value } of await this.#options.documents.list("account")) {
				const parsed = savedAccountSchema.safeParse(value);
				if (parsed.success) saved.push(toAccount(parsed.data, config, "saved"));
				else this.#options.log.warning("account-left-out", { account: key, reason: "cannot be read" });
			}
			const fromFile = config.account.map((written) => toAccount(written, config, "file"));
			this.#config = config;
			this.#install([...saved, ...fromFile]);
		});
	}

	list(): readonly Account[] {
		return [...this.#byAddress.values()];
	}

	/** Those that are not somebody's own by self-service: what mail goes through that names none. */
	ofOwner(): readonly Account[] {
		return this.list().filter(({ joinedAt }) => joinedAt === undefined);
	}

	find(address: string): Account | undefined {
		return this.#byAddress.get(address.trim().toLowerCase());
	}

	/** Throws `account-unknown`. */
	get(address: string): Account {
		const account = this.find(address);
		if (account === undefined)
			throw new UserError("account-unknown", say(SIGN_IN.accountUnknown, { address }));
		return account;
	}

	/** The one it names, or the only one of the owner's; undefined when that is none or open. */
	forDevice(device: Pick<Device, "account">): Account | undefined {
		if (device.account !== "") return this.find(device.account);
		const [only, ...others] = this.ofOwner();
		return others.length === 0 ? only : undefined;
	}

	/**
	 * The one the device names, or the only one of the owner's; of several, the one that sends for the first of
	 * `senders` (From, reverse-path) that any of them sends for. Undefined when that is open.
	 */
	forMessage(device: Pick<Device, "account">, senders: readonly string[]): Account | undefined {
		const settled = this.forDevice(device);
		if (settled !== undefined || device.account !== "") return settled;
		for (const sender of senders) {
			const account = senderAccount(this.ofOwner(), sender);
			if (account !== undefined) return account;
		}
		return undefined;
	}

	/** It takes the message's sender to tell through which account the device's mail goes. */
	dependsOnSender(device: Pick<Device, "account">): boolean {
		return device.account === "" && this.ofOwner().length > 1;
	}

	/**
	 * Saves an account if it is new, or with what the draft changes; returns it as it then is. Throws
	 * `account-invalid`, and `account-locked` for a change to one that stands in the configuration file.
	 */
	save(draft: AccountDraft): Promise<Account> {
		return this.#inTurn(async () => {
			const before = this.find(draft.address);
			if (before !== undefined && !changes(before, draft)) return before;
			if (before?.origin === "file") throw lockedError(before.address);
			return this.#put(draft, before, before?.joinedAt);
		});
	}

	/** Saves those of the records that fit beside what is there, in one commit; a trial saves none. */
	take(wanted: readonly Wanted[], { isTrial }: { readonly isTrial: boolean }): Promise<readonly Verdict[]> {
		return this.#inTurn(async () => {
			const { verdicts, taken } = judge(wanted, {
				present: this.list(),
				read: (value) => toAccount(parseAccount(value), this.#config, "saved"),
				clashOf: ({ address }, others: readonly Account[]) =>
					others.some((other) => other.address === address) ? `there is an account ${address}` : undefined,
			});
			if (isTrial || taken.length === 0) return verdicts;
			const documents = taken.map(({ entry, value }) => [entry.address, value] as const);
			await this.#options.documents.change("account", documents);
			this.#install([...this.list(), ...taken.map(({ entry }) => entry)]);
			return verdicts;
		});
	}

	/**
	 * Saves the account of a person who comes by self-service, or comes again. Throws `sign-up-taken` where the owner
	 * has set the address up, which is left as it is; `account-invalid`.
	 */
	join(draft: AccountDraft, nowMs: number): Promise<Account> {
		return this.#inTurn(async () => {
			const key = addressKey(draft.address);
			const taken = this.ofOwner().find(({ address }) => addressKey(address) === key);
			if (taken !== undefined) throw takenError(taken.address);
			const before = this.find(draft.address);
			if (before !== undefined && !changes(before, draft)) return before;
			return this.#put(draft, before, before?.joinedAt ?? new Date(nowMs).toISOString());
		});
	}

	/** As it would be saved, to sign in with before anything is. Throws `account-invalid`. */
	candidate(draft: AccountDraft): Account {
		return toAccount(parseAccount(this.#written(draft, undefined, undefined)), this.#config, "saved");
	}

	/** `kept`: it stands in the configuration file. Throws `account-unknown`. */
	remove(address: string): Promise<"removed" | "kept"> {
		return this.#inTurn(async () => {
			const account = this.get(address);
			if (account.origin === "file") return "kept";
			await this.#options.documents.remove("account", account.address);
			this.#install(this.list().filter((other) => other !== account));
			return "removed";
		});
	}

	async #put(draft: AccountDraft, before: Account | undefined, joinedAt: string | undefined) {
		const value = this.#written(draft, before, joinedAt);
		const account = toAccount(parseAccount(value), this.#config, "saved");
		await this.#options.documents.put("account", account.address, value);
		this.#install([...this.#byAddress.values(), account]);
		return account;
	}

	#written(draft: AccountDraft, before: Account | undefined, joinedAt: string | undefined) {
		return {
			address: draft.address.trim().toLowerCase(),
			transport: draft.transport ?? before?.transport ?? "graph",
			method: draft.method ?? before?.method ?? "device-code",
			...this.#registrationOf(draft, before),
			...(joinedAt === undefined ? {} : { joined_at: joinedAt }),
		};
	}

	/** Its own app registration, where it has or gets one. */
	#registrationOf(draft: AccountDraft, before: Account | undefined) {
		const { microsoft } = this.#config;
		const own = (given: string | undefined, had: string | undefined, common: string) =>
			given ?? (had === common ? undefined : had);
		const clientId = own(draft.clientId, before?.clientId, microsoft.client_id);
		const tenant = own(draft.tenant, before?.tenant, microsoft.tenant);
		return {
			...(clientId === undefined ? {} : { client_id: clientId }),
			...(tenant === undefined ? {} : { tenant }),
		};
	}

	/** Later ones win. */
	#install(accounts: readonly Account[]): void {
		this.#byAddress = new Map(accounts.map((account) => [account.address, account]));
	}

	#inTurn<Result>(change: () => Promise<Result>): Promise<Result> {
		const turn = this.#changes.then(change);
		// The next change waits for this one and does not share its failure.
		this.#changes = turn.catch(() => undefined);
		return turn;
	}
}

/** Its own address, then a shared mailbox of its, then a pattern: the narrower word counts. */
function senderAccount(accounts: readonly Account[], sender: string): Account | undefined {
	const key = addressKey(sender);
	return (
		accounts.find(({ address }) => addressKey(address) === key) ??
		accounts.find(({ sharedMailboxes }) => sharedMailboxes.some((shared) => addressKey(shared) === key)) ??
		accounts.find(({ senders }) => senders.some((pattern) => matchesPattern(pattern, sender)))
	);
}

function changes(account: Account, { method, transport, clientId, tenant }: AccountDraft): boolean {
	return (
		(method ?? account.method) !== account.method ||
		(transport ?? account.transport) !== account.transport ||
		(clientId ?? account.clientId) !== account.clientId ||
		(tenant ?? account.tenant) !== account.tenant
	);
}

type WrittenAccount = AccountConfig & Partial<z.output<typeof savedAccountSchema>>;

function toAccount(written: WrittenAccount, { microsoft }: AccountsConfig, origin: Origin): Account {
	return {
		address: written.address,
		transport: written.transport,
		method: written.method,
		clientId: written.client_id ?? microsoft.client_id,
		tenant: written.tenant ?? microsoft.tenant,
		fetchOver: written.fetch_over,
		certificateFile: written.certificate_file ?? "",
		sharedMailboxes: written.shared_mailboxes,
		owner: written.owner ?? written.address,
		senders: written.senders,
		spreadOver: written.spread_over,
		limits: {
			messagesPerMinute: written.messages_per_minute,
			recipientsPerDay: written.recipients_per_day,
			requestsPerTenMinutes: written.requests_per_10_minutes,
			uploadBytesPerFiveMinutes: written.upload_per_5_minutes,
		},
		...(written.joined_at === undefined ? {} : { joinedAt: written.joined_at }),
		origin,
	};
}

function parseAccount(value: unknown): WrittenAccount {
	const parsed = savedAccountSchema.safeParse(value);
	if (parsed.success) return parsed.data;
	const problems = recordProblems("account", parsed.error.issues, value);
	throw new UserError("account-invalid", say(REFUSING.accountUnusable, { why: problems }));
}

function takenError(address: string): UserError {
	return new UserError(
		"sign-up-taken",
		`${address} was set up by whoever looks after this box, for other devices too.`,
		"Ask them for a user name and a password.",
	);
}

/** Why nothing but what is its person's may use it. */
export function assertMayUse(account: Account, person: string | undefined): void {
	if (account.joinedAt === undefined || account.address === person) return;
	throw new UserError(
		"account-personal",
		say(REFUSING.accountPersonal, { address: account.address }),
		REFUSING.accountPersonalDo,
	);
}

function lockedError(address: string): UserError {
	return new UserError("account-locked", say(REFUSING.accountLocked, { address }), REFUSING.changeInFile);
}
