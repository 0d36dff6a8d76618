/**
 * The sign-in of a person: its record from the vault, kept alive and refreshed. For sign-ins.ts.
 *
 * Never throws for what Microsoft, the network or the card can cause. The record is given up only when
 * Microsoft says that the grant is dead.
 */
import type { Account } from "../accounts/model.ts";
import { asError } from "../errors.ts";
import type { AccountTrouble } from "../queue/transport.ts";
import { say } from "../words/saying.ts";
import { SIGN_IN } from "../words/sign-in.ts";
import { AccessTokens, type AskOutcome, ownerTextOf, resourceOf, type TokenAsker } from "./access-tokens.ts";
import { extraPermissions } from "./clouds.ts";
import type { Grant, GrantParts, GrantStatus } from "./grant.ts";
import { NetworkModule } from "./network-module.ts";
import type { SignInFault } from "./sign-in-errors.ts";
import type { SignInRecord } from "./sign-in-record.ts";
import type { SignInResult } from "./sign-in-result.ts";
import { SilentRefresh } from "./silent-refresh.ts";
import type { Resource, TokenResult } from "./token-source.ts";
import type { Vault, VaultReading } from "./vault.ts";

export interface PersonGrantParts extends GrantParts {
	readonly vault: Vault<SignInRecord>;
}

/** Refresh tokens live 90 days from their last use (learn.microsoft.com/entra/identity-platform/refresh-tokens). */
const GRANT_LIFE_MS = 90 * 24 * 60 * 60_000;

export class PersonGrant implements Grant, TokenAsker {
	readonly speaksFor = "person";
	readonly #address: string;
	readonly #parts: PersonGrantParts;
	readonly #tokens: AccessTokens;
	#reading: VaultReading<SignInRecord> = { state: "absent" };
	#silent: SilentRefresh | undefined;
	#unsaved = "";

	constructor(address: string, parts: PersonGrantParts) {
		this.#address = address;
		this.#parts = parts;
		this.#tokens = new AccessTokens({ address, clock: parts.clock, log: parts.log, asker: this });
	}

