/**
 * Opens an MSAL application for one account. MSAL is loaded at the first call, because it costs some
 * 30 MB that a box without accounts need not pay.
 */
import type { ConfidentialClientApplication, ICachePlugin, PublicClientApplication } from "@azure/msal-node";
import type { Account } from "../accounts/model.ts";
import type { Secret } from "../secret.ts";
import type { Endpoints } from "./clouds.ts";
import type { NetworkModule } from "./network-module.ts";

export interface MsalAppOptions {
	readonly account: Account;
	readonly endpoints: Endpoints;
	readonly network: NetworkModule;
	readonly cachePlugin?: ICachePlugin;
}

export async function openMsalApp(options: MsalAppOptions): Promise<PublicClientApplication> {
	const { PublicClientApplication } = await import("@azure/msal-node");
	const { account, endpoints, network, cachePlugin } = options;
	return new PublicClientApplication({
		auth: { clientId: account.clientId, ...authorityOf(endpoints, account.tenant) },
		...(cachePlugin === undefined ? {} : { cache: { cachePlugin } }),
		system: { networkClient: network },
	});
}

export interface CertifiedAppOptions extends Omit<MsalAppOptions, "cachePlugin"> {
	/** Signs the statement that proves the app, for the token endpoint given (client-assertion.ts). */
	readonly assertion: (audience: string) => Secret;
}

/** The app registration itself, which proves itself by a certificate. Needs a tenant of its own. */
export async function openCertifiedApp(options: CertifiedAppOptions): Promise<ConfidentialClientApplication> {
	const { ConfidentialClientApplication } = await import("@azure/msal-node");
	const { account, endpoints, network, assertion } = options;
	return new ConfidentialClientApplication({
		auth: {
			clientId: account.clientId,
			...authorityOf(endpoints, account.tenant),
			clientAssertion: async ({ tokenEndpoint = "" }) => assertion(tokenEndpoint).reveal(),
		},
		system: { networkClient: network },
	});
}

/** A host whose aliases MSAL has built in, so that it discovers nothing over the network. */
const BUILT_IN_AUTHORITY = "https://login.microsoftonline.com";

/**
 * MSAL knows the sign-in hosts of Microsoft's clouds. It refuses `http://` and asks the public cloud
 * about hosts it does not know; so a custom cloud is given as the endpoints of the public one, put
 * elsewhere (`authorityMetadata`, learn.microsoft.com/entra/msal/javascript/node/configuration).
 */
function authorityOf(
	endpoints: Endpoints,
	tenant: string,
): { authority: string; authorityMetadata?: string } {
	if (endpoints.cloud !== "custom") return { authority: `${endpoints.loginUrl}/${tenant}` };
	const base = `${endpoints.loginUrl}/{tenantid}`;
	return {
		authority: `${BUILT_IN_AUTHORITY}/${tenant}`,
		authorityMetadata: JSON.stringify({
			authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
			token_endpoint: `${base}/oauth2/v2.0/token`,
			end_session_endpoint: `${base}/oauth2/v2.0/logout`,
			issuer: `${base}/v2.0`,
			jwks_uri: `${base}/discovery/v2.0/keys`,
		}),
	};
}
