/**
 * Tokens in forms: a page from elsewhere can make a browser send a form to the box, cookies and all, but
 * cannot read the token that the box put into its own. Each token is salted, so that it looks new in every
 * page: a compressed page with a constant secret and text of the visitor's gives the secret away (BREACH).
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Secret } from "../appliance/secret.ts";

export const TOKEN_FIELD = "_token";

const SALT_BYTES = 12;

export function makeToken(key: Secret): string {
	const salt = randomBytes(SALT_BYTES);
	return Buffer.concat([salt, mark(key, salt)]).toString("base64url");
}

export function isToken(key: Secret, token: unknown): boolean {
	if (typeof token !== "string" || token.length > 200) return false;
	const bytes = Buffer.from(token, "base64url");
	const salt = bytes.subarray(0, SALT_BYTES);
	const expected = mark(key, salt);
	const given = bytes.subarray(SALT_BYTES);
	return given.length === expected.length && timingSafeEqual(given, expected);
}

function mark(key: Secret, salt: Uint8Array): Buffer {
	return createHmac("sha256", key.reveal()).update(salt).digest();
}