	async load(): Promise<void> {
		this.#reading = await this.#parts.vault.read(this.#address);
		if (this.#reading.state !== "unreadable") return;
		this.#parts.log.warning("vault-unreadable", { account: this.#address, reason: this.#reading.reason });
	}

	accessToken(account: Account, resource: Resource, forceRefresh: boolean): Promise<TokenResult> {
		return this.#tokens.get(account, resource, forceRefresh);
	}

	status(account: Account): GrantStatus {
		const record = this.#reading.state === "present" ? this.#reading.record : undefined;
		const refusal = this.#tokens.refusal(resourceOf(account));
		const lack = this.lacks(account) ?? (refusal?.kind === "needs-sign-in" ? refusal : undefined);
		const trouble = lack ?? refusal ?? this.#tokens.disturbance;
		const isLive = record?.grant.state === "live";
		return {
			needsSignIn: lack !== undefined,
			signedInAs: record?.signedInAs ?? "",
			signedInAtMs: record?.signedInAt,
			lapsesAtMs: isLive ? record.lastRefreshAt + GRANT_LIFE_MS : undefined,
			trouble: trouble?.ownerText ?? this.#unsaved,
		};
	}

	/** Takes a fresh sign-in in place of what was there. */
	async adopt(account: Account, result: SignInResult & { ok: true }): Promise<void> {
		await this.#tokens.afterOthers(async () => {
			const nowMs = this.#parts.clock.now();
			const record: SignInRecord = {
				msalCache: result.msalCache.reveal(),
				homeAccountId: result.homeAccountId,
				signedInAs: result.who,
				signedInAt: nowMs,
				lastRefreshAt: nowMs,
				clientId: account.clientId,
				loginUrl: this.#parts.endpoints().loginUrl,
				extras: [...extraPermissions(account)],
				grant: { state: "live" },
			};
			this.#forgetInMemory();
			this.#reading = { state: "present", record };
			this.#tokens.put(resourceOf(account), result.held);
			await this.#save(record);
		});
	}

	/**
	 * Takes the sign-in that another box has for the account, where it is the later one, or ours is of no use and theirs has
	 * been since. True when it did. Both go on with tokens of their own: Microsoft lets an older one live when it gives a new one.
	 */
	takeOver(theirs: SignInRecord): Promise<boolean> {
		return this.#tokens.afterOthers(async () => {
			if (!isBetter(theirs, this.#reading)) return false;
			this.#forgetInMemory();
			this.#reading = { state: "present", record: theirs };
			await this.#save(theirs);
			return true;
		});
	}

	async forget(): Promise<void> {
		await this.#tokens.afterOthers(async () => {
			this.#forgetInMemory();
			this.#reading = { state: "absent" };
			await this.#parts.vault.remove(this.#address);
		});
	}

	async keepAlive(account: Account, maxAgeMs: number): Promise<void> {
		const record = this.#usable(account);
		if ("kind" in record) return;
		const { clock } = this.#parts;
		const { refreshedAtMs } = this.#tokens;
		const ageMs =
			refreshedAtMs === undefined
				? Math.abs(clock.now() - record.lastRefreshAt)
				: clock.monotonicMs() - refreshedAtMs;
		if (ageMs >= maxAgeMs) await this.accessToken(account, resourceOf(account), true);
	}

	async settled(): Promise<void> {
		await this.#tokens.afterOthers(() => Promise.resolve());
	}

	lacks(account: Account): AccountTrouble | undefined {
		const record = this.#usable(account);
		return "kind" in record ? record : undefined;
	}

	async ask(account: Account, resource: Resource, force: boolean): Promise<AskOutcome> {
		const record = this.#live();
		const silent = await this.#openSilent(account, record);
		// MSAL trusts the wall clock with a cached token; one that has gone back since is not to be trusted.
		const isClockBack = this.#parts.clock.now() < record.lastRefreshAt;
		return silent.run(resource, force || isClockBack);
	}

	async granted(): Promise<void> {
		const record = this.#live();
		record.lastRefreshAt = this.#parts.clock.now();
		await this.#save(record);
	}

	async refused(account: Account, resource: Resource, fault: SignInFault): Promise<AccountTrouble> {
		const { reason } = fault;
		const ownerText = ownerTextOf(fault);
		if (fault.kind === "dead-grant") {
			const record = this.#live();
			this.#tokens.drop();
			this.#silent = undefined;
			record.msalCache = "";
			record.grant = { state: "dead", at: this.#parts.clock.now(), ownerText, reason };
			await this.#save(record);
			return needs(reason, ownerText);
		}
		// A person can help the account itself; a second resource is an extra that it may do without.
		const isForPerson = fault.kind === "needs-interaction" && resource === resourceOf(account);
		return { kind: isForPerson ? "needs-sign-in" : "blocked", reason, ownerText };
	}

	#forgetInMemory(): void {
		this.#tokens.forget();
		this.#silent = undefined;
		this.#unsaved = "";
	}

	#usable(account: Account): SignInRecord | AccountTrouble {
		const reading = this.#reading;
		const who = this.#address;
		if (reading.state === "absent")
			return needs("nobody signed in", `Nobody has signed in to ${who} yet. Sign in.`);
		if (reading.state === "unreadable") {
			return needs(
				reading.reason,
				`The stored sign-in of ${who} cannot be read (${reading.reason}). Sign in again.`,
			);
		}
		const { record } = reading;
		if (record.grant.state === "dead") return needs(record.grant.reason, record.grant.ownerText);
		if (record.clientId !== account.clientId || record.loginUrl !== this.#parts.endpoints().loginUrl) {
			const text = `The sign-in of ${who} was made with another app registration or cloud. Sign in again.`;
			return needs("made with another registration", text);
		}
		return record;
	}

	/** Only after `lacks` found nothing missing; nothing else changes it meanwhile (`afterOthers`). */
	#live(): SignInRecord {
		if (this.#reading.state !== "present") throw new Error("there is no sign-in");
		return this.#reading.record;
	}

	/** A card that cannot be written does not stop mail; the sign-in then lasts until the next restart. */
	async #save(record: SignInRecord): Promise<void> {
		try {
			await this.#parts.vault.write(this.#address, record);
			this.#unsaved = "";
		} catch (error) {
			const { message } = asError(error);
			this.#parts.log.error("vault-not-written", { account: this.#address, reason: message });
			this.#unsaved = say(SIGN_IN.unsaved, { why: message });
		}
	}

	async #openSilent(account: Account, record: SignInRecord): Promise<SilentRefresh> {
		if (this.#silent?.isFor(account, record) === true) return this.#silent;
		const { http, clock, stopping } = this.#parts;
		const endpoints = this.#parts.endpoints();
		const network = new NetworkModule({ http, clock, signal: stopping, gate: this.#tokens.gate });
		this.#silent = await SilentRefresh.open({ account, endpoints, network, record, clock });
		return this.#silent;
	}
}

function isBetter(theirs: SignInRecord, reading: VaultReading<SignInRecord>): boolean {
	if (theirs.grant.state === "dead") return false;
	if (reading.state !== "present") return true;
	const { signedInAt, grant } = reading.record;
	return theirs.signedInAt > signedInAt || (grant.state === "dead" && theirs.lastRefreshAt > grant.at);
}

function needs(reason: string, ownerText: string): AccountTrouble {
	return { kind: "needs-sign-in", reason, ownerText };
}
