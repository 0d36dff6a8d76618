/**
 * `POST /{tenant}/oauth2/v2.0/token`: device code, authorization code, refresh token and certificate become tokens, or one of the
 * documented errors. A refresh gives a new refresh token and leaves the old one valid, as Entra does.
 */
import { type ErrorContext, type StsErrorAnswer, stsError } from "./aadsts.ts";
import { isVerifier } from "./authorizations.ts";
import { grantToApp } from "./client-credentials.ts";
import type { DeviceCode } from "./device-codes.ts";
import type { Person } from "./directory.ts";
import { clientInfo, mintIdToken } from "./identity-token.ts";
import {
	consentKey,
	echoScopes,
	parseScopes,
	resourcesOf,
	type Scope,
	type ScopeResource,
} from "./scopes.ts";
import { mintAccessToken, mintRefreshToken, readRefreshToken } from "./tokens.ts";
import type { World } from "./world.ts";

/** Clients send the short spelling too; the service takes both. */
const DEVICE_CODE_GRANTS = new Set(["urn:ietf:params:oauth:grant-type:device_code", "device_code"]);

export async function answerTokenRequest(
	world: World,
	form: URLSearchParams,
	tenant: string,
): Promise<StsErrorAnswer> {
	const context: ErrorContext = {
		nowMs: world.now(),
		correlationId: form.get("client-request-id") ?? undefined,
	};
	const grantType = form.get("grant_type") ?? "";
	if (DEVICE_CODE_GRANTS.has(grantType)) return await redeemDeviceCode(world, form, context);
	if (grantType === "authorization_code") return await redeemCode(world, form, context);
	if (grantType === "client_credentials") return grantToApp(world, form, tenant, context);
	if (grantType === "refresh_token") return await refresh(world, form, context);
	return stsError(grantType === "" ? 900144 : 70003, context);
}

async function redeemDeviceCode(
	world: World,
	form: URLSearchParams,
	context: ErrorContext,
): Promise<StsErrorAnswer> {
	const code = world.deviceCodes.polled(form.get("device_code") ?? form.get("code") ?? "");
	if (code === undefined || code.clientId !== form.get("client_id") || code.decision.kind === "redeemed")
		return stsError(70000, {
			...context,
			error: "bad_verification_code",
			text: "The device code is unknown.",
		});
	if (context.nowMs >= code.expiresAtMs) return stsError(70020, context);
	const early = context.nowMs - code.lastPollAtMs < world.settings.deviceCodeIntervalSeconds * 1000;
	code.lastPollAtMs = context.nowMs;
	if (early && world.settings.enforcePollInterval)
		return stsError(70016, { ...context, error: "slow_down", text: "You are polling too quickly." });
	autoApprove(world, code);
	if (code.decision.kind === "declined") return stsError(70018, context);
	if (code.decision.kind !== "approved") return stsError(70016, context);
	if (!world.settings.publicClientFlows) return stsError(7000218, context);
	if (world.settings.conditionalAccess === "block-at-token") return stsError(53003, context);
	if (world.settings.conditionalAccess === "managed-device") return stsError(530033, context);
	const person = world.directory.ensure(code.decision.address);
	code.decision = { kind: "redeemed" };
	return await grantTokens(world, form, { person, scopes: code.scopes, flow: "device-code" });
}

/** RFC 6749 §4.1.3 with RFC 7636: the code is good once, for who asked for it. */
async function redeemCode(
	world: World,
	form: URLSearchParams,
	context: ErrorContext,
): Promise<StsErrorAnswer> {
	const code = world.authorizations.find(form.get("code") ?? "");
	const { request } = code ?? {};
	if (code === undefined || request?.clientId !== form.get("client_id")) return stsError(70000, context);
	if (code.isRedeemed) return stsError(54005, context);
	if (context.nowMs >= code.expiresAtMs) return stsError(70008, context);
	if (form.get("redirect_uri") !== request.redirectUri) return stsError(50011, context);
	if (!isVerifier(form.get("code_verifier") ?? "", request.challenge)) return stsError(501481, context);
	const scopes = parseScopes(form.get("scope") ?? "", world.ownHost);
	if (scopes.some(({ resource }) => resource === "unknown")) return stsError(70011, context);
	if (resourcesOf(scopes).length > 1) return stsError(28000, context);
	code.isRedeemed = true;
	return await grantTokens(world, form, {
		person: world.directory.ensure(code.address),
		scopes: resourcesOf(scopes).length === 0 ? request.scopes : scopes,
		flow: "browser",
	});
}

