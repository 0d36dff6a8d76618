/** What the vault keeps of a person's sign-in, for person-grant.ts. */
import * as z from "zod";
import type { VaultKind } from "./vault.ts";

const GRANT = z.discriminatedUnion("state", [
	z.object({ state: z.literal("live") }),
	/** Microsoft said that it will never work again; the tokens are gone from the record. */
	z.object({ state: z.literal("dead"), at: z.number(), ownerText: z.string(), reason: z.string() }),
]);

const RECORD = z.object({
	/** MSAL's cache as JSON, refresh token included; empty for a dead grant. */
	msalCache: z.string(),
	homeAccountId: z.string(),
	signedInAs: z.string(),
	/** Wall clock, milliseconds since 1970, as the next one. */
	signedInAt: z.number(),
	lastRefreshAt: z.number(),
	/** The app registration and place it was made with; it is good for no other. */
	clientId: z.string(),
	loginUrl: z.string(),
	/** Permissions that were asked for beside the usual ones. */
	extras: z.array(z.string()).default([]),
	grant: GRANT,
});

export type SignInRecord = z.infer<typeof RECORD>;

export const SIGN_IN_KIND: VaultKind<SignInRecord> = { record: RECORD, extension: "sealed", bound: "" };
