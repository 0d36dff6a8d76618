/**
 * The people of the simulated tenant: who may sign in (anybody who types an address), what they
 * consented to, whose sign-ins were revoked, and which mailboxes they may open or send as.
 */
import { createHash } from "node:crypto";

/** The tenant of work accounts here, and Microsoft's fixed one of personal accounts. */
export const WORK_TENANT_ID = "7f8a1c52-3b7e-4a0e-9a55-2c1f0d6b4e11";
const PERSONAL_TENANT_ID = "9188040d-6c67-4c5b-b112-36a304b66dad";
/** Names that stand for the tenant in an authority address. */
const TENANT_NAMES = new Set([
	"common",
	"organizations",
	"consumers",
	"contoso.com",
	"contoso.onmicrosoft.com",
]);
const PERSONAL_DOMAINS = new Set(["outlook.com", "hotmail.com", "live.com", "msn.com"]);

/** The one app registration that exists from the start. */
export const SANDBOX_CLIENT_ID = "0b3e5c1a-7d24-4f6b-8e90-5a1c2d3e4f50";

export interface Person {
	/** In lower case; also the user principal name. */
	readonly address: string;
	readonly objectId: string;
	readonly tenantId: string;
	/** Consent keys (`graph/Mail.Send`) by client id. */
	readonly consents: Map<string, Set<string>>;
	/** Addresses this person may put in From besides their own; `*` is any. */
	readonly sendAs: Set<string>;
	/** Addresses of those who may open this mailbox. */
	readonly openedBy: Set<string>;
	/** Refresh tokens issued before this are revoked. */
	grantsValidFromMs: number;
	/** Access tokens issued before this are refused (continuous access evaluation). */
	accessValidFromMs: number;
	/** SMTP AUTH switched off for the mailbox: `535 5.7.139`. */
	smtpAuthDisabled: boolean;
	/** This sign-in error, of every refresh, until cleared. */
	refreshFailure: number | undefined;
}

/** What an administrator granted to an app registration itself. */
export interface AppGrants {
	/** Public certificates, PEM, by `x5t#S256`. */
	readonly certificates: Map<string, string>;
	/** Application permissions with admin consent. */
	readonly roles: Record<"graph" | "outlook", string[]>;
	/** Mailboxes that it is limited to (RBAC for Applications; mailbox permissions over SMTP); null is any. */
	mailboxes: Set<string> | null;
}

export class Directory {
	/** Addresses for browsers to end at, beside the usual. */
	readonly redirects = new Set<string>();
	readonly #apps = new Map<string, AppGrants>();
	readonly #people = new Map<string, Person>();
	readonly #clients = new Set<string>([SANDBOX_CLIENT_ID]);

	knowsTenant(tenant: string): boolean {
		const name = tenant.toLowerCase();
		return TENANT_NAMES.has(name) || name === WORK_TENANT_ID || name === PERSONAL_TENANT_ID;
	}

	knowsClient(clientId: string): boolean {
		return this.#clients.has(clientId.toLowerCase());
	}

	addClient(clientId: string): void {
		this.#clients.add(clientId.toLowerCase());
	}

	/** An app that nobody granted anything to has nothing. */
	app(clientId: string): AppGrants {
		const key = clientId.toLowerCase();
		let app = this.#apps.get(key);
		if (app === undefined) {
			app = { certificates: new Map(), roles: { graph: [], outlook: [] }, mailboxes: null };
			this.#apps.set(key, app);
		}
		return app;
	}

	mayUse(clientId: string, mailbox: Person): boolean {
		const { mailboxes } = this.app(clientId);
		return mailboxes === null || mailboxes.has(mailbox.address);
	}

	/** By address or object id. */
	find(nameOrId: string): Person | undefined {
		const key = nameOrId.toLowerCase();
		const byAddress = this.#people.get(key);
		if (byAddress !== undefined || key.includes("@")) return byAddress;
		return this.all().find(({ objectId }) => objectId === key);
	}

	/** By address; made on first mention, for anybody may sign in. */
	ensure(address: string): Person {
		const key = address.toLowerCase();
		const known = this.#people.get(key);
		if (known !== undefined) return known;
		const person = newPerson(key);
		this.#people.set(key, person);
		return person;
	}

	all(): Person[] {
		return [...this.#people.values()];
	}

	consent(person: Person, clientId: string, keys: Iterable<string>): void {
		const client = clientId.toLowerCase();
		const consented = person.consents.get(client) ?? new Set();
		for (const key of keys) consented.add(key);
		person.consents.set(client, consented);
	}

	/** May `person` put `address` in From? */
	maySendAs(person: Person, address: string): boolean {
		const from = address.toLowerCase();
		return from === person.address || person.sendAs.has(from) || person.sendAs.has("*");
	}

	/** May `person` open the mailbox of `owner`? */
	mayOpen(person: Person, owner: Person): boolean {
		return person === owner || owner.openedBy.has(person.address);
	}

	clear(): void {
		this.#people.clear();
		this.#apps.clear();
		this.redirects.clear();
		this.#clients.clear();
		this.#clients.add(SANDBOX_CLIENT_ID);
	}
}

function newPerson(address: string): Person {
	const hex = createHash("sha256").update(address).digest("hex");
	const personal = PERSONAL_DOMAINS.has(address.slice(address.indexOf("@") + 1));
	const head = personal
		? "00000000-0000-0000"
		: `${hex.slice(16, 24)}-${hex.slice(24, 28)}-4${hex.slice(28, 31)}`;
	return {
		address,
		objectId: `${head}-${hex.slice(0, 4)}-${hex.slice(4, 16)}`,
		tenantId: personal ? PERSONAL_TENANT_ID : WORK_TENANT_ID,
		consents: new Map(),
		sendAs: new Set(),
		openedBy: new Set(),
		grantsValidFromMs: 0,
		accessValidFromMs: 0,
		smtpAuthDisabled: false,
		refreshFailure: undefined,
	};
}
