/**
 * Every account's sign-in: the `TokenSource` of the appliance, the way to sign in, and what the
 * console shows of it. Trouble is data with a text for the owner; nothing here stops the box.
 *
 * A grant lapses when it is not used for 90 days, so each is refreshed once a day while online.
 */
import type { Account } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import { UserError } from "../errors.ts";
import type { Events } from "../events.ts";
import type { Log } from "../log.ts";
import type { AccountStatus, AppCertificate, SignInNews } from "../services.ts";
import type { TrustedTime } from "../trusted-time.ts";
import { say } from "../words/saying.ts";
import { SIGN_IN } from "../words/sign-in.ts";
import { resourceOf } from "./access-tokens.ts";
import { AppGrant, appName } from "./app-grant.ts";
import { APP_KEYS_KIND, AppKeys, type AppKeysRecord } from "./app-keys.ts";
import { type CloudSettings, endpointsOf } from "./clouds.ts";
import type { Grant, GrantParts, GrantStatus } from "./grant.ts";
import type { HttpClient } from "./http.ts";
import { PersonGrant } from "./person-grant.ts";
import { describeKey, type SignedIn, SignInFlows } from "./sign-in-flows.ts";
import { SIGN_IN_KIND, type SignInRecord } from "./sign-in-record.ts";
import type { Resource, TokenOptions, TokenResult, TokenSource } from "./token-source.ts";
import { Vault } from "./vault.ts";
import type { KeyPlace } from "./vault-key.ts";

export interface SignInsOptions {
	/** `[microsoft]` in force; asked anew each time, because it may be reloaded. */
	readonly microsoft: () => CloudSettings;
	readonly accountOf: (address: string) => Account | undefined;
	readonly accounts: () => readonly Account[];
	/** Where sign-ins are kept, and the key that seals them. */
	readonly place: KeyPlace;
	readonly http: HttpClient;
	readonly clock: Clock;
	readonly time: TrustedTime;
	readonly log: Log;
	readonly events: Events;
}

export type SignInStatus = Omit<AccountStatus, "account" | "waits">;

export interface VisitOptions {
	/** Names the visit to `paste`; unlike every address. */
	readonly key: string;
	readonly candidate: Account;
	readonly onArrived: (who: string, keep: (account: Account) => Promise<void>) => Promise<void>;
}

/** A record of another box's vault. */
export type OthersSignIn = { readonly account: string } & (
	| { readonly sort: "person"; readonly record: SignInRecord }
	| { readonly sort: "app"; readonly record: AppKeysRecord }
);

const DAY_MS = 24 * 60 * 60_000;
const KEEP_ALIVE_AGE_MS = DAY_MS;
const KEEP_ALIVE_CHECK_MS = 60 * 60_000;

export class SignIns implements TokenSource {
	readonly #options: SignInsOptions;
	readonly #vaults;
	readonly #flows: SignInFlows;
	readonly #people = new Map<string, Promise<PersonGrant>>();
	readonly #apps = new Map<string, Promise<AppGrant>>();
	readonly #stopping = new AbortController();
	/** Accounts whose trouble has been told. */
	readonly #troubled = new Set<string>();
	#keepingAlive: Promise<void> = Promise.resolve();

