/**
 * What two boxes behind one address have in common, and what is each one's own. For pair-desk.ts.
 *
 * In common is what makes a device's mail be taken and sent on either: devices, accounts, logins that fetch, who may join,
 * and how mail is handled. A box's own are its name, ports, certificate and lights, who may use its console, and its queue.
 */
import { documentKeyOf } from "../accounts/device-records.ts";
import { savedAccountSchema, savedDeviceSchema, savedMailboxSchema } from "../config/record-schemas.ts";

export const RECORD_KINDS = ["account", "device", "mailbox"] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** Settings that the console saved; the rest are of one box alone. */
const SHARED_SETTINGS: readonly RegExp[] = [
	/^microsoft\.(?:cloud|client_id|tenant|redirect|authority|graph|smtp|pop)$/,
	/^sign_up\./,
	/^smtp\.(?:strangers|max_message_size)$/,
	/^queue\.(?:retry|expire_after|when_unsure|keep_subjects|reports_to|keep_failed|delay_warning_after)$/,
];

export function isSharedSetting(key: string): boolean {
	return SHARED_SETTINGS.some((shared) => shared.test(key));
}

/** Beside records there are hashes of passwords that stand in a box's own file (accounts/file-passwords.ts). */
export function isShared({ kind, key }: { readonly kind: string; readonly key: string }): boolean {
	if (kind === "setting") return isSharedSetting(key);
	return RECORD_KINDS.some((one) => one === kind) && !key.startsWith("password:");
}

/** Its name, as its owner knows it; undefined where this version cannot read it, or it is not under its own key. */
export function nameOf(kind: RecordKind, key: string, value: unknown): string | undefined {
	switch (kind) {
		case "account": {
			const address = savedAccountSchema.safeParse(value).data?.address;
			return address === key ? address : undefined;
		}
		case "device": {
			const name = savedDeviceSchema.safeParse(value).data?.name;
			return name !== undefined && documentKeyOf(name) === key ? name : undefined;
		}
		case "mailbox": {
			const username = savedMailboxSchema.safeParse(value).data?.username;
			return username === key ? username : undefined;
		}
	}
}
