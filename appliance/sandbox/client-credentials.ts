/**
 * The client credentials grant with a certificate (learn.microsoft.com: "certificate credentials"): checks the signed
 * statement of an app, and gives a token for what the app was granted. For token-endpoint.ts.
 */
import { constants, verify, X509Certificate } from "node:crypto";
import * as z from "zod";
import { type ErrorContext, type StsErrorAnswer, stsError } from "./aadsts.ts";
import { parseScopes, type ScopeResource } from "./scopes.ts";
import { mintAccessToken } from "./tokens.ts";
import type { World } from "./world.ts";

const ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/** Microsoft's tolerance for clocks. */
const SKEW_S = 300;
const NO_TENANT = new Set(["common", "organizations", "consumers"]);

const Head = z.object({ alg: z.literal("PS256"), "x5t#S256": z.string() });
const Claims = z.object({
	aud: z.string(),
	iss: z.string(),
	sub: z.string(),
	jti: z.string().min(1),
	nbf: z.number(),
	exp: z.number(),
});

export function grantToApp(
	world: World,
	form: URLSearchParams,
	tenant: string,
	context: ErrorContext,
): StsErrorAnswer {
	const clientId = form.get("client_id") ?? "";
	if (NO_TENANT.has(tenant)) return stsError(50059, context);
	if (form.get("client_assertion_type") !== ASSERTION_TYPE) return stsError(7000218, context);
	const scopes = parseScopes(form.get("scope") ?? "", world.ownHost);
	const [scope] = scopes;
	if (scopes.length !== 1 || scope?.name !== ".default") return stsError(1002012, context);
	if (scope.resource === "openid" || scope.resource === "unknown") return stsError(500011, context);
	const audience = `${world.baseUrl}/${tenant}/oauth2/v2.0/token`;
	const refused = assertionProblem(world, form.get("client_assertion") ?? "", { clientId, audience });
	if (refused !== undefined) return stsError(refused.code, { ...context, ...refused });
	const { accessTokenLifetimeSeconds } = world.settings;
	return {
		status: 200,
		body: {
			token_type: "Bearer",
			expires_in: accessTokenLifetimeSeconds,
			ext_expires_in: accessTokenLifetimeSeconds,
			access_token: tokenFor(world, clientId, scope.resource),
		},
	};
}

function tokenFor(world: World, clientId: string, resource: ScopeResource): string {
	const issuedAtMs = world.now();
	return mintAccessToken({
		speaksFor: "app",
		address: "",
		clientId,
		resource,
		scopes: world.directory.app(clientId).roles[resource],
		issuedAtMs,
		expiresAtMs: issuedAtMs + world.settings.accessTokenLifetimeSeconds * 1000,
	});
}

function assertionProblem(
	world: World,
	assertion: string,
	{ clientId, audience }: { clientId: string; audience: string },
): { code: number; text?: string } | undefined {
	const [head = "", claims = "", signature = ""] = assertion.split(".");
	const readHead = Head.safeParse(decoded(head));
	const readClaims = Claims.safeParse(decoded(claims));
	if (!readHead.success || !readClaims.success) return { code: 50027 };
	const pem = world.directory.app(clientId).certificates.get(readHead.data["x5t#S256"]);
	const thumbprint = Buffer.from(readHead.data["x5t#S256"], "base64url").toString("hex").toUpperCase();
	const unknownKey = (reason: string) =>
		({
			code: 700027,
			text: `Client assertion contains an invalid signature. [Reason - ${reason}, Thumbprint of key used by client: '${thumbprint}']`,
		}) as const;
	if (pem === undefined) return unknownKey("The key was not found.");
	const certificate = new X509Certificate(pem);
	if (certificate.validToDate.getTime() <= world.now()) return unknownKey("The key used is expired.");
	const isSigned = verify(
		"sha256",
		Buffer.from(`${head}.${claims}`),
		{
			key: certificate.publicKey,
			padding: constants.RSA_PKCS1_PSS_PADDING,
			saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
		},
		Buffer.from(signature, "base64url"),
	);
	if (!isSigned) return unknownKey("The signature does not fit the key.");
	const { aud, iss, sub, nbf, exp } = readClaims.data;
	const nowS = world.now() / 1000;
	if (nowS > exp + SKEW_S || nowS < nbf - SKEW_S) return { code: 700024 };
	if (aud !== audience) return { code: 700023 };
	return iss === clientId && sub === clientId ? undefined : { code: 700021 };
}

function decoded(part: string): unknown {
	try {
		return JSON.parse(Buffer.from(part, "base64url").toString());
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}
