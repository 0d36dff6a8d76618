/**
 * One account's sign-in while the appliance runs: its record from the vault, the access tokens in
 * memory, and every refresh, one at a time. For sign-ins.ts.
 *
 * Never throws for what Microsoft, the network or the card can cause. Tokens are refreshed well
 * before they expire, and an old one serves as long as it lives when the refresh fails. The record
 * is given up only when Microsoft says that the grant is dead.
 */
import type { Account } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import { asError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { AccountTrouble } from "../queue/transport.ts";
import type { Endpoints } from "./clouds.ts";
import type { SignInResult } from "./device-code.ts";
import type { HeldToken } from "./held-token.ts";
import type { HttpClient } from "./http.ts";
import { NetworkModule } from "./network-module.ts";
import { RefreshGate } from "./refresh-gate.ts";
import type { SignInFault } from "./sign-in-errors.ts";
import { SilentRefresh } from "./silent-refresh.ts";
import type { Resource, TokenResult } from "./token-source.ts";
import type { Vault, VaultReading, VaultRecord } from "./vault.ts";

export interface GrantParts {
	readonly vault: Vault;
	readonly http: HttpClient;
	readonly clock: Clock;
	readonly log: Log;
	readonly endpoints: () => Endpoints;
	/** Aborts when the appliance stops. */
	readonly stopping: AbortSignal;
}

/** An administrator may mend a rule or a registration meanwhile; until then Microsoft is asked this often. */
const REFUSED_WAIT_MS = 15 * 60_000;
/** A 401 right after a refresh is not cured by another; Microsoft calls that a loop (AADSTS50196). */
const FORCED_SPACING_MS = 10_000;

interface Standing {
	readonly trouble: AccountTrouble;
	readonly untilMs: number;
}

export class Grant {
	readonly #address: string;
	readonly #parts: GrantParts;
	readonly #gate: RefreshGate;
	readonly #tokens = new Map<Resource, HeldToken>();
	readonly #refusals = new Map<Resource, Standing>();
	readonly #inFlight = new Map<Resource, Promise<TokenResult>>();
	#reading: VaultReading = { state: "absent" };
	#silent: SilentRefresh | undefined;
	/** What went wrong last with the way to Microsoft; undefined when the last refresh was good. */
	#disturbance: AccountTrouble | undefined;
	#unsaved = "";
	#refreshedAtMs: number | undefined;
	#last: Promise<unknown> = Promise.resolve();

	constructor(address: string, parts: GrantParts) {
		this.#address = address;
		this.#parts = parts;
		this.#gate = new RefreshGate(parts.clock);
	}

	async load(): Promise<void> {
		this.#reading = await this.#parts.vault.read(this.#address);
		if (this.#reading.state !== "unreadable") return;
		this.#parts.log.warning("vault-unreadable", { account: this.#address, reason: this.#reading.reason });
	}

	/** The record, also one that is dead or of no use now; undefined when there is none. */
	get record(): VaultRecord | undefined {
		return this.#reading.state === "present" ? this.#reading.record : undefined;
	}

	/** Why somebody must sign in; undefined when nobody must. */
	needsSignIn(account: Account): AccountTrouble | undefined {
		const record = this.#usable(account);
		if ("kind" in record) return record;
		const refusal = this.#refusals.get(resourceOf(account))?.trouble;
		return refusal?.kind === "needs-sign-in" ? refusal : undefined;
	}

	/** The owner's text of whatever is wrong just now, or empty. */
	trouble(account: Account): string {
		const refusal = this.#refusals.get(resourceOf(account))?.trouble;
		const trouble = this.needsSignIn(account) ?? refusal ?? this.#disturbance;
		return trouble?.ownerText ?? this.#unsaved;
	}

	async accessToken(account: Account, resource: Resource, forceRefresh: boolean): Promise<TokenResult> {
		const nowMs = this.#parts.clock.monotonicMs();
		const record = this.#usable(account);
		if ("kind" in record) return { ok: false, trouble: record };
		const held = this.#tokens.get(resource);
		if (held !== undefined) {
			const justMade = forceRefresh && nowMs - held.refreshedAtMs < FORCED_SPACING_MS;
			if (justMade || (!forceRefresh && nowMs < held.freshUntilMs)) return served(held);
		}
		const result = await this.#refreshOnce(account, resource, forceRefresh);
		if (result.ok || forceRefresh || held === undefined || !this.#tokens.has(resource)) return result;
		return this.#parts.clock.monotonicMs() < held.goodUntilMs ? served(held) : result;
	}

	/** Takes a fresh sign-in in place of what was there. */
	async adopt(account: Account, result: SignInResult & { ok: true }): Promise<void> {
		await this.#afterOthers(async () => {
			const nowMs = this.#parts.clock.now();
			const record: VaultRecord = {
				msalCache: result.msalCache.reveal(),
				homeAccountId: result.homeAccountId,
				signedInAs: result.who,
				signedInAt: nowMs,
				lastRefreshAt: nowMs,
				clientId: account.clientId,
				loginUrl: this.#parts.endpoints().loginUrl,
				grant: { state: "live" },
			};
			this.#forgetInMemory();
			this.#reading = { state: "present", record };
			this.#tokens.set(resourceOf(account), result.held);
			this.#refreshedAtMs = this.#parts.clock.monotonicMs();
			await this.#save(record);
		});
	}

	async forget(): Promise<void> {
		await this.#afterOthers(async () => {
			this.#forgetInMemory();
			this.#reading = { state: "absent" };
			await this.#parts.vault.remove(this.#address);
		});
	}

	/** Refreshes when the last time is longer ago than `maxAgeMs`, so that the grant does not lapse unused. */
	async keepAlive(account: Account, maxAgeMs: number): Promise<void> {
		const record = this.#usable(account);
		if ("kind" in record) return;
		const { clock } = this.#parts;
		const ageMs =
			this.#refreshedAtMs === undefined
				? Math.abs(clock.now() - record.lastRefreshAt)
				: clock.monotonicMs() - this.#refreshedAtMs;
		if (ageMs >= maxAgeMs) await this.accessToken(account, resourceOf(account), true);
	}

	/** Resolves when nothing of this account is under way. */
	async settled(): Promise<void> {
		await this.#afterOthers(() => Promise.resolve());
	}

	#forgetInMemory(): void {
		this.#tokens.clear();
		this.#refusals.clear();
		this.#gate.opened();
		this.#silent = undefined;
		this.#disturbance = undefined;
		this.#unsaved = "";
		this.#refreshedAtMs = undefined;
	}

	#usable(account: Account): VaultRecord | AccountTrouble {
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

	/** A refusal so young that it is not put to the test again. */
	#standing(resource: Resource): AccountTrouble | undefined {
		const standing = this.#refusals.get(resource);
		if (standing === undefined || standing.untilMs <= this.#parts.clock.monotonicMs()) return undefined;
		return standing.trouble;
	}

	/** All who ask for the same token meanwhile get the same answer. */
	#refreshOnce(account: Account, resource: Resource, forceRefresh: boolean): Promise<TokenResult> {
		const running = this.#inFlight.get(resource);
		if (running !== undefined) return running;
		const started = this.#afterOthers(() => this.#refresh(account, resource, forceRefresh)).finally(() =>
			this.#inFlight.delete(resource),
		);
		this.#inFlight.set(resource, started);
		return started;
	}

	/** One at a time for an account, because MSAL reloads its whole cache at each call. */
	#afterOthers<T>(work: () => Promise<T>): Promise<T> {
		const started = this.#last.then(work, work);
		this.#last = started.catch(() => undefined);
		return started;
	}

	async #refresh(account: Account, resource: Resource, forceRefresh: boolean): Promise<TokenResult> {
		const record = this.#usable(account);
		if ("kind" in record) return { ok: false, trouble: record };
		const standing = this.#standing(resource) ?? (this.#gate.waitMs() > 0 ? this.#disturbance : undefined);
		if (standing !== undefined) return { ok: false, trouble: this.#withWait(standing) };
		const silent = await this.#openSilent(account, record);
		// MSAL trusts the wall clock with a cached token; one that has gone back since is not to be trusted.
		const force =
			forceRefresh || this.#tokens.has(resource) || this.#parts.clock.now() < record.lastRefreshAt;
		const outcome = await silent.run(resource, force);
		if (!outcome.ok) {
			return { ok: false, trouble: await this.#refused(account, resource, record, outcome.fault) };
		}
		await this.#refreshed(record, resource, outcome.held, outcome.fromCache);
		return served(outcome.held);
	}

	async #refreshed(
		record: VaultRecord,
		resource: Resource,
		held: HeldToken,
		fromCache: boolean,
	): Promise<void> {
		this.#refusals.delete(resource);
		this.#tokens.set(resource, held);
		if (fromCache) return;
		this.#disturbance = undefined;
		this.#refreshedAtMs = this.#parts.clock.monotonicMs();
		record.lastRefreshAt = this.#parts.clock.now();
		await this.#save(record);
	}

	async #refused(
		account: Account,
		resource: Resource,
		record: VaultRecord,
		fault: SignInFault,
	): Promise<AccountTrouble> {
		const { log, clock } = this.#parts;
		log.warning("token-refused", {
			account: this.#address,
			resource,
			kind: fault.kind,
			reason: fault.reason,
		});
		const ownerText = `${fault.ownerText} ${fault.hint}`;
		if (fault.kind === "transient") {
			const kind = fault.line ? "unreachable" : "throttled";
			this.#disturbance = { kind, reason: fault.reason, ownerText };
			// The network module has closed it already, unless MSAL choked on an answer that looked good.
			if (this.#gate.waitMs() === 0) this.#gate.refused(fault);
			return this.#withWait(this.#disturbance);
		}
		if (fault.kind === "dead-grant") {
			this.#tokens.clear();
			this.#silent = undefined;
			record.msalCache = "";
			record.grant = { state: "dead", at: clock.now(), ownerText, reason: fault.reason };
			await this.#save(record);
			return needs(fault.reason, ownerText);
		}
		// A person can help the account itself; a second resource is an extra that it may do without.
		const signIn = fault.kind === "needs-interaction" && resource === resourceOf(account);
		const trouble: AccountTrouble = {
			kind: signIn ? "needs-sign-in" : "blocked",
			reason: fault.reason,
			ownerText,
		};
		this.#refusals.set(resource, { trouble, untilMs: clock.monotonicMs() + REFUSED_WAIT_MS });
		return trouble;
	}

	#withWait(trouble: AccountTrouble): AccountTrouble {
		if (trouble.kind !== "throttled") return trouble;
		return { ...trouble, retryAfterMs: Math.ceil(this.#gate.waitMs()) };
	}

	/** A card that cannot be written does not stop mail; the sign-in then lasts until the next restart. */
	async #save(record: VaultRecord): Promise<void> {
		try {
			await this.#parts.vault.write(this.#address, record);
			this.#unsaved = "";
		} catch (error) {
			const { message } = asError(error);
			this.#parts.log.error("vault-not-written", { account: this.#address, reason: message });
			this.#unsaved = `The sign-in works but could not be saved (${message}); it will be asked for after a restart.`;
		}
	}

	async #openSilent(account: Account, record: VaultRecord): Promise<SilentRefresh> {
		if (this.#silent?.isFor(account, record) === true) return this.#silent;
		const { http, clock, stopping } = this.#parts;
		const endpoints = this.#parts.endpoints();
		const network = new NetworkModule({ http, clock, signal: stopping, gate: this.#gate });
		this.#silent = await SilentRefresh.open({ account, endpoints, network, record, clock });
		return this.#silent;
	}
}

/** The resource by which the account sends. */
export function resourceOf(account: Account): Resource {
	return account.transport === "smtp" ? "outlook" : "graph";
}

function served({ token, expiresAtMs }: HeldToken): TokenResult {
	return { ok: true, token, expiresAtMs };
}

function needs(reason: string, ownerText: string): AccountTrouble {
	return { kind: "needs-sign-in", reason, ownerText };
}
