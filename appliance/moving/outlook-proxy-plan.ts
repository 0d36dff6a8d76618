/**
 * What the users of microsoft-smtp-oauth2-proxy become here: an account each, and a login with the password that
 * they have. Pure; for read-source.ts, which has hashed the passwords. They stood there in clear.
 */
import { readMailAddress } from "../config/mail-pattern.ts";
import { Refusal } from "../config/refusal.ts";
import type { MovingDraft, MovingItem } from "../console-services/moving.ts";
import { clearTextNote, left } from "./found-items.ts";

export interface FoundUser {
	readonly email: string;
	/** Of its password, as it is kept here; empty when it had none that can be. */
	readonly passwordHash: string;
	readonly appId: string;
}

export function planOutlookProxy(
	users: readonly FoundUser[],
	/** Undefined: its environment was not given. */
	environment: { readonly items: readonly MovingItem[]; readonly hasClearPort: boolean } | undefined,
): MovingDraft {
	const hasClearPort = environment?.hasClearPort ?? false;
	const items = [
		...(users.length === 0 ? [left("tokens", "there is no user in it")] : []),
		...users.flatMap((user) => userItems(user, hasClearPort)),
		...(environment?.items ?? [left("environment", "not given: name its .env file after the database")]),
	];
	return { source: "outlook-proxy", items, next: nextSteps(users, hasClearPort) };
}

function userItems({ email, passwordHash, appId }: FoundUser, hasClearPort: boolean): readonly MovingItem[] {
	const address = readMailAddress(email);
	const what = `user ${email}`;
	if (address instanceof Refusal) return [left(what, "its name is no mail address")];
	const account: MovingItem = {
		kind: "account",
		what,
		as: `account ${address}`,
		note: "needs a sign-in",
		// Its registration is for personal accounts and has SMTP.Send alone.
		record: {
			address,
			transport: "smtp",
			tenant: "consumers",
			...(appId === "" ? {} : { client_id: appId }),
		},
	};
	if (passwordHash === "")
		return [account, left(`${what}: password`, "it has none, or one that is too long")];
	const login = {
		name: address,
		username: address,
		password_hash: passwordHash,
		account: address,
		...(hasClearPort ? { auth_without_tls: true } : {}),
	};
	const note = hasClearPort ? clearTextNote : "";
	return [account, { kind: "device", what, as: `device ${address}`, note, record: login }];
}

function nextSteps(users: readonly FoundUser[], hasClearPort: boolean): readonly string[] {
	return [
		...(users.some(({ appId }) => appId !== "")
			? [
					'In Entra, set "Allow public client flows" to Yes for the app registration: Postern signs in without its secret.',
				]
			: []),
		...(hasClearPort ? ["Where a device can use TLS, have it do so and turn its auth_without_tls off."] : []),
		"Stop the proxy. A port that it still had is taken by running this again.",
	];
}
