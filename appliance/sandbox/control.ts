/**
 * Everything a test may do to the simulation and learn from it, typed. The HTTP form of the same is in
 * control-api.ts. A call either happens whole or throws for a mistake in the test.
 */
import { X509Certificate } from "node:crypto";
import { SANDBOX_CLIENT_ID } from "./directory.ts";
import type { Door, DoorState } from "./door.ts";
import type { Fault, FaultOrder } from "./faults.ts";
import type { Folder } from "./mailbox.ts";
import type { ArrivedFilter, ArrivedMessage, Duplicate } from "./record.ts";
import type { Concurrency, SandboxRequest } from "./requests.ts";
import { consentKey, parseScopes, type ScopeResource } from "./scopes.ts";
import { patched, type SandboxSettings, type SandboxSettingsPatch } from "./settings.ts";
import { approve } from "./token-endpoint.ts";
import { mintAccessToken } from "./tokens.ts";
import type { World } from "./world.ts";

/** What happens to the next poll of a device code, once. */
export const POLL_QUIRKS = [
	"slow_down",
	"503-json",
	"503-html",
	"429",
	"reset",
	"hang",
	"empty-200",
	"declined",
	"public-client-off",
] as const;
export type PollQuirk = (typeof POLL_QUIRKS)[number];

const DEVICE_POLL: FaultOrder = { where: "sign-in", path: "device_code", action: "answer" };
const QUIRK_FAULTS: Readonly<Record<PollQuirk, FaultOrder>> = {
	slow_down: {
		...DEVICE_POLL,
		status: 400,
		body: '{"error":"slow_down","error_description":"AADSTS70016: You are polling too quickly.","error_codes":[70016]}',
	},
	"503-json": DEVICE_POLL,
	"503-html": {
		...DEVICE_POLL,
		body: "<!DOCTYPE html><html><body>Service unavailable</body></html>",
		contentType: "text/html",
	},
	"429": { ...DEVICE_POLL, status: 429, retryAfterSeconds: 1 },
	reset: { ...DEVICE_POLL, action: "drop" },
	hang: { ...DEVICE_POLL, action: "hang" },
	"empty-200": { ...DEVICE_POLL, status: 200, body: "{}" },
	declined: {
		...DEVICE_POLL,
		status: 400,
		body: '{"error":"authorization_declined","error_description":"AADSTS70018: The end user denied the authorization request.","error_codes":[70018]}',
	},
	"public-client-off": {
		...DEVICE_POLL,
		status: 401,
		body: '{"error":"invalid_client","error_description":"AADSTS7000218: The request body must contain the following parameter: \'client_assertion\' or \'client_secret\'.","error_codes":[7000218]}',
	},
};

export type OfflineState = Exclude<DoorState, "open">;
export type Side = "http" | "smtp" | "pop";

export interface RequestFilter {
	readonly kind?: SandboxRequest["kind"] | undefined;
	/** Part of the path. */
	readonly path?: string | undefined;
	readonly account?: string | undefined;
}

export interface TokenOrder {
	readonly resource?: ScopeResource | undefined;
	/** Names: `Mail.Send`. Default: all that the resource is used for here. */
	readonly scopes?: readonly string[] | undefined;
	/** Negative: already expired. */
	readonly lifetimeSeconds?: number | undefined;
}

export interface DepositOrder {
	readonly folder?: Folder;
	readonly isRead?: boolean;
	readonly receivedAtMs?: number;
}

export interface AppOrder {
	readonly clientId?: string | undefined;
	/** Added to those there are. */
	readonly certificatePem?: string | undefined;
	/** Application permissions, all of them: `Mail.Send`. */
	readonly graph?: readonly string[] | undefined;
	readonly outlook?: readonly string[] | undefined;
	/** All that it may use; they are there from now on. */
	readonly mailboxes?: readonly string[] | undefined;
}

const DEFAULT_SCOPES: Readonly<Record<ScopeResource, readonly string[]>> = {
	graph: ["Mail.Send", "Mail.ReadWrite", "Mail.Send.Shared", "Mail.ReadWrite.Shared", "User.Read"],
	outlook: ["SMTP.Send", "POP.AccessAsUser.All"],
};

