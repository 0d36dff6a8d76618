/** Keys for programs. For console-services.ts. */
import type { Secret } from "../secret.ts";
import type { Peer } from "./people.ts";

/**
 * `read` looks; `mail` acts on messages and reads them; `devices` changes devices; `accounts` changes accounts and who
 * fetches their mailboxes; `settings` and `people` look at those and change them; `metrics` is `/metrics` alone.
 */
export const KEY_SCOPES = ["read", "mail", "devices", "accounts", "settings", "people", "metrics"] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

export interface ApiKey {
	readonly id: string;
	readonly label: string;
	readonly scopes: readonly KeyScope[];
	readonly createdAt: string;
	readonly createdBy: string;
	readonly lastUsedAt: string | null;
	readonly expiresAt: string | null;
}

export interface KeyService {
	list(): readonly ApiKey[];
	/** The key is shown once. Throws `key-invalid`. */
	add(draft: {
		readonly label: string;
		readonly scopes: readonly KeyScope[];
		readonly expiresAt: string | null;
		readonly createdBy: string;
	}): Promise<{ readonly key: ApiKey; readonly secret: Secret }>;
	/** Throws `key-unknown`. */
	remove(id: string): Promise<void>;
	/** Undefined: none such, or expired. Constant in time. Guessing is slowed: throws `sign-in-locked`. */
	find(secret: string, peer: Peer): ApiKey | undefined;
}
