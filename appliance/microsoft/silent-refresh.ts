/**
 * Access tokens for one sign-in without a person: MSAL's silent call on the cache in the vault's
 * record, and what came of it as data. For person-grant.ts, which keeps, saves and judges.
 */
import { randomUUID } from "node:crypto";
import type { PublicClientApplication } from "@azure/msal-node";
import type { Account } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import { asError } from "../errors.ts";
import { SIGN_IN } from "../words/sign-in.ts";
import type { AskOutcome } from "./access-tokens.ts";
import { type Endpoints, scopesOf } from "./clouds.ts";
import { holdToken } from "./held-token.ts";
import { openMsalApp } from "./msal-app.ts";
import type { NetworkModule } from "./network-module.ts";
import { faultOf, type SignInFault } from "./sign-in-errors.ts";
import type { SignInRecord } from "./sign-in-record.ts";
import type { Resource } from "./token-source.ts";

export interface SilentRefreshOptions {
	readonly account: Account;
	readonly endpoints: Endpoints;
	readonly network: NetworkModule;
	readonly record: SignInRecord;
	readonly clock: Clock;
}

export class SilentRefresh {
	readonly #app: PublicClientApplication;
	readonly #network: NetworkModule;
	readonly #record: SignInRecord;
	readonly #tenant: string;
	readonly #endpoints: Endpoints;
	readonly #clock: Clock;

	private constructor(app: PublicClientApplication, options: SilentRefreshOptions) {
		this.#app = app;
		this.#network = options.network;
		this.#record = options.record;
		this.#tenant = options.account.tenant;
		this.#endpoints = options.endpoints;
		this.#clock = options.clock;
	}

	/** `record.msalCache` is read at each call, and replaced when MSAL changes it; the caller saves it. */
	static async open(options: SilentRefreshOptions): Promise<SilentRefresh> {
		const { account, endpoints, network, record } = options;
		const app = await openMsalApp({
			account,
			endpoints,
			network,
			cachePlugin: {
				beforeCacheAccess: async ({ tokenCache }) => tokenCache.deserialize(record.msalCache),
				afterCacheAccess: async ({ cacheHasChanged, tokenCache }) => {
					if (cacheHasChanged) record.msalCache = tokenCache.serialize();
				},
			},
		});
		return new SilentRefresh(app, options);
	}

	/** Still right? A new sign-in has a new record, a reload may bring a new tenant. */
	isFor(account: Account, record: SignInRecord): boolean {
		return this.#record === record && this.#tenant === account.tenant;
	}

	/** With `force`, Microsoft is asked even if MSAL's cache holds a token that looks good. */
	async run(resource: Resource, force: boolean): Promise<AskOutcome> {
		const correlationId = randomUUID();
		try {
			const accounts = await this.#app.getTokenCache().getAllAccounts();
			const who = accounts.find(({ homeAccountId }) => homeAccountId === this.#record.homeAccountId);
			if (who === undefined) throw new Error("the sign-in is not in MSAL's cache");
			const scopes = scopesOf(this.#endpoints, resource, this.#record.extras);
			const request = { account: who, scopes, forceRefresh: force, correlationId };
			const result = await this.#app.acquireTokenSilent(request);
			const held = holdToken(result, this.#network.takeAnswer(correlationId), this.#clock);
			return { ok: true, held, fromCache: result.fromCache };
		} catch (error) {
			const answer = this.#network.takeAnswer(correlationId);
			return { ok: false, fault: answer === undefined ? unexplained(asError(error)) : faultOf(answer) };
		}
	}
}

/** MSAL objected without asking anybody: its cache lacks what it needs, and a sign-in brings it back. */
function unexplained(error: Error): SignInFault {
	return {
		kind: "needs-interaction",
		ownerText: SIGN_IN.incomplete,
		hint: SIGN_IN.again,
		code: 0,
		reason: `${error.name}: ${error.message}`,
		retryAfter: "",
		reached: false,
		line: false,
		known: false,
	};
}
