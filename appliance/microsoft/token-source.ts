/**
 * The seam behind which every way of signing in ends: an access token for a resource, or the
 * reason there is none, as data. Implementations never throw for what the network, Microsoft or
 * the vault can cause.
 */
import type { AccountTrouble } from "../queue/transport.ts";
import type { Secret } from "../secret.ts";

/** One access token is good for one resource (Entra: "one resource per token request"). */
export type Resource = "graph" | "outlook";

export type TokenResult =
	| {
			readonly ok: true;
			readonly token: Secret;
			readonly expiresAtMs: number;
			/** In whose name: of a person who signed in, or of the app registration itself (certificate). */
			readonly speaksFor: "person" | "app";
	  }
	| { readonly ok: false; readonly trouble: AccountTrouble };

export interface TokenOptions {
	/** Ask Microsoft even if the cached token looks good: after a 401. */
	readonly forceRefresh?: boolean;
	readonly signal?: AbortSignal;
}

export interface TokenSource {
	accessToken(account: string, resource: Resource, options?: TokenOptions): Promise<TokenResult>;
}
