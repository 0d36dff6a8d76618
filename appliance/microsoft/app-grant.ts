/**
 * An account that signs in as the app registration itself, by certificate (client credentials): no person, no
 * refresh token, nothing that lapses while the box is offline but the certificate. For sign-ins.ts.
 *
 * Never throws for what Microsoft, the network or the card can cause. Where two keys are known, the newer is
 * tried first, and the older serves until Microsoft has accepted the newer (app-keys.ts).
 */
import { randomUUID } from "node:crypto";
import type { Account } from "../accounts/model.ts";
import { asError } from "../errors.ts";
import type { AccountTrouble } from "../queue/transport.ts";
import type { TrustedTime } from "../trusted-time.ts";
import { say } from "../words/saying.ts";
import { SIGN_IN } from "../words/sign-in.ts";
import { AccessTokens, type AskOutcome, ownerTextOf, resourceOf, type TokenAsker } from "./access-tokens.ts";
import type { AppKeys, AppKeysRecord, KnownKey } from "./app-keys.ts";
import { clientAssertion } from "./client-assertion.ts";
import { appScopeOf } from "./clouds.ts";
import type { Grant, GrantParts, GrantStatus } from "./grant.ts";
import { holdToken } from "./held-token.ts";
import { openCertifiedApp } from "./msal-app.ts";
import { NetworkModule } from "./network-module.ts";
import { faultOf, type SignInFault } from "./sign-in-errors.ts";
import type { Resource, TokenResult } from "./token-source.ts";

export interface AppGrantParts extends GrantParts {
	readonly keys: AppKeys;
	readonly time: TrustedTime;
}

/** Microsoft does not take this key (700027 unknown, the rest expired or revoked); another may do. */
const KEY_REFUSED = new Set([700027, 1000502, 7000214, 7000274, 7000277]);

export class AppGrant implements Grant, TokenAsker {
	readonly speaksFor = "app";
	readonly #parts: AppGrantParts;
	readonly #tokens: AccessTokens;

	constructor(address: string, parts: AppGrantParts) {
		this.#parts = parts;
		this.#tokens = new AccessTokens({ address, clock: parts.clock, log: parts.log, asker: this });
	}

	get keys(): AppKeys {
		return this.#parts.keys;
	}

	accessToken(account: Account, resource: Resource, forceRefresh: boolean): Promise<TokenResult> {
		return this.#tokens.get(account, resource, forceRefresh);
	}

