/** The sorts of secrets that an account has in the vault, taken out of it and put into another. For contents.ts and staging.ts. */
import { APP_KEYS_KIND } from "../microsoft/app-keys.ts";
import { SIGN_IN_KIND } from "../microsoft/sign-in-record.ts";
import { Vault, type VaultKind } from "../microsoft/vault.ts";
import type { KeyPlace } from "../microsoft/vault-key.ts";
import { damaged, tooNew } from "./refusals.ts";

const KINDS: Readonly<Record<string, VaultKind<unknown>>> = { person: SIGN_IN_KIND, app: APP_KEYS_KIND };

export interface VaultRecord {
	/** `person`, `app`. */
	readonly sort: string;
	readonly account: string;
	readonly record: unknown;
}

/** What can be read; what cannot is of no use elsewhere either. */
export async function* readVault(place: KeyPlace, accounts: readonly string[]): AsyncGenerator<VaultRecord> {
	for (const [sort, kind] of Object.entries(KINDS)) {
		const vault = new Vault(place, kind);
		for (const account of accounts) {
			const reading = await vault.read(account);
			if (reading.state === "present") yield { sort, account, record: reading.record };
		}
	}
}

/** Throws `backup-damaged`, `backup-too-new`. */
export function checkVaultRecord({ sort, record }: VaultRecord): void {
	const kind = Object.hasOwn(KINDS, sort) ? KINDS[sort] : undefined;
	if (kind === undefined) throw tooNew();
	const parsed = kind.record.safeParse(record);
	if (!parsed.success) throw damaged(parsed.error);
}

/** Sealed under this box's key, in another folder than the one in use. */
export async function writeVault(
	place: KeyPlace,
	folder: string,
	{ sort, account, record }: VaultRecord,
): Promise<void> {
	const kind = KINDS[sort];
	if (kind !== undefined) await new Vault(place, kind, folder).write(account, record);
}
