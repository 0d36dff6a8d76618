/**
 * One account's access tokens while the appliance runs: kept in memory, asked for one at a time, refreshed
 * well before they expire; an old one serves as long as it lives when the refresh fails. For person-grant.ts
 * and app-grant.ts, which know what to ask with.
 *
 * Never throws for what Microsoft, the network or the card can cause.
 */
import type { Account } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { AccountTrouble } from "../queue/transport.ts";
import type { HeldToken } from "./held-token.ts";
import { RefreshGate } from "./refresh-gate.ts";
import type { SignInFault } from "./sign-in-errors.ts";
import type { Resource, TokenResult } from "./token-source.ts";

export type AskOutcome =
	| { readonly ok: true; readonly held: HeldToken; readonly fromCache: boolean }
	| { readonly ok: false; readonly fault: SignInFault };

/** What tokens are asked for with: a person's sign-in, or a certificate. */
export interface TokenAsker {
	readonly speaksFor: "person" | "app";
	/** Why there is nothing to ask with; undefined when there is. */
	lacks(account: Account): AccountTrouble | undefined;
	/** Asks Microsoft; with `force` also when some cache holds a token that looks good. */
	ask(account: Account, resource: Resource, force: boolean): Promise<AskOutcome>;
	/** Microsoft gave a new token. */
	granted(): Promise<void>;
	/** Microsoft refused for a reason that time does not cure. */
	refused(account: Account, resource: Resource, fault: SignInFault): Promise<AccountTrouble>;
}

export interface AccessTokensOptions {
	readonly address: string;
	readonly clock: Clock;
	readonly log: Log;
	readonly asker: TokenAsker;
}

/** An administrator may mend a rule or a registration meanwhile; until then Microsoft is asked this often. */
const REFUSED_WAIT_MS = 15 * 60_000;
/** A 401 right after a refresh is not cured by another; Microsoft calls that a loop (AADSTS50196). */
const FORCED_SPACING_MS = 10_000;

interface Standing {
	readonly trouble: AccountTrouble;
	readonly untilMs: number;
}

export class AccessTokens {
	/** Closed for a while after trouble with the way to Microsoft. */
	readonly gate: RefreshGate;
	readonly #options: AccessTokensOptions;
	readonly #held = new Map<Resource, HeldToken>();
	readonly #refusals = new Map<Resource, Standing>();
	readonly #inFlight = new Map<Resource, Promise<TokenResult>>();
	/** What went wrong last with the way to Microsoft; undefined when the last refresh was good. */
	#disturbance: AccountTrouble | undefined;
	#refreshedAtMs: number | undefined;
	#last: Promise<unknown> = Promise.resolve();

	constructor(options: AccessTokensOptions) {
		this.#options = options;
		this.gate = new RefreshGate(options.clock);
	}

	/** Monotonic; undefined when Microsoft gave none in this run. */
	get refreshedAtMs(): number | undefined {
		return this.#refreshedAtMs;
	}

	/** What Microsoft said no with, last. */
	refusal(resource: Resource): AccountTrouble | undefined {
		return this.#refusals.get(resource)?.trouble;
	}

	get disturbance(): AccountTrouble | undefined {
		return this.#disturbance;
	}