	/** Asks Microsoft at once, whatever it said before; the reason when it refuses. */
	async prove(account: Account): Promise<SignInFault | undefined> {
		return this.#tokens.afterOthers(async () => {
			this.#tokens.forget();
			const outcome = await this.ask(account, resourceOf(account));
			if (!outcome.ok) return outcome.fault;
			this.#tokens.put(resourceOf(account), outcome.held);
			return undefined;
		});
	}

	status(account: Account): GrantStatus {
		const { known } = this.keys;
		const accepted = known.find(({ acceptedAtMs }) => acceptedAtMs !== undefined);
		const refusal = this.#tokens.refusal(resourceOf(account));
		const trouble = this.lacks(account) ?? refusal ?? this.#tokens.disturbance;
		// The owner's file was accepted in an earlier run, as far as anybody knows.
		const isTrusted = accepted !== undefined || (account.certificateFile !== "" && refusal === undefined);
		return {
			needsSignIn: known.length === 0 ? account.certificateFile === "" : !isTrusted,
			signedInAs: isTrusted ? appName(account) : "",
			signedInAtMs: accepted?.acceptedAtMs,
			lapsesAtMs: (accepted ?? known[0])?.expiresAtMs,
			trouble: trouble?.ownerText ?? this.keys.problem,
		};
	}

	/** Nothing lapses unused; but a renewed certificate is tried, so that the older one can go. */
	async keepAlive(account: Account): Promise<void> {
		const [newest, older] = this.keys.known;
		if (older === undefined || newest?.acceptedAtMs !== undefined) return;
		await this.accessToken(account, resourceOf(account), true);
	}

	/** As `PersonGrant.takeOver`; here the keys of the box that leads are the ones to have. */
	takeOver(theirs: AppKeysRecord): Promise<boolean> {
		return this.#tokens.afterOthers(async () => {
			const isTaken = await this.keys.takeOver(theirs);
			if (isTaken) this.#tokens.forget();
			return isTaken;
		});
	}

	async forget(): Promise<void> {
		await this.#tokens.afterOthers(async () => {
			this.#tokens.forget();
			await this.keys.forget();
		});
	}

	async settled(): Promise<void> {
		await this.#tokens.afterOthers(() => Promise.resolve());
	}

	lacks(account: Account): AccountTrouble | undefined {
		const unfit = unfitFor(account);
		if (unfit !== undefined) return { kind: "needs-sign-in", ...unfit };
		if (this.keys.known.length > 0 || account.certificateFile !== "") return undefined;
		const ownerText =
			this.keys.problem || `${say(SIGN_IN.noCertificateYet, account)} ${say(SIGN_IN.makeOne, account)}`;
		return { kind: "needs-sign-in", reason: "no certificate", ownerText };
	}

	async ask(account: Account, resource: Resource): Promise<AskOutcome> {
		await this.keys.refresh(account);
		let last: AskOutcome = { ok: false, fault: unusable(this.keys.problem) };
		for (const key of this.keys.known) {
			last = await this.#askWith(key, account, resource);
			if (last.ok) await this.#accepted(account, key);
			if (last.ok || !isKeyRefused(last.fault)) return last;
		}
		return last;
	}

	granted(): Promise<void> {
		return Promise.resolve();
	}

	refused(_account: Account, _resource: Resource, fault: SignInFault): Promise<AccountTrouble> {
		return Promise.resolve({ kind: "blocked", reason: fault.reason, ownerText: ownerTextOf(fault) });
	}

	async #askWith(key: KnownKey, account: Account, resource: Resource): Promise<AskOutcome> {
		const { http, clock, time, stopping } = this.#parts;
		const endpoints = this.#parts.endpoints();
		const network = new NetworkModule({ http, clock, signal: stopping, gate: this.#tokens.gate });
		const correlationId = randomUUID();
		try {
			const app = await openCertifiedApp({
				...{ account, endpoints, network },
				assertion: (audience) =>
					clientAssertion(key, { clientId: account.clientId, audience, nowMs: time.nowMs() ?? clock.now() }),
			});
			const scopes = [appScopeOf(endpoints, resource)];
			const result = await app.acquireTokenByClientCredential({ scopes, correlationId, skipCache: true });
			const answer = network.takeAnswer(correlationId);
			if (result === null) return { ok: false, fault: unusable("no token came") };
			return { ok: true, held: holdToken(result, answer, clock), fromCache: false };
		} catch (error) {
			const answer = network.takeAnswer(correlationId);
			return { ok: false, fault: answer === undefined ? unusable(asError(error).message) : faultOf(answer) };
		}
	}

	/** A card that cannot be written does not stop mail; the older key is then tried in vain once more. */
	async #accepted(account: Account, key: KnownKey): Promise<void> {
		try {
			await this.keys.accepted(key);
		} catch (error) {
			const reason = asError(error).message;
			this.#parts.log.error("vault-not-written", { account: account.address, reason });
		}
	}
}

/** Who acts, in the owner's eyes. */
export function appName({ clientId }: Account): string {
	return say(SIGN_IN.theApp, { id: clientId });
}

export interface Unfit {
	readonly reason: string;
	readonly ownerText: string;
}

const NO_TENANT = new Set(["common", "organizations", "consumers"]);

/** Why certificate sign-in cannot work as the account is set up (MSAL: `missing_tenant_id_error`). */
export function unfitFor({ tenant, address }: Account): Unfit | undefined {
	if (!NO_TENANT.has(tenant.toLowerCase())) return undefined;
	return {
		reason: `tenant is ${tenant}`,
		ownerText: say(SIGN_IN.oneOrganisation, { address }),
	};
}

export function isKeyRefused({ code }: SignInFault): boolean {
	return KEY_REFUSED.has(code);
}

/** Nobody was asked: what there is to ask with is of no use. */
function unusable(reason: string): SignInFault {
	return {
		kind: "misconfigured",
		ownerText: reason === "" ? SIGN_IN.noCertificate : reason,
		hint: SIGN_IN.noCertificateDo,
		code: 0,
		reason,
		retryAfter: "",
		reached: false,
		line: false,
		known: true,
	};
}