export class SandboxControl {
	readonly #world: World;
	readonly #doors: Readonly<Record<Side, Door>>;

	constructor(world: World, doors: Readonly<Record<Side, Door>>) {
		this.#world = world;
		this.#doors = doors;
	}

	settings(): SandboxSettings {
		return this.#world.settings;
	}

	/** Throws a ZodError when a value does not fit; then nothing is changed. */
	change(patch: SandboxSettingsPatch): SandboxSettings {
		this.#world.settings = patched(this.#world.settings, patch);
		return this.#world.settings;
	}

	/** Takes the cloud away: connections are cut at once, new ones meet `state`. */
	async offline(
		state: OfflineState = "refuse",
		sides: readonly Side[] = ["http", "smtp", "pop"],
	): Promise<void> {
		await Promise.all(sides.map((side) => this.#doors[side].set(state)));
	}

	/** And brings it back, on the same ports. */
	async online(): Promise<void> {
		await Promise.all(Object.values(this.#doors).map((door) => door.set("open")));
	}

	doors(): Readonly<Record<Side, DoorState>> {
		return { http: this.#doors.http.state, smtp: this.#doors.smtp.state, pop: this.#doors.pop.state };
	}

	/** Orders a failure of the next matching requests. */
	fail(order: FaultOrder): void {
		this.#world.faults.order(order);
	}

	/** Failures ordered and not yet used up. */
	faults(): readonly Fault[] {
		return this.#world.faults.waiting();
	}

	clearFaults(): void {
		this.#world.faults.clear();
	}

	quirkNextPoll(quirk: PollQuirk): void {
		this.#world.faults.order(QUIRK_FAULTS[quirk]);
	}

	/** The password was changed: refresh tokens of until now give AADSTS50173. */
	revoke(address: string, options: { readonly accessTokensToo?: boolean | undefined } = {}): void {
		const person = this.#world.directory.ensure(address);
		// Tokens of this very millisecond are of until now.
		person.grantsValidFromMs = this.#world.now() + 1;
		if (options.accessTokensToo === true) person.accessValidFromMs = this.#world.now() + 1;
	}

	/** Every refresh of this account fails with the AADSTS number, until null. */
	failRefresh(address: string, aadsts: number | null): void {
		this.#world.directory.ensure(address).refreshFailure = aadsts ?? undefined;
	}

	/** False: no such code is waiting. */
	approve(userCode: string, address: string): boolean {
		const code = this.#world.deviceCodes.typed(userCode);
		if (code?.decision.kind !== "pending") return false;
		approve(this.#world, code, address);
		return true;
	}

	decline(userCode: string): boolean {
		const code = this.#world.deviceCodes.typed(userCode);
		if (code?.decision.kind !== "pending") return false;
		code.decision = { kind: "declined" };
		return true;
	}

	pendingUserCodes(): string[] {
		return this.#world.deviceCodes.pending().map(({ userCode }) => userCode);
	}

	/** As though the account had consented in an earlier sign-in; `scope` as in a token request. */
	consent(address: string, scope: string, clientId = SANDBOX_CLIENT_ID): void {
		const scopes = parseScopes(scope, this.#world.ownHost);
		this.#world.directory.consent(this.#world.directory.ensure(address), clientId, scopes.map(consentKey));
	}

	/** Full access to the mailbox and the right to send as it. */
	share(mailbox: string, withAddress: string): void {
		this.#world.directory.ensure(mailbox).openedBy.add(withAddress.toLowerCase());
		this.allowSendAs(withAddress, mailbox);
	}

	/** `from` `*` is any address. */
	allowSendAs(address: string, from: string): void {
		this.#world.directory.ensure(address).sendAs.add(from.toLowerCase());
	}

	/** Takes back what `allowSendAs` gave. */
	denySendAs(address: string, from: string): void {
		this.#world.directory.ensure(address).sendAs.delete(from.toLowerCase());
	}

	setSmtpAuth(address: string, enabled: boolean): void {
		this.#world.directory.ensure(address).smtpAuthDisabled = !enabled;
	}

	/** Another app registration that the tenant knows. */
	addClient(clientId: string): void {
		this.#world.directory.addClient(clientId);
	}

	/** Mail that lies in a mailbox. */
	deposit(address: string, mime: Buffer, order: DepositOrder = {}): void {
		const world = this.#world;
		const mailbox = world.mailboxOf(world.directory.ensure(address).address);
		const { folder = "inbox", isRead = false, receivedAtMs = world.now() } = order;
		const message = world.record.keep(mime);
		mailbox.add({ folder, message, isDraft: false, isRead, receivedAtMs });
	}

	/** What lies in a folder: subjects, oldest first, with a star where it has been read. */
	contents(address: string, folder = "inbox"): readonly string[] {
		const items = this.#world.mailboxOf(address).all();
		return items
			.filter((item) => item.folder === folder)
			.map(({ message, isRead }) => `${message.summary.subject ?? ""}${isRead ? "*" : ""}`);
	}

	/** Another address for browsers to end at. */
	addRedirect(url: string): void {
		this.#world.directory.redirects.add(url);
	}

	/** What an administrator does in Entra and Exchange: upload a certificate, grant the app its permissions. */
	grantApp(order: AppOrder): void {
		const app = this.#world.directory.app(order.clientId ?? SANDBOX_CLIENT_ID);
		if (order.certificatePem !== undefined) {
			const { fingerprint256 } = new X509Certificate(order.certificatePem);
			const thumbprint = Buffer.from(fingerprint256.replaceAll(":", ""), "hex").toString("base64url");
			app.certificates.set(thumbprint, order.certificatePem);
		}
		if (order.graph !== undefined) app.roles.graph = [...order.graph];
		if (order.outlook !== undefined) app.roles.outlook = [...order.outlook];
		if (order.mailboxes === undefined) return;
		app.mailboxes = new Set(order.mailboxes.map((address) => this.#world.directory.ensure(address).address));
	}

	/** Takes every certificate of the app away. */
	forgetCertificates(clientId = SANDBOX_CLIENT_ID): void {
		this.#world.directory.app(clientId).certificates.clear();
	}

	/** An access token without the ceremony. */
	mintToken(address: string, order: TokenOrder = {}): string {
		const { resource = "graph", lifetimeSeconds = this.#world.settings.accessTokenLifetimeSeconds } = order;
		const issuedAtMs = this.#world.now();
		return mintAccessToken({
			speaksFor: "person",
			address: this.#world.directory.ensure(address).address,
			clientId: SANDBOX_CLIENT_ID,
			resource,
			scopes: [...(order.scopes ?? DEFAULT_SCOPES[resource])],
			issuedAtMs,
			expiresAtMs: issuedAtMs + lifetimeSeconds * 1000,
		});
	}

	/** Oldest first. */
	arrived(filter: ArrivedFilter = {}): readonly ArrivedMessage[] {
		return this.#world.record.list(filter);
	}

	/** For a test to which the moment matters; the last one asked for counts. */
	onArrival(listener: (arrived: ArrivedMessage) => void): void {
		this.#world.record.onArrival = listener;
	}

	counts(): { readonly messages: number; readonly deliveries: number; readonly requests: number } {
		const { messages, deliveries } = this.#world.record.counts;
		return { messages, deliveries, requests: this.#world.requests.total };
	}

	duplicates(): readonly Duplicate[] {
		return this.#world.record.duplicates();
	}

	requests({ kind, path, account }: RequestFilter = {}): readonly SandboxRequest[] {
		return this.#world.requests
			.list()
			.filter(
				(entry) =>
					(kind === undefined || entry.kind === kind) &&
					entry.path.includes(path ?? "") &&
					(account === undefined || entry.account === account.toLowerCase()),
			);
	}

	/** The most requests and sessions ever served at once, by account. */
	concurrency(): Concurrency {
		return { graph: this.#world.graphSlots.most(), smtp: this.#world.smtpSlots.most() };
	}

	/** Forgets what arrived and was asked; people, sign-ins and settings stay. */
	forgetTraffic(): void {
		this.#world.forgetTraffic();
	}

	/** As just started, but with the same ports and certificate. */
	async reset(): Promise<void> {
		this.#world.reset();
		await this.online();
	}
}