	async get(account: Account, resource: Resource, forceRefresh: boolean): Promise<TokenResult> {
		const { clock, asker } = this.#options;
		const nowMs = clock.monotonicMs();
		const lack = asker.lacks(account);
		if (lack !== undefined) return { ok: false, trouble: lack };
		const held = this.#held.get(resource);
		if (held !== undefined) {
			const justMade = forceRefresh && nowMs - held.refreshedAtMs < FORCED_SPACING_MS;
			if (justMade || (!forceRefresh && nowMs < held.freshUntilMs)) return this.#served(held);
		}
		const result = await this.#refreshOnce(account, resource, forceRefresh);
		if (result.ok || forceRefresh || held === undefined || !this.#held.has(resource)) return result;
		return clock.monotonicMs() < held.goodUntilMs ? this.#served(held) : result;
	}

	/** A token that came with a sign-in. Call it in `afterOthers`. */
	put(resource: Resource, held: HeldToken): void {
		this.#held.set(resource, held);
		this.#refreshedAtMs = this.#options.clock.monotonicMs();
	}

	/** The tokens in memory, and all that is known of the last refusals. */
	forget(): void {
		this.#held.clear();
		this.#refusals.clear();
		this.gate.opened();
		this.#disturbance = undefined;
		this.#refreshedAtMs = undefined;
	}

	/** The tokens in memory only. */
	drop(): void {
		this.#held.clear();
	}

	/** Work on the sign-in, one at a time for an account: MSAL reloads its whole cache at each call. */
	afterOthers<T>(work: () => Promise<T>): Promise<T> {
		const started = this.#last.then(work, work);
		this.#last = started.catch(() => undefined);
		return started;
	}

	/** All who ask for the same token meanwhile get the same answer. */
	#refreshOnce(account: Account, resource: Resource, forceRefresh: boolean): Promise<TokenResult> {
		const running = this.#inFlight.get(resource);
		if (running !== undefined) return running;
		const started = this.afterOthers(() => this.#refresh(account, resource, forceRefresh)).finally(() =>
			this.#inFlight.delete(resource),
		);
		this.#inFlight.set(resource, started);
		return started;
	}

	async #refresh(account: Account, resource: Resource, forceRefresh: boolean): Promise<TokenResult> {
		const { asker } = this.#options;
		const lack = asker.lacks(account);
		if (lack !== undefined) return { ok: false, trouble: lack };
		const standing = this.#standing(resource) ?? (this.gate.waitMs() > 0 ? this.#disturbance : undefined);
		if (standing !== undefined) return { ok: false, trouble: this.#withWait(standing) };
		const outcome = await asker.ask(account, resource, forceRefresh || this.#held.has(resource));
		if (!outcome.ok) return { ok: false, trouble: await this.#refused(account, resource, outcome.fault) };
		this.#refusals.delete(resource);
		this.#held.set(resource, outcome.held);
		if (!outcome.fromCache) {
			this.#disturbance = undefined;
			this.#refreshedAtMs = this.#options.clock.monotonicMs();
			await asker.granted();
		}
		return this.#served(outcome.held);
	}

	async #refused(account: Account, resource: Resource, fault: SignInFault): Promise<AccountTrouble> {
		const { log, clock, asker, address } = this.#options;
		log.warning("token-refused", { account: address, resource, kind: fault.kind, reason: fault.reason });
		if (fault.kind === "transient") {
			const kind = fault.line ? "unreachable" : "throttled";
			this.#disturbance = { kind, reason: fault.reason, ownerText: ownerTextOf(fault) };
			// The network module has closed it already, unless MSAL choked on an answer that looked good.
			if (this.gate.waitMs() === 0) this.gate.refused(fault);
			return this.#withWait(this.#disturbance);
		}
		const trouble = await asker.refused(account, resource, fault);
		this.#refusals.set(resource, { trouble, untilMs: clock.monotonicMs() + REFUSED_WAIT_MS });
		return trouble;
	}

	/** A refusal so young that it is not put to the test again. */
	#standing(resource: Resource): AccountTrouble | undefined {
		const standing = this.#refusals.get(resource);
		if (standing === undefined || standing.untilMs <= this.#options.clock.monotonicMs()) return undefined;
		return standing.trouble;
	}

	#withWait(trouble: AccountTrouble): AccountTrouble {
		if (trouble.kind !== "throttled") return trouble;
		return { ...trouble, retryAfterMs: Math.ceil(this.gate.waitMs()) };
	}

	#served({ token, expiresAtMs }: HeldToken): TokenResult {
		return { ok: true, token, expiresAtMs, speaksFor: this.#options.asker.speaksFor };
	}
}

/** The resource by which the account sends. */
export function resourceOf(account: Account): Resource {
	return account.transport === "smtp" ? "outlook" : "graph";
}

export function ownerTextOf({ ownerText, hint }: SignInFault): string {
	return `${ownerText} ${hint}`;
}
