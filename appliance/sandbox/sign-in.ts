/**
 * The simulated sign-in service (Microsoft Entra ID): discovery and the device code endpoint; the token
 * endpoint is in token-endpoint.ts. Faithful to learn.microsoft.com "OAuth 2.0 device authorization grant".
 */
import { randomUUID } from "node:crypto";
import { Hono } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { type StsErrorAnswer, stsError } from "./aadsts.ts";
import {
	type HttpContext,
	type HttpEnv,
	readBody,
	recordRequest,
	statusOf,
	waitLatency,
	withFault,
} from "./http.ts";
import { jsonWebKeys } from "./identity-token.ts";
import { parseScopes, resourcesOf } from "./scopes.ts";
import { answerTokenRequest } from "./token-endpoint.ts";
import type { World } from "./world.ts";

const FORM_LIMIT_BYTES = 64 * 1024;

/** What a form endpoint decided. */
type FormAnswer = StsErrorAnswer;

export function signInApp(world: World): Hono<HttpEnv> {
	const app = new Hono<HttpEnv>();
	app.get("/common/discovery/instance", async (c) => {
		return await serve(world, c, "", async () => instanceDiscovery(world, c));
	});
	app.get("/:tenant/v2.0/.well-known/openid-configuration", async (c) => {
		return await serve(world, c, "", async () => openIdConfiguration(world, c.req.param("tenant")));
	});
	app.get("/:tenant/discovery/v2.0/keys", async (c) => {
		return await serve(world, c, "", async () => ({ status: 200, body: { ...(await jsonWebKeys()) } }));
	});
	app.post("/:tenant/oauth2/v2.0/devicecode", async (c) => {
		return await serveForm(world, c, async (form) => deviceCode(world, form));
	});
	app.post("/:tenant/oauth2/v2.0/token", async (c) => {
		return await serveForm(
			world,
			c,
			async (form) => await answerTokenRequest(world, form, c.req.param("tenant")),
		);
	});
	return app;
}

async function serveForm(
	world: World,
	c: HttpContext,
	answer: (form: URLSearchParams) => Promise<FormAnswer>,
): Promise<Response> {
	const entry = recordRequest(world, c, "sign-in");
	const body = await readBody(c, FORM_LIMIT_BYTES);
	const form = new URLSearchParams(body?.toString() ?? "");
	const requestId = c.req.query("client-request-id") ?? form.get("client-request-id");
	if (requestId !== null) form.set("client-request-id", requestId);
	const grantType = form.get("grant_type") ?? "";
	entry.detail = [grantType, form.get("scope")].filter((part) => part !== "" && part !== null).join(" ");
	return await serve(world, c, grantType, async () => {
		if (body === undefined) return stsError(900144, errorContext(world, form));
		if (!world.directory.knowsTenant(c.req.param("tenant") ?? ""))
			return stsError(90002, errorContext(world, form));
		if (!world.directory.knowsClient(form.get("client_id") ?? ""))
			return stsError(700016, errorContext(world, form));
		return await answer(form);
	});
}

async function serve(
	world: World,
	c: HttpContext,
	grantType: string,
	answer: () => Promise<FormAnswer>,
): Promise<Response> {
	const entry = c.get("entry") ?? recordRequest(world, c, "sign-in");
	await waitLatency(world);
	stsHeaders(c);
	const fault = world.faults.takeForRequest("sign-in", c.req.method, `${c.req.path} ${grantType}`);
	const response = await withFault(
		c,
		fault,
		({ status }) => {
			const { body } = stsError(90033, { nowMs: world.now(), correlationId: undefined });
			return c.json(body, status as ContentfulStatusCode);
		},
		async () => {
			const { status, body } = await answer();
			return c.json(body, status as ContentfulStatusCode);
		},
	);
	entry.status = statusOf(response);
	return response;
}

