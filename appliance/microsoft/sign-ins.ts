/**
 * Every account's sign-in: the `TokenSource` of the appliance, the way to sign in, and what the
 * console shows of it. Trouble is data with a text for the owner; nothing here stops the box.
 *
 * A grant lapses when it is not used for 90 days, so each is refreshed once a day while online.
 */
import type { Account } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import type { Events } from "../events.ts";
import type { Log } from "../log.ts";
import type { AccountStatus, SignInNews } from "../services.ts";
import { resourceOf } from "./access-tokens.ts";
import { type CloudSettings, endpointsOf } from "./clouds.ts";
import { signInWithCode } from "./device-code.ts";
import type { DeviceCode } from "./device-code-pacing.ts";
import type { Grant, GrantStatus } from "./grant.ts";
import type { HttpClient } from "./http.ts";
import { PersonGrant } from "./person-grant.ts";
import { SIGN_IN_KIND, type SignInRecord } from "./sign-in-record.ts";
import type { SignInResult } from "./sign-in-result.ts";
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
	readonly log: Log;
	readonly events: Events;
}

export type SignInStatus = Omit<AccountStatus, "account" | "waits">;

const DAY_MS = 24 * 60 * 60_000;
const KEEP_ALIVE_AGE_MS = DAY_MS;
const KEEP_ALIVE_CHECK_MS = 60 * 60_000;

export class SignIns implements TokenSource {
	readonly #options: SignInsOptions;
	readonly #vault: Vault<SignInRecord>;
	readonly #people = new Map<string, Promise<PersonGrant>>();
	/** Sign-ins that wait for a person, by address. */
	readonly #waiting = new Map<string, AbortController>();
	readonly #flows = new Set<Promise<void>>();
	readonly #stopping = new AbortController();
	/** Accounts whose trouble has been told. */
	readonly #troubled = new Set<string>();
	#keepingAlive: Promise<void> = Promise.resolve();

	constructor(options: SignInsOptions) {
		this.#options = options;
		this.#vault = new Vault(options.place, SIGN_IN_KIND);
	}

