/**
 * Scopes as the sign-in service reads them: which resource each belongs to, and how the answer
 * spells them. Pure. (learn.microsoft.com: "Scopes and permissions in the Microsoft identity platform")
 */

/** What one access token can be for. */
export type ScopeResource = "graph" | "outlook";

export interface Scope {
	/** `openid`: identity and session scopes, which belong to no resource. */
	readonly resource: ScopeResource | "openid" | "unknown";
	/** Without the resource: `Mail.Send`, `.default`. */
	readonly name: string;
	/** As the client wrote it. */
	readonly text: string;
}

const RESOURCE_HOSTS: Readonly<Record<string, ScopeResource>> = {
	"graph.microsoft.com": "graph",
	"graph.microsoft.us": "graph",
	"dod-graph.microsoft.us": "graph",
	"microsoftgraph.chinacloudapi.cn": "graph",
	"outlook.office.com": "outlook",
	"outlook.office365.com": "outlook",
	"outlook.office365.us": "outlook",
	"partner.outlook.cn": "outlook",
};
const OPENID_SCOPES = new Set(["openid", "profile", "email", "offline_access"]);
const RESOURCE_SCOPES: Readonly<Record<ScopeResource, ReadonlySet<string>>> = {
	graph: new Set([
		".default",
		"Mail.Send",
		"Mail.Send.Shared",
		"Mail.Read",
		"Mail.Read.Shared",
		"Mail.ReadWrite",
		"Mail.ReadWrite.Shared",
		"User.Read",
		"SMTP.Send",
		"POP.AccessAsUser.All",
		"IMAP.AccessAsUser.All",
	]),
	outlook: new Set([".default", "SMTP.Send", "POP.AccessAsUser.All", "IMAP.AccessAsUser.All"]),
};

/** Reads a space-separated scope string; `ownHost` (`host:port`) counts as a Graph address too. */
export function parseScopes(text: string, ownHost: string): Scope[] {
	const words = text.split(/\s+/).filter((word) => word !== "");
	return words.map((word) => parseScope(word, ownHost));
}

function parseScope(text: string, ownHost: string): Scope {
	if (OPENID_SCOPES.has(text)) return { resource: "openid", name: text, text };
	const slash = text.lastIndexOf("/");
	const name = text.slice(slash + 1);
	// A name without a resource means Graph.
	const resource = slash === -1 ? "graph" : resourceOf(text.slice(0, slash), ownHost);
	if (resource === undefined || !RESOURCE_SCOPES[resource].has(name))
		return { resource: "unknown", name, text };
	return { resource, name, text };
}

function resourceOf(address: string, ownHost: string): ScopeResource | undefined {
	const host = /^https?:\/\/([^/]+)\/*$/.exec(address)?.[1];
	if (host === undefined) return undefined;
	return host === ownHost ? "graph" : RESOURCE_HOSTS[host];
}

/** The resources a scope list asks for; Entra allows one in a token request. */
export function resourcesOf(scopes: readonly Scope[]): ScopeResource[] {
	const found = new Set<ScopeResource>();
	for (const { resource } of scopes) {
		if (resource === "graph" || resource === "outlook") found.add(resource);
	}
	return [...found];
}

/** `graph/Mail.Send`: how consent is remembered. */
export function consentKey(scope: Scope): string {
	return `${scope.resource}/${scope.name}`;
}

/** The scope string of a token answer. `offline_access` is never echoed; its effect is the refresh token. */
export function echoScopes(scopes: readonly Scope[], form: "requested" | "other"): string {
	const echoed = scopes.filter(({ name }) => name !== "offline_access");
	return echoed.map((scope) => (form === "requested" ? scope.text : otherForm(scope))).join(" ");
}

function otherForm({ resource, name, text }: Scope): string {
	if (resource === "graph") return text.includes("/") ? name : `https://graph.microsoft.com/${name}`;
	if (resource !== "outlook") return text;
	const host = text.includes("office365.com") ? "outlook.office.com" : "outlook.office365.com";
	return `https://${host}/${name}`;
}
