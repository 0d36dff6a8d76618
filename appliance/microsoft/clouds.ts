/**
 * Where Microsoft 365 is: the hosts of each cloud, and how a scope is spelled there. For sign-in,
 * Graph and SMTP submission. Pure data; app registrations and accounts are per cloud.
 *
 * Source: learn.microsoft.com/entra/identity-platform/authentication-national-cloud for the sign-in
 * hosts. Hosts marked "not verified" come from general knowledge and have not been tried.
 */
import type { Account } from "../accounts/model.ts";
import type { Resource } from "./token-source.ts";

export type CloudName = "global" | "us-gov" | "us-dod" | "china" | "custom";

/** `[microsoft]` as far as it names places; the last three count only for `cloud = "custom"`. */
export interface CloudSettings {
	readonly cloud: CloudName;
	readonly authority?: string | undefined;
	readonly graph?: string | undefined;
	/** `host:port`. */
	readonly smtp?: string | { readonly host: string; readonly port: number } | undefined;
	/** `host:port` of POP3 over TLS. */
	readonly pop?: string | { readonly host: string; readonly port: number } | undefined;
	/** Where the browser ends after a sign-in; empty: Microsoft's own page for that. */
	readonly redirect?: string | undefined;
}

export interface Endpoints {
	readonly cloud: CloudName;
	/** Base of `/{tenant}/oauth2/v2.0/…`, without a slash at the end. */
	readonly loginUrl: string;
	/** Where the browser ends after a sign-in; it must stand in the app registration. */
	readonly redirectUrl: string;
	/** Base of `/v1.0/…`, without a slash at the end. */
	readonly graphUrl: string;
	readonly smtp: { readonly host: string; readonly port: number };
	/** POP3, TLS from the first byte. */
	readonly pop: { readonly host: string; readonly port: number };
	/** What stands before a permission's name, e.g. `https://graph.microsoft.com/`. */
	readonly scopePrefix: Readonly<Record<Resource, string>>;
}

const SUBMISSION_PORT = 587;
const POP_PORT = 995;

/** Not verified. */
const US_GOV_GRAPH = "https://graph.microsoft.us";
/** Not verified. */
const US_DOD_GRAPH = "https://dod-graph.microsoft.us";
/** Not verified. */
const US_GOV_SMTP = "smtp.office365.us";
/** Not verified. */
const US_GOV_POP = "outlook.office365.us";
/** Not verified. */
const US_GOV_OUTLOOK = "https://outlook.office365.us/";
/** Not verified. */
const CHINA_GRAPH = "https://microsoftgraph.chinacloudapi.cn";
const CHINA_SMTP = "smtp.partner.outlook.cn";
/** Not verified. */
const CHINA_POP = "partner.outlook.cn";
const CHINA_OUTLOOK = "https://partner.outlook.cn/";

const GLOBAL: Places = {
	cloud: "global",
	loginUrl: "https://login.microsoftonline.com",
	graphUrl: "https://graph.microsoft.com",
	smtp: { host: "smtp.office365.com", port: SUBMISSION_PORT },
	pop: { host: "outlook.office365.com", port: POP_PORT },
	scopePrefix: { graph: "https://graph.microsoft.com/", outlook: "https://outlook.office.com/" },
};

const US_GOV: Places = {
	cloud: "us-gov",
	loginUrl: "https://login.microsoftonline.us",
	graphUrl: US_GOV_GRAPH,
	smtp: { host: US_GOV_SMTP, port: SUBMISSION_PORT },
	pop: { host: US_GOV_POP, port: POP_PORT },
	scopePrefix: { graph: `${US_GOV_GRAPH}/`, outlook: US_GOV_OUTLOOK },
};

const KNOWN: Readonly<Record<Exclude<CloudName, "custom">, Places>> = {
	global: GLOBAL,
	"us-gov": US_GOV,
	"us-dod": {
		...US_GOV,
		cloud: "us-dod",
		graphUrl: US_DOD_GRAPH,
		scopePrefix: { ...US_GOV.scopePrefix, graph: `${US_DOD_GRAPH}/` },
	},
	china: {
		cloud: "china",
		loginUrl: "https://login.partner.microsoftonline.cn",
		graphUrl: CHINA_GRAPH,
		smtp: { host: CHINA_SMTP, port: SUBMISSION_PORT },
		pop: { host: CHINA_POP, port: POP_PORT },
		scopePrefix: { graph: `${CHINA_GRAPH}/`, outlook: CHINA_OUTLOOK },
	},
};

