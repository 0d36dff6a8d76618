/**
 * Signs the statement by which an app registration proves itself (RFC 7523; learn.microsoft.com/entra/
 * identity-platform/certificate-credentials). For app-grant.ts. Made here and not by MSAL, because MSAL dates it by
 * the wall clock, which may be hours off on a box without a clock chip; Microsoft refuses it then (AADSTS700024).
 */
import { constants, randomUUID, sign } from "node:crypto";
import { Secret } from "../secret.ts";
import type { AppKey } from "./app-key.ts";

const LIFE_S = 600;
/** Microsoft's clock may be a little behind ours. */
const BEFORE_S = 60;

export interface AssertionClaims {
	readonly clientId: string;
	/** Address of the token endpoint. */
	readonly audience: string;
	/** The real time, milliseconds since 1970. */
	readonly nowMs: number;
}

export function clientAssertion(key: AppKey, { clientId, audience, nowMs }: AssertionClaims): Secret {
	const nowS = Math.floor(nowMs / 1000);
	const thumbprint = Buffer.from(key.thumbprintSha256, "hex").toString("base64url");
	const head = encoded({ alg: "PS256", typ: "JWT", "x5t#S256": thumbprint });
	const claims = encoded({
		aud: audience,
		iss: clientId,
		sub: clientId,
		jti: randomUUID(),
		iat: nowS,
		nbf: nowS - BEFORE_S,
		exp: nowS + LIFE_S,
	});
	const signature = sign("sha256", Buffer.from(`${head}.${claims}`), {
		key: key.privateKey,
		padding: constants.RSA_PKCS1_PSS_PADDING,
		saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
	});
	return new Secret(`${head}.${claims}.${signature.toString("base64url")}`);
}

function encoded(value: object): string {
	return Buffer.from(JSON.stringify(value)).toString("base64url");
}
