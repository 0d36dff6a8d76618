/**
 * The OpenID Connect part of a sign-in: `id_token`, `client_info`, and the keys that check the former
 * (learn.microsoft.com: "ID tokens in the Microsoft identity platform"). The key is made on first use.
 */
import { createSign, generateKeyPair, type JsonWebKey, type KeyObject } from "node:crypto";
import { promisify } from "node:util";
import type { Person } from "./directory.ts";

const KEY_ID = "sandbox-1";
const LIFETIME_SECONDS = 3600;

interface SigningKeys {
	readonly publicKey: KeyObject;
	readonly privateKey: KeyObject;
}

let keys: Promise<SigningKeys> | undefined;

function signingKeys(): Promise<SigningKeys> {
	keys ??= promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
	return keys;
}

/** `GET /{tenant}/discovery/v2.0/keys`. */
export async function jsonWebKeys(): Promise<{ keys: JsonWebKey[] }> {
	const { publicKey } = await signingKeys();
	return { keys: [{ ...publicKey.export({ format: "jwk" }), kid: KEY_ID, use: "sig", alg: "RS256" }] };
}

/** Signed RS256. Without `nonce`: no request of the flows here carries one, and clients refuse a stray one. */
export async function mintIdToken(
	person: Person,
	context: { clientId: string; baseUrl: string; nowMs: number },
): Promise<string> {
	const issuedAt = Math.floor(context.nowMs / 1000);
	const header = encode({ typ: "JWT", alg: "RS256", kid: KEY_ID });
	const payload = encode({
		aud: context.clientId,
		iss: `${context.baseUrl}/${person.tenantId}/v2.0`,
		iat: issuedAt,
		nbf: issuedAt,
		exp: issuedAt + LIFETIME_SECONDS,
		name: person.address.slice(0, person.address.indexOf("@")),
		oid: person.objectId,
		preferred_username: person.address,
		sub: Buffer.from(`${person.objectId}${context.clientId}`).toString("base64url").slice(0, 43),
		tid: person.tenantId,
		ver: "2.0",
	});
	const { privateKey } = await signingKeys();
	const signature = createSign("RSA-SHA256").update(`${header}.${payload}`).sign(privateKey, "base64url");
	return `${header}.${payload}.${signature}`;
}

/** Only given to a client that asked with `client_info=1`. */
export function clientInfo(person: Person): string {
	return encode({ uid: person.objectId, utid: person.tenantId });
}

function encode(content: object): string {
	return Buffer.from(JSON.stringify(content)).toString("base64url");
}
