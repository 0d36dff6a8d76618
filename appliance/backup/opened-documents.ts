/**
 * Saved documents on their way to another box: what this box keeps sealed in them stands in clear, since the other one has
 * another key, and is sealed there again. Only ever inside something encrypted. For backups and for pairing/.
 */
import { openField, SEALED_FIELDS, sealField, textAt, withTextAt } from "../accounts/sealed-fields.ts";
import { type KeyPlace, sharedVaultKey } from "../microsoft/vault-key.ts";
import { Secret } from "../secret.ts";
import type { DocumentRow } from "../store/operations.ts";
import { damaged, tooNew } from "./refusals.ts";

export interface OpenedDocument {
	readonly kind: string;
	readonly key: string;
	readonly value: unknown;
	/** Places in the value that hold in clear what the box keeps sealed (accounts/sealed-fields.ts). */
	readonly opened: readonly string[];
}

/** What cannot be opened goes as it is. */
export async function openDocument(
	{ kind, key, value: text }: DocumentRow,
	place: KeyPlace,
): Promise<OpenedDocument> {
	let value: unknown = JSON.parse(text);
	const opened: string[] = [];
	for (const field of SEALED_FIELDS.filter((one) => one.kind === kind)) {
		const secret = await openField(field, { key, value }, sharedVaultKey(place));
		if (secret === undefined) continue;
		value = withTextAt(value, field.place, secret.reveal());
		opened.push(field.place);
	}
	return { kind, key, value, opened };
}

/** What came in clear is sealed again. Throws `backup-damaged`, `backup-too-new`. */
export async function sealDocument(
	{ kind, key, value, opened }: OpenedDocument,
	place: KeyPlace,
): Promise<DocumentRow> {
	let sealed = value;
	for (const name of opened) {
		const field = SEALED_FIELDS.find((one) => one.kind === kind && one.place === name);
		if (field === undefined) throw tooNew();
		const secret = textAt(value, name);
		const text =
			secret === undefined
				? undefined
				: await sealField(field, { key, value }, new Secret(secret), sharedVaultKey(place));
		if (text === undefined) throw damaged();
		sealed = withTextAt(sealed, name, text);
	}
	return { kind, key, value: JSON.stringify(sealed) };
}