function autoApprove(world: World, code: DeviceCode): void {
	const { autoApproveAs, conditionalAccess } = world.settings;
	if (autoApproveAs === null || code.decision.kind !== "pending") return;
	if (conditionalAccess !== "block-in-browser") approve(world, code, autoApproveAs);
}

/** Somebody signed in as `address` and agreed to all that was asked for. */
export function approve(world: World, code: DeviceCode, address: string): void {
	code.decision = { kind: "approved", address };
	const person = world.directory.ensure(address);
	const keys = code.scopes.filter(({ resource }) => resource !== "openid").map(consentKey);
	world.directory.consent(person, code.clientId, keys);
}

async function refresh(world: World, form: URLSearchParams, context: ErrorContext): Promise<StsErrorAnswer> {
	const grant = readRefreshToken(form.get("refresh_token") ?? "");
	const clientId = form.get("client_id") ?? "";
	if (grant === undefined || grant.clientId !== clientId) return stsError(70000, context);
	const person = world.directory.ensure(grant.address);
	if (person.refreshFailure !== undefined) return stsError(person.refreshFailure, context);
	if (context.nowMs >= grant.expiresAtMs) {
		const issued = new Date(grant.issuedAtMs).toISOString();
		const text = `The refresh token has expired due to inactivity. The token was issued on ${issued} and was inactive for 90.00:00:00.`;
		return stsError(700082, { ...context, text });
	}
	if (grant.flow === "device-code" && world.settings.blockDeviceCodeGrants) return stsError(530036, context);
	if (grant.issuedAtMs < person.grantsValidFromMs) return stsError(50173, context);
	// The grant carries its own consent, so that it outlives a restart of the simulation.
	world.directory.consent(person, clientId, grant.consented);
	const scopes = parseScopes(form.get("scope") ?? "", world.ownHost);
	const consented = person.consents.get(clientId.toLowerCase()) ?? new Set();
	if (scopes.some(({ resource }) => resource === "unknown")) return stsError(70011, context);
	if (resourcesOf(scopes).length > 1) return stsError(28000, context);
	if (!scopes.every((scope) => isConsented(scope, consented))) return stsError(65001, context);
	return await grantTokens(world, form, { person, scopes, flow: grant.flow });
}

function isConsented(scope: Scope, consented: ReadonlySet<string>): boolean {
	if (scope.resource === "openid") return true;
	if (scope.name !== ".default") return consented.has(consentKey(scope));
	return [...consented].some((key) => key.startsWith(`${scope.resource}/`));
}

interface Granting {
	readonly person: Person;
	readonly scopes: readonly Scope[];
	/** A sign-in stays marked by how it began (learn.microsoft.com: "protocol tracking"). */
	readonly flow: "device-code" | "browser";
}

async function grantTokens(
	world: World,
	form: URLSearchParams,
	{ person, scopes, flow }: Granting,
): Promise<StsErrorAnswer> {
	const nowMs = world.now();
	const clientId = form.get("client_id") ?? "";
	const { accessTokenLifetimeSeconds, scopeEcho } = world.settings;
	const resource: ScopeResource = resourcesOf(scopes)[0] ?? "graph";
	const consented = [...(person.consents.get(clientId.toLowerCase()) ?? [])];
	const names = new Set(scopes.map(({ name }) => name));
	const accessToken = mintAccessToken({
		speaksFor: "person",
		address: person.address,
		clientId,
		resource,
		scopes: grantedNames(resource, names, consented),
		issuedAtMs: nowMs,
		expiresAtMs: nowMs + accessTokenLifetimeSeconds * 1000,
	});
	return {
		status: 200,
		body: {
			token_type: "Bearer",
			scope: echoScopes(scopes, scopeEcho),
			expires_in: accessTokenLifetimeSeconds,
			ext_expires_in: accessTokenLifetimeSeconds,
			access_token: accessToken,
			...(names.has("offline_access")
				? {
						refresh_token: mintRefreshToken({
							address: person.address,
							clientId,
							flow,
							consented,
							issuedAtMs: nowMs,
						}),
					}
				: {}),
			...(names.has("openid")
				? { id_token: await mintIdToken(person, { clientId, baseUrl: world.baseUrl, nowMs }) }
				: {}),
			...(form.get("client_info") === "1" ? { client_info: clientInfo(person) } : {}),
		},
	};
}

/** `.default` means everything consented to for that resource. */
function grantedNames(resource: ScopeResource, names: ReadonlySet<string>, consented: string[]): string[] {
	if (!names.has(".default")) return [...names];
	const prefix = `${resource}/`;
	return consented.filter((key) => key.startsWith(prefix)).map((key) => key.slice(prefix.length));
}
