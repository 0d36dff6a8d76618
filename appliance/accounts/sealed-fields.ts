/**
 * Which fields of saved documents are sealed under the box's vault key, so that a backup can carry what is in
 * them to a box with another key. For backup/.
 *
 * Each purpose of recoverable-secrets.ts has its place here; a test sees to that.
 */
import { savedDeviceSchema, savedMailboxSchema } from "../config/record-schemas.ts";
import type { Secret } from "../secret.ts";
import type { StoredDocument } from "../store/documents.ts";
import { foldPersonName, readPerson } from "./person-records.ts";
import {
	DEVICE_PASSWORDS,
	HOOK_SECRETS,
	MAILBOX_PASSWORDS,
	ONE_TIME_CODES,
	RecoverableSecrets,
	type SecretPurpose,
	type VaultKey,
} from "./recoverable-secrets.ts";

export interface SealedField {
	/** Of the document. */
	readonly kind: string;
	/** Dotted, within the document. */
	readonly place: string;
	readonly purpose: SecretPurpose;
	/** To whose name it is bound; undefined where the document cannot be read. */
	boundTo(value: unknown, key: string): string | undefined;
}

export const SEALED_FIELDS: readonly SealedField[] = [
	{
		kind: "device",
		place: "recoverable_password",
		purpose: DEVICE_PASSWORDS,
		boundTo: (value) => savedDeviceSchema.safeParse(value).data?.username,
	},
	{
		kind: "mailbox",
		place: "recoverable_password",
		purpose: MAILBOX_PASSWORDS,
		boundTo: (value) => savedMailboxSchema.safeParse(value).data?.username,
	},
	{
		kind: "person",
		place: "totp.sealed",
		purpose: ONE_TIME_CODES,
		boundTo: (value) => {
			const person = readPerson(value);
			return person === undefined ? undefined : foldPersonName(person.name);
		},
	},
	{ kind: "hook", place: "sealed_secret", purpose: HOOK_SECRETS, boundTo: (_value, key) => key },
];

/** What it holds; undefined where there is none, or it cannot be opened. */
export async function openField(
	{ place, purpose, boundTo }: SealedField,
	{ key, value }: StoredDocument,
	vaultKey: VaultKey,
): Promise<Secret | undefined> {
	const sealed = textAt(value, place);
	const owner = boundTo(value, key);
	if (sealed === undefined || owner === undefined) return undefined;
	return new RecoverableSecrets(vaultKey, purpose).open(sealed, owner);
}

/** The secret, sealed for this document. Undefined where the document cannot be read. Throws as `RecoverableSecrets.seal`. */
export async function sealField(
	{ purpose, boundTo }: SealedField,
	{ key, value }: StoredDocument,
	secret: Secret,
	vaultKey: VaultKey,
): Promise<string | undefined> {
	const owner = boundTo(value, key);
	return owner === undefined ? undefined : new RecoverableSecrets(vaultKey, purpose).seal(secret, owner);
}

export function textAt(value: unknown, place: string): string | undefined {
	let at = value;
	for (const key of place.split(".")) {
		if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
		at = (at as Record<string, unknown>)[key];
	}
	return typeof at === "string" ? at : undefined;
}

/** A copy with another text in that place, which must be there. */
export function withTextAt(value: unknown, place: string, text: string): unknown {
	const [key = "", ...rest] = place.split(".");
	if (typeof value !== "object" || value === null || !Object.hasOwn(value, key)) return value;
	const below = (value as Record<string, unknown>)[key];
	return { ...value, [key]: rest.length === 0 ? text : withTextAt(below, rest.join("."), text) };
}
