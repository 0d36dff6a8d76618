/**
 * Access and refresh tokens of the simulation: opaque to the client, signed, and carrying all they
 * grant, so that they outlive a restart as real ones do. The key is public on purpose: these tokens
 * open nothing but the simulation. Reading never throws; a token it did not make is `undefined`.
 */
import { createHmac, randomBytes } from "node:crypto";
import * as z from "zod";

const SIGNING_KEY = "postern sandbox";
const REFRESH_TOKEN_LIFETIME_MS = 90 * 24 * 60 * 60 * 1000;
const KEPT_READINGS = 1000;

const AccessGrantSchema = z.strictObject({
	kind: z.literal("access"),
	/** An app's own token is of no person; `scopes` are then its roles. */
	speaksFor: z.enum(["person", "app"]),
	/** Empty for an app's. */
	address: z.string(),
	clientId: z.string(),
	resource: z.enum(["graph", "outlook"]),
	/** Names without the resource: `Mail.Send`. */
	scopes: z.array(z.string()),
	issuedAtMs: z.number(),
	expiresAtMs: z.number(),
});
const RefreshGrantSchema = z.strictObject({
	kind: z.literal("refresh"),
	address: z.string(),
	clientId: z.string(),
	/** How the sign-in began. */
	flow: z.enum(["device-code", "browser"]).default("device-code"),
	/** Consent keys (`graph/Mail.Send`) of the sign-in it came from. */
	consented: z.array(z.string()),
	issuedAtMs: z.number(),
	expiresAtMs: z.number(),
});

export type AccessGrant = z.infer<typeof AccessGrantSchema>;
export type RefreshGrant = z.infer<typeof RefreshGrantSchema>;

/** Readings are remembered: one token is presented with each of tens of thousands of messages. */
const accessReadings = new Map<string, AccessGrant>();

export function mintAccessToken(grant: Omit<AccessGrant, "kind">): string {
	return seal("EwB", { kind: "access", ...grant });
}

export function mintRefreshToken(grant: Omit<RefreshGrant, "kind" | "expiresAtMs">): string {
	return seal("1.AXEA", {
		kind: "refresh",
		...grant,
		expiresAtMs: grant.issuedAtMs + REFRESH_TOKEN_LIFETIME_MS,
		unique: randomBytes(9).toString("base64url"),
	});
}

export function readAccessToken(token: string): AccessGrant | undefined {
	const known = accessReadings.get(token);
	if (known !== undefined) return known;
	const grant = AccessGrantSchema.safeParse(unseal("EwB", token)).data;
	if (grant === undefined) return undefined;
	if (accessReadings.size >= KEPT_READINGS) accessReadings.clear();
	accessReadings.set(token, grant);
	return grant;
}

export function readRefreshToken(token: string): RefreshGrant | undefined {
	const content = z.looseObject({ unique: z.string() }).safeParse(unseal("1.AXEA", token)).data;
	if (content === undefined) return undefined;
	const { unique: _unique, ...grant } = content;
	return RefreshGrantSchema.safeParse(grant).data;
}

function seal(prefix: string, content: object): string {
	const payload = Buffer.from(JSON.stringify(content)).toString("base64url");
	return `${prefix}${payload}.${signature(payload)}`;
}

function unseal(prefix: string, token: string): unknown {
	if (!token.startsWith(prefix)) return undefined;
	const sealed = token.slice(prefix.length);
	const dot = sealed.indexOf(".");
	const payload = sealed.slice(0, dot);
	if (dot === -1 || sealed.slice(dot + 1) !== signature(payload)) return undefined;
	return JSON.parse(Buffer.from(payload, "base64url").toString());
}

function signature(payload: string): string {
	return createHmac("sha256", SIGNING_KEY).update(payload).digest("base64url");
}