/**
 * An empty page of Microsoft's, made for programs that have the address pasted (learn.microsoft.com/entra/
 * identity-platform/v2-oauth2-auth-code-flow, "redirect_uri"); Entra offers it in an app registration.
 */
const PASTE_PAGE = "/common/oauth2/nativeclient";

/** The places in force. A custom cloud keeps the global scopes: it answers in Microsoft's stead. */
export function endpointsOf(settings: CloudSettings): Endpoints {
	const places = placesOf(settings);
	return { ...places, redirectUrl: settings.redirect || `${places.loginUrl}${PASTE_PAGE}` };
}

type Places = Omit<Endpoints, "redirectUrl">;

function placesOf(settings: CloudSettings): Places {
	if (settings.cloud !== "custom") return KNOWN[settings.cloud];
	return {
		cloud: "custom",
		loginUrl: withoutSlash(settings.authority ?? GLOBAL.loginUrl).replace(TENANT_AT_END, ""),
		graphUrl: withoutSlash(settings.graph ?? GLOBAL.graphUrl).replace(VERSION_AT_END, ""),
		smtp: hostAndPort(settings.smtp ?? GLOBAL.smtp, SUBMISSION_PORT),
		pop: hostAndPort(settings.pop ?? GLOBAL.pop, POP_PORT),
		scopePrefix: GLOBAL.scopePrefix,
	};
}

/**
 * Delegated permissions to ask for. Graph: `Mail.Send` sends; `Mail.ReadWrite` looks into Sent Items
 * whether a message already went and makes drafts of large ones; `User.Read` names who signed in.
 */
const PERMISSIONS: Readonly<Record<Resource, readonly string[]>> = {
	graph: ["Mail.Send", "Mail.ReadWrite", "User.Read"],
	outlook: ["SMTP.Send"],
};

/** To send from and to read mailboxes shared with the account (learn.microsoft.com/graph/outlook-send-mail-from-other-user). */
const FOR_SHARED = ["Mail.Send.Shared", "Mail.ReadWrite.Shared"];
/** learn.microsoft.com, "Authenticate an IMAP, POP or SMTP connection using OAuth". */
const FOR_POP = "POP.AccessAsUser.All";

/** Beside the usual permissions, what a sign-in of this account asks for. */
export function extraPermissions({
	sharedMailboxes,
	fetchOver,
}: Pick<Account, "sharedMailboxes" | "fetchOver">): readonly string[] {
	return [...(sharedMailboxes.length > 0 ? FOR_SHARED : []), ...(fetchOver === "pop3" ? [FOR_POP] : [])];
}

/**
 * Full scopes of one resource; Entra gives a token for one resource at a time (AADSTS28000). `extras`: what else the
 * sign-in asked for; what it did not, its refreshes must not ask for (AADSTS65001).
 */
export function scopesOf(endpoints: Endpoints, resource: Resource, extras: readonly string[]): string[] {
	const more = extras.filter((permission) => (permission === FOR_POP) === (resource === "outlook"));
	return [...PERMISSIONS[resource], ...more].map(
		(permission) => endpoints.scopePrefix[resource] + permission,
	);
}

/**
 * All that the app itself was granted for a resource, by its certificate. SMTP's resource is named otherwise than in
 * a person's scopes (learn.microsoft.com "Authenticate an IMAP, POP or SMTP connection using OAuth").
 */
export function appScopeOf(endpoints: Endpoints, resource: Resource): string {
	const prefix = resource === "outlook" && endpoints.scopePrefix.outlook === GLOBAL.scopePrefix.outlook;
	return `${prefix ? APP_OUTLOOK : endpoints.scopePrefix[resource]}.default`;
}

const APP_OUTLOOK = "https://outlook.office365.com/";

/** The permission without which nothing can be sent: first of its resource. */
export function neededPermission(resource: Resource): string {
	return PERMISSIONS[resource][0] ?? "";
}

/** What people copy along with the base address, and what is put behind it anyway. */
const TENANT_AT_END = /\/(?:common|organizations|consumers|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i;
const VERSION_AT_END = /\/v1\.0$/i;

function withoutSlash(url: string): string {
	return url.replace(/\/+$/, "");
}

function hostAndPort(
	server: string | { readonly host: string; readonly port: number },
	usualPort: number,
): Endpoints["smtp"] {
	if (typeof server !== "string") return server;
	const url = new URL(`mail://${server}`);
	return {
		host: url.hostname.replace(/^\[|\]$/g, ""),
		port: url.port === "" ? usualPort : Number(url.port),
	};
}