	/** Reads what is in the vault, and begins to keep it alive. A vault that cannot be read is no error. */
	async start(): Promise<void> {
		for (const { address } of this.#options.accounts()) await this.#grant(address);
		this.#keepingAlive = this.#keepAlive();
	}

	/** Ends sign-ins and refreshes under way; resolves when what they had to save is saved. */
	async stop(): Promise<void> {
		this.#stopping.abort();
		await Promise.allSettled(this.#flows);
		await this.#keepingAlive;
		for (const grant of this.#people.values()) await (await grant).settled();
	}

	async accessToken(address: string, resource: Resource, options: TokenOptions = {}): Promise<TokenResult> {
		const account = this.#options.accountOf(address);
		if (account === undefined) {
			const ownerText = `There is no account ${address}.`;
			return { ok: false, trouble: { kind: "needs-sign-in", reason: "account unknown", ownerText } };
		}
		const grant = await this.#grant(address);
		const result = await untilAborted(
			grant.accessToken(account, resource, options.forceRefresh === true),
			options.signal,
		);
		if (resource === resourceOf(account)) this.#tell(address, result);
		return result;
	}

	/**
	 * Signs in; ends after `signed-in` or `refused`. A second sign-in to the same account takes the
	 * place of the first. Abort the signal, or stop reading, to cancel. Whoever signs in is accepted and
	 * named: a shared mailbox or an alias signs in under another name; a difference is pointed out.
	 */
	signIn(account: Account, signal: AbortSignal): AsyncIterable<SignInNews> {
		const unready = notReady(account);
		const calling = new AbortController();
		const called = AbortSignal.any([signal, calling.signal, this.#stopping.signal]);
		let read = true;
		return new ReadableStream<SignInNews>({
			start: (stream) => {
				const tell = (news: SignInNews) => {
					if (read) stream.enqueue(news);
				};
				const end = (news: SignInNews) => {
					if (this.#waiting.get(account.address) === calling) this.#waiting.delete(account.address);
					tell(news);
					if (read) stream.close();
				};
				if (unready !== undefined) {
					end(unready);
					return;
				}
				this.#waiting.get(account.address)?.abort();
				this.#waiting.set(account.address, calling);
				const flow = this.#signIn(account, called, tell).then(end, (error: unknown) => stream.error(error));
				this.#flows.add(flow);
				flow.finally(() => this.#flows.delete(flow)).catch((error: unknown) => stream.error(error));
			},
			cancel: () => {
				read = false;
				calling.abort();
			},
		});
	}

	/** What the console shows. An address nobody has signed in to needs a sign-in. */
	async status(address: string): Promise<SignInStatus> {
		const account = this.#options.accountOf(address);
		const status = account === undefined ? NO_ACCOUNT : (await this.#grant(address)).status(account);
		const needs = status.needsSignIn ? "needs-sign-in" : "signed-in";
		return {
			state: this.#waiting.has(address) ? "signing-in" : needs,
			signedInAs: status.signedInAs,
			signedInAt: isoTime(status.signedInAtMs),
			lapsesAt: isoTime(status.lapsesAtMs),
			trouble: status.trouble,
		};
	}

	/** Erases the sign-in, here; what Microsoft has granted is withdrawn with Microsoft. */
	async forget(address: string): Promise<void> {
		this.#waiting.get(address)?.abort();
		await (await this.#grant(address)).forget();
		this.#troubled.delete(address);
	}

	/** Runs one sign-in; gives the last news. */
	async #signIn(
		account: Account,
		signal: AbortSignal,
		tell: (news: SignInNews) => void,
	): Promise<SignInNews> {
		const { http, clock, log, microsoft } = this.#options;
		let disturbed = false;
		const result = await signInWithCode({
			account,
			resource: resourceOf(account),
			endpoints: endpointsOf(microsoft()),
			http,
			clock,
			signal,
			onPrompt: (code) => {
				tell(promptOf(code, clock.now()));
				tell({ type: "waiting", text: "Waiting for the code to be entered." });
			},
			onDisturbance: (reason) => {
				log.notice("sign-in-disturbed", { account: account.address, reason });
				if (disturbed) return;
				disturbed = true;
				tell({ type: "waiting", text: "Microsoft does not answer as it should just now; still waiting." });
			},
		});
		if (!result.ok) {
			log.notice("sign-in-refused", { account: account.address, reason: result.reason });
			return { type: "refused", ownerText: result.ownerText, hint: result.hint };
		}
		await this.#accept(account, result, tell);
		return { type: "signed-in", who: result.who };
	}

	async #accept(
		account: Account,
		result: SignInResult & { ok: true },
		tell: (news: SignInNews) => void,
	): Promise<void> {
		const { log, events } = this.#options;
		const { address } = account;
		await (await this.#person(address)).adopt(account, result);
		if (this.#troubled.delete(address)) events.emit("account-recovered", { account: address });
		events.emit("account-signed-in", { account: address, who: result.who });
		log.info("signed-in", { account: address, who: result.who });
		if (result.who.toLowerCase() !== address.toLowerCase()) {
			log.warning("signed-in-as-another", { account: address, who: result.who });
			const text = `Note that ${result.who} signed in, not ${address}. Mail leaves through the mailbox of ${result.who}; if that is not meant, sign in again.`;
			tell({ type: "waiting", text });
		}
	}

	#grant(address: string): Promise<Grant> {
		return this.#person(address);
	}

	#person(address: string): Promise<PersonGrant> {
		const known = this.#people.get(address);
		if (known !== undefined) return known;
		const { http, clock, log, microsoft } = this.#options;
		const endpoints = () => endpointsOf(microsoft());
		const stopping = this.#stopping.signal;
		const grant = new PersonGrant(address, { vault: this.#vault, http, clock, log, endpoints, stopping });
		const loaded = grant.load().then(() => grant);
		this.#people.set(address, loaded);
		return loaded;
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
				await (await this.#grant(account.address)).keepAlive(account, KEEP_ALIVE_AGE_MS);
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

function notReady(account: Account): SignInNews | undefined {
	if (account.method !== "device-code") {
		const ownerText = `This version of Postern cannot sign in by ${account.method} yet.`;
		return { type: "refused", ownerText, hint: "Use the method `device-code`." };
	}
	if (account.clientId !== "") return undefined;
	return {
		type: "refused",
		ownerText: "Postern does not know which app registration to sign in with.",
		hint: "Register an app in Entra and set its id as `client_id` under [microsoft].",
	};
}

function promptOf(code: DeviceCode, nowMs: number): SignInNews {
	const { verificationUri, userCode, message } = code;
	const expiresAt = new Date(nowMs + code.lifetimeMs).toISOString();
	return { type: "prompt", verificationUri, userCode, expiresAt, message };
}

/** Who asks may stop waiting; the refresh goes on for the others. */
async function untilAborted(
	asked: Promise<TokenResult>,
	signal: AbortSignal | undefined,
): Promise<TokenResult> {
	if (signal === undefined) return asked;
	const over = new AbortController();
	const aborted = new Promise<TokenResult>((resolve) => {
		const giveUp = () => resolve(CALLED_OFF);
		if (signal.aborted) giveUp();
		else signal.addEventListener("abort", giveUp, { signal: over.signal });
	});
	try {
		return await Promise.race([asked, aborted]);
	} finally {
		over.abort();
	}
}

const CALLED_OFF: TokenResult = {
	ok: false,
	trouble: { kind: "unreachable", reason: "called off", ownerText: "Postern was stopping." },
};
