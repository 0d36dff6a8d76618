/**
 * What an account's access tokens come from, as sign-ins.ts sees it: a person who signed in
 * (person-grant.ts) or the app's certificate (app-grant.ts).
 */
import type { Account } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import type { Endpoints } from "./clouds.ts";
import type { HttpClient } from "./http.ts";
import type { Resource, TokenResult } from "./token-source.ts";

export interface GrantStatus {
	/** Somebody must sign in, or have the certificate accepted. */
	readonly needsSignIn: boolean;
	/** Who signed in, as Microsoft calls them, or empty. */
	readonly signedInAs: string;
	/** Wall clock. */
	readonly signedInAtMs: number | undefined;
	/** Wall clock: when it ends if Microsoft is never reached again; undefined when unknown. */
	readonly lapsesAtMs: number | undefined;
	/** The owner's text of whatever is wrong just now, or empty. */
	readonly trouble: string;
}

export interface Grant {
	accessToken(account: Account, resource: Resource, forceRefresh: boolean): Promise<TokenResult>;
	status(account: Account): GrantStatus;
	/** Uses it when the last time is longer ago than `maxAgeMs`, where it would lapse unused. */
	keepAlive(account: Account, maxAgeMs: number): Promise<void>;
	/** Erases it, here; what Microsoft has granted is withdrawn with Microsoft. */
	forget(): Promise<void>;
	/** Resolves when nothing of this account is under way. */
	settled(): Promise<void>;
}

export interface GrantParts {
	readonly http: HttpClient;
	readonly clock: Clock;
	readonly log: Log;
	readonly endpoints: () => Endpoints;
	/** Aborts when the appliance stops. */
	readonly stopping: AbortSignal;
}