/** As seen in a recorded answer of the real service. */
function stsHeaders(c: HttpContext): void {
	c.header("Cache-Control", "no-store, no-cache");
	c.header("Pragma", "no-cache");
	c.header("Expires", "-1");
	c.header("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
	c.header("X-Content-Type-Options", "nosniff");
	c.header("P3P", 'CP="DSP CUR OTPi IND OTRi ONL FIN"');
	c.header("x-ms-request-id", randomUUID());
	c.header("x-ms-ests-server", "2.1.0 - SANDBOX ProdSlices");
	c.header("Set-Cookie", "fpc=sandbox; path=/; HttpOnly; SameSite=None");
	const requestId = c.req.query("client-request-id");
	if (requestId !== undefined) c.header("client-request-id", requestId);
}

function errorContext(
	world: World,
	form: URLSearchParams,
): { nowMs: number; correlationId: string | undefined } {
	return { nowMs: world.now(), correlationId: form.get("client-request-id") ?? undefined };
}

function instanceDiscovery(world: World, c: HttpContext): FormAnswer {
	const endpoint = c.req.query("authorization_endpoint") ?? "";
	const host = /^https?:\/\/([^/]+)\//.exec(endpoint)?.[1];
	if (host !== world.ownHost) return stsError(50049, { nowMs: world.now(), correlationId: undefined });
	const tenant = endpoint.split("/")[3] ?? "common";
	return {
		status: 200,
		body: {
			tenant_discovery_endpoint: `${world.baseUrl}/${tenant}/v2.0/.well-known/openid-configuration`,
			"api-version": "1.1",
			metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
		},
	};
}

function openIdConfiguration(world: World, tenant: string): FormAnswer {
	if (!world.directory.knowsTenant(tenant))
		return stsError(90002, { nowMs: world.now(), correlationId: undefined });
	const base = `${world.baseUrl}/${tenant}`;
	// For /common Microsoft returns the placeholder itself.
	const issuerTenant = tenant === "common" || tenant === "organizations" ? "{tenantid}" : tenant;
	return {
		status: 200,
		body: {
			token_endpoint: `${base}/oauth2/v2.0/token`,
			token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
			jwks_uri: `${base}/discovery/v2.0/keys`,
			response_modes_supported: ["query", "fragment", "form_post"],
			subject_types_supported: ["pairwise"],
			id_token_signing_alg_values_supported: ["RS256"],
			response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
			scopes_supported: ["openid", "profile", "email", "offline_access"],
			issuer: `${world.baseUrl}/${issuerTenant}/v2.0`,
			request_uri_parameter_supported: false,
			authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
			device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
			end_session_endpoint: `${base}/oauth2/v2.0/logout`,
			tenant_region_scope: "EU",
			cloud_instance_name: "microsoftonline.com",
			msgraph_host: "graph.microsoft.com",
		},
	};
}

function deviceCode(world: World, form: URLSearchParams): FormAnswer {
	const scopes = parseScopes(form.get("scope") ?? "", world.ownHost);
	const invalid = scopes.some(({ resource }) => resource === "unknown");
	if (scopes.length === 0 || invalid || resourcesOf(scopes).length > 1)
		return stsError(70011, errorContext(world, form));
	const { deviceCodeLifetimeSeconds, deviceCodeIntervalSeconds } = world.settings;
	const code = world.deviceCodes.issue({
		clientId: form.get("client_id") ?? "",
		scopes,
		expiresAtMs: world.now() + deviceCodeLifetimeSeconds * 1000,
	});
	const verificationUri = `${world.baseUrl}/devicelogin`;
	return {
		status: 200,
		body: {
			user_code: code.userCode,
			device_code: code.deviceCode,
			verification_uri: verificationUri,
			expires_in: deviceCodeLifetimeSeconds,
			interval: deviceCodeIntervalSeconds,
			message: `To sign in, use a web browser to open the page ${verificationUri} and enter the code ${code.userCode} to authenticate.`,
		},
	};
}
