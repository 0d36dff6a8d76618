/**
 * What somebody wants signed in, and how: read from a form, and carried in the address of the page that follows the
 * sign-in, so that "try again" means the same also when the account was not kept. Nothing in it is secret.
 */
import type { AccountDraft } from "../../../appliance/services.ts";
import type { Form } from "../../form.ts";

export const METHODS = ["device-code", "browser", "certificate"] as const;
export const TRANSPORTS = ["graph", "smtp"] as const;
const LONGEST_ID = 128;
const LONGEST_TENANT = 255;

export function draftFromForm(form: Form): AccountDraft {
	return draftOf(form.text("address"), (name) => form.text(name));
}

export function draftFromQuery(address: string, query: URLSearchParams): AccountDraft {
	return draftOf(address, (name) => query.get(name) ?? "");
}

function draftOf(address: string, read: (name: string) => string): AccountDraft {
	const method = METHODS.find((name) => name === read("method"));
	const transport = TRANSPORTS.find((name) => name === read("transport"));
	const clientId = read("client_id").slice(0, LONGEST_ID);
	const tenant = read("tenant").slice(0, LONGEST_TENANT);
	return {
		address: address.toLowerCase(),
		...(method === undefined ? {} : { method }),
		...(transport === undefined ? {} : { transport }),
		...(clientId === "" ? {} : { clientId }),
		...(tenant === "" ? {} : { tenant }),
	};
}

export function fieldsOf({ method, transport, clientId, tenant }: AccountDraft): Record<string, string> {
	const fields = { method, transport, client_id: clientId, tenant };
	return Object.fromEntries(
		Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
	);
}

export function accountPath(address: string): string {
	return `/microsoft/${encodeURIComponent(address)}`;
}

export function signInPath({ address }: Pick<AccountDraft, "address">): string {
	return `/microsoft/sign-in/${encodeURIComponent(address)}`;
}

export function pastePath(draft: AccountDraft): string {
	return `${signInPath(draft)}/paste?${new URLSearchParams(fieldsOf(draft))}`;
}

export function signInPathWith(draft: AccountDraft, more: Readonly<Record<string, string>> = {}): string {
	const query = new URLSearchParams({ ...fieldsOf(draft), ...more }).toString();
	return query === "" ? signInPath(draft) : `${signInPath(draft)}?${query}`;
}