	constructor(options: SignInsOptions) {
		this.#options = options;
		const { place, http, clock, time, log, microsoft } = options;
		this.#vaults = { people: new Vault(place, SIGN_IN_KIND), apps: new Vault(place, APP_KEYS_KIND) };
		this.#flows = new SignInFlows({
			...{ http, clock, time, log, stopping: this.#stopping.signal },
			endpoints: () => endpointsOf(microsoft()),
			app: (account) => this.#app(account),
			accept: (account, result) => this.#accept(account, result),
			certified: (account) => this.#signedIn(account, appName(account)),
		});
	}

	/** Reads what is in the vault, and begins to keep it alive. A vault that cannot be read is no error. */
	async start(): Promise<void> {
		for (const account of this.#options.accounts()) await this.#grant(account);
		this.#keepingAlive = this.#keepAlive();
	}

	/** Ends sign-ins and refreshes under way; resolves when what they had to save is saved. */
	async stop(): Promise<void> {
		this.#stopping.abort();
		await this.#flows.settled();
		await this.#keepingAlive;
		for (const grant of [...this.#people.values(), ...this.#apps.values()]) await (await grant).settled();
	}

	async accessToken(address: string, resource: Resource, options: TokenOptions = {}): Promise<TokenResult> {
		const account = this.#options.accountOf(address);
		if (account === undefined) {
			const ownerText = say(SIGN_IN.accountUnknown, { address });
			return { ok: false, trouble: { kind: "needs-sign-in", reason: "account unknown", ownerText } };
		}
		const grant = await this.#grant(account);
		const result = await untilAborted(
			grant.accessToken(account, resource, options.forceRefresh === true),
			options.signal,
		);
		if (resource === resourceOf(account)) this.#tell(address, result);
		return result;
	}

	/** Signs in; see sign-in-flows.ts. */
	signIn(account: Account, signal: AbortSignal): AsyncIterable<SignInNews> {
		return this.#flows.start(account, signal);
	}

	/**
	 * Signs somebody in who is no account yet, by a candidate for one. `onArrived` is told who it is, and may keep the
	 * sign-in for an account; what it throws ends the stream, and nothing is kept. Cancelled by the signal.
	 */
	visit({ key, candidate, onArrived }: VisitOptions, signal: AbortSignal): AsyncIterable<SignInNews> {
		const accept = (result: SignedIn) => onArrived(result.who, (account) => this.#accept(account, result));
		return this.#flows.start(candidate, signal, { key, accept });
	}

	/** What a person pasted after a browser sign-in to the account, or of the visit. Throws as `SignInFlows.paste` does. */
	paste(addressOrKey: string, text: string): void {
		this.#flows.paste(addressOrKey, text);
	}

	/** The query with which a browser came back to the console; gives the account. Throws as `paste` does. */
	returned(query: string): string {
		return this.#flows.returned(query);
	}

	/**
	 * The public half of an account's certificate; with `renew` a new one is made, and the old one serves until
	 * Microsoft has accepted it. Throws `no-certificate`, `certificate-in-file`, `time-unknown`.
	 */
	async certificate(account: Account, renew: boolean): Promise<AppCertificate> {
		const { address } = account;
		if (account.method !== "certificate") {
			throw new UserError(
				"no-certificate",
				say(SIGN_IN.otherMethod, { address, method: account.method }),
				say(SIGN_IN.otherMethodDo, { address }),
			);
		}
		const { keys } = await this.#app(account);
		await keys.refresh(account);
		if (renew) await keys.make(account, this.#flows.certificateTimeMs(), true);
		if (keys.known.length > 0) return describeKey(account, keys.known);
		const hint = say(SIGN_IN.makeOne, { address });
		throw new UserError("no-certificate", keys.problem || say(SIGN_IN.noCertificateYet, { address }), hint);
	}

	/** The configuration was read again: so are the owner's certificate files. */
	async refreshCertificates(): Promise<void> {
		for (const account of this.#options.accounts()) {
			if (account.method === "certificate") await (await this.#app(account)).keys.refresh(account);
		}
	}

	/** What the console shows. An address nobody has signed in to needs a sign-in. */
	async status(address: string): Promise<SignInStatus> {
		const account = this.#options.accountOf(address);
		const status = account === undefined ? NO_ACCOUNT : (await this.#grant(account)).status(account);
		const needs = status.needsSignIn ? "needs-sign-in" : "signed-in";
		return {
			state: this.#flows.isWaiting(address) ? "signing-in" : needs,
			signedInAs: status.signedInAs,
			signedInAt: isoTime(status.signedInAtMs),
			lapsesAt: isoTime(status.lapsesAtMs),
			trouble: status.trouble,
		};
	}

	/** Takes what another box's vault has for an account of this one, where that is of more use. True when it did. */
	async takeOver(theirs: OthersSignIn): Promise<boolean> {
		const account = this.#options.accountOf(theirs.account);
		if (account === undefined) return false;
		if (theirs.sort === "app") {
			const isTaken = await (await this.#app(account)).takeOver(theirs.record);
			if (isTaken && account.method === "certificate") this.#signedIn(account, appName(account));
			return isTaken;
		}
		const isTaken = await (await this.#person(account.address)).takeOver(theirs.record);
		if (isTaken && account.method !== "certificate") this.#signedIn(account, theirs.record.signedInAs);
		return isTaken;
	}

	/** Erases the sign-in, here; what Microsoft has granted is withdrawn with Microsoft. */
	async forget(address: string): Promise<void> {
		this.#flows.cancel(address);
		await (await this.#person(address)).forget();
		const account = this.#options.accountOf(address);
		if (account !== undefined) await (await this.#app(account)).forget();
		this.#troubled.delete(address);
	}

	async #accept(account: Account, result: SignedIn): Promise<void> {
		await (await this.#person(account.address)).adopt(account, result);
		this.#signedIn(account, result.who);
	}

	#signedIn({ address }: Account, who: string): void {
		const { log, events } = this.#options;
		if (this.#troubled.delete(address)) events.emit("account-recovered", { account: address });
		events.emit("account-signed-in", { account: address, who });
		log.info("signed-in", { account: address, who });
	}

	#grant(account: Account): Promise<Grant> {
		return account.method === "certificate" ? this.#app(account) : this.#person(account.address);
	}

	#person(address: string): Promise<PersonGrant> {
		return made(this.#people, address, async () => {
			const grant = new PersonGrant(address, { ...this.#grantParts(), vault: this.#vaults.people });
			await grant.load();
			return grant;
		});
	}

	#app(account: Account): Promise<AppGrant> {
		const { address } = account;
		return made(this.#apps, address, async () => {
			const { log, clock, time } = this.#options;
			const keys = new AppKeys(address, { vault: this.#vaults.apps, log, now: () => clock.now() });
			await keys.load();
			await keys.refresh(account);
			return new AppGrant(address, { ...this.#grantParts(), keys, time });
		});
	}

	#grantParts(): GrantParts {
		const { http, clock, log, microsoft } = this.#options;
		return { http, clock, log, endpoints: () => endpointsOf(microsoft()), stopping: this.#stopping.signal };
	}

	/** Tells the lights and the console once that somebody must act, and once that it is over. */
	#tell(account: string, result: TokenResult): void {
		const { events } = this.#options;
		if (result.ok) {
			if (this.#troubled.delete(account)) events.emit("account-recovered", { account });
			return;
		}
		const { kind, ownerText } = result.trouble;
		if ((kind !== "needs-sign-in" && kind !== "blocked") || this.#troubled.has(account)) return;
		this.#troubled.add(account);
		events.emit("account-trouble", { account, kind, ownerText });
	}

	async #keepAlive(): Promise<void> {
		const { clock, accounts, log } = this.#options;
		while (!this.#stopping.signal.aborted) {
			await clock.sleep(KEEP_ALIVE_CHECK_MS, this.#stopping.signal);
			for (const account of accounts()) {
				if (this.#stopping.signal.aborted) return;
				log.debug("keep-alive", { account: account.address });
				await (await this.#grant(account)).keepAlive(account, KEEP_ALIVE_AGE_MS);
			}
		}
	}
}

const NO_ACCOUNT: GrantStatus = {
	needsSignIn: true,
	signedInAs: "",
	signedInAtMs: undefined,
	lapsesAtMs: undefined,
	trouble: "",
};

function isoTime(wallMs: number | undefined): string | null {
	return wallMs === undefined ? null : new Date(wallMs).toISOString();
}

/** The one there is, or a new one. */
function made<Value>(
	all: Map<string, Promise<Value>>,
	key: string,
	make: () => Promise<Value>,
): Promise<Value> {
	let value = all.get(key);
	if (value === undefined) {
		value = make();
		all.set(key, value);
	}
	return value;
}

/** Who asks may stop waiting; the refresh goes on for the others. */
async function untilAborted(
	asked: Promise<TokenResult>,
	signal: AbortSignal | undefined,
): Promise<TokenResult> {
	if (signal === undefined) return asked;
	const aborted = Promise.withResolvers<TokenResult>();
	const giveUp = () => aborted.resolve(CALLED_OFF);
	if (signal.aborted) giveUp();
	else signal.addEventListener("abort", giveUp);
	try {
		return await Promise.race([asked, aborted.promise]);
	} finally {
		signal.removeEventListener("abort", giveUp);
	}
}

const CALLED_OFF: TokenResult = {
	ok: false,
	trouble: { kind: "unreachable", reason: "called off", ownerText: SIGN_IN.stopping },
};
