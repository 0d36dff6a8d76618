/**
 * Sign-ins under way, one for an account at most: each a stream of news for whoever shows it. For sign-ins.ts,
 * which keeps what comes of them. A refusal is news with a text for the owner; only bugs are thrown.
 */
import type { Account } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import { UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { AppCertificate, SignInNews } from "../services.ts";
import type { TrustedTime } from "../trusted-time.ts";
import { say } from "../words/saying.ts";
import { SIGN_IN } from "../words/sign-in.ts";
import { resourceOf } from "./access-tokens.ts";
import { type AppGrant, appName, isKeyRefused, unfitFor } from "./app-grant.ts";
import type { KnownKey } from "./app-keys.ts";
import { BrowserCode } from "./browser-code.ts";
import type { Endpoints } from "./clouds.ts";
import { signInWithCode } from "./device-code.ts";
import type { DeviceCode } from "./device-code-pacing.ts";
import type { HttpClient } from "./http.ts";
import type { FaultKind } from "./sign-in-error-table.ts";
import type { SignInFault } from "./sign-in-errors.ts";
import { CANCELLED, type SignInRefusal, type SignInResult } from "./sign-in-result.ts";

export interface SignInFlowsOptions {
	readonly endpoints: () => Endpoints;
	readonly http: HttpClient;
	readonly clock: Clock;
	readonly time: TrustedTime;
	readonly log: Log;
	/** The certificate account of that address. */
	readonly app: (account: Account) => Promise<AppGrant>;
	/** A person signed in: keeps it. */
	readonly accept: (account: Account, result: SignedIn) => Promise<void>;
	/** Microsoft accepted the account's certificate. */
	readonly certified: (account: Account) => void;
	/** Aborts when the appliance stops. */
	readonly stopping: AbortSignal;
}

export type SignedIn = SignInResult & { ok: true };

/** One sign-in: by what it is known while it goes on, and who keeps what comes of it. */
interface Flow {
	readonly account: Account;
	readonly key: string;
	readonly signal: AbortSignal;
	readonly tell: (news: SignInNews) => void;
	/** What it throws ends the stream. */
	readonly accept: (result: SignedIn) => Promise<void>;
}

/** Of somebody whom no account knows yet. */
export interface Visit {
	/** Unlike every address. */
	readonly key: string;
	readonly accept: (result: SignedIn) => Promise<void>;
}

/** Somebody is uploading the certificate; Microsoft takes some seconds to know it. */
const PROVE_AGAIN_MS = 10_000;
const TRIES = say(SIGN_IN.triesEvery, { seconds: PROVE_AGAIN_MS / 1000 });
/** Nobody has granted consent yet, or the app is not in this organisation yet: a person may be at it. */
const PERSON_AT_IT = new Set([7000229, 700016]);
/** Before this there was no such box: its clock has not been set. */
const CLOCK_SET_SINCE_MS = Date.UTC(2026, 0);

export class SignInFlows {
	readonly #options: SignInFlowsOptions;
	/** By the account's address, or a visit's key. */
	readonly #waiting = new Map<string, AbortController>();
	readonly #browsers = new Map<string, { readonly account: Account; readonly browser: BrowserCode }>();
	readonly #running = new Set<Promise<void>>();

	constructor(options: SignInFlowsOptions) {
		this.#options = options;
	}

	isWaiting(key: string): boolean {
		return this.#waiting.has(key);
	}

	cancel(key: string): void {
		this.#waiting.get(key)?.abort();
	}

	/** Resolves when all have ended; for after `stopping`. */
	async settled(): Promise<void> {
		await Promise.allSettled(this.#running);
	}

	/**
	 * Signs in; ends after `signed-in` or `refused`. A second sign-in to the same account takes the
	 * place of the first. Abort the signal, or stop reading, to cancel. Whoever signs in is accepted and
	 * named: a shared mailbox or an alias signs in under another name; a difference is pointed out. With a `visit`
	 * nothing is kept but what that keeps.
	 */
	start(account: Account, signal: AbortSignal, visit?: Visit): AsyncIterable<SignInNews> {
		const key = visit?.key ?? account.address;
		const accept = visit?.accept ?? ((result: SignedIn) => this.#options.accept(account, result));
		const unready = notReady(account);
		const calling = new AbortController();
		const called = AbortSignal.any([signal, calling.signal, this.#options.stopping]);
		let read = true;
		return new ReadableStream<SignInNews>({
			start: (stream) => {
				const tell = (news: SignInNews) => {
					if (read) stream.enqueue(news);
				};
				const leave = () => {
					if (this.#waiting.get(key) === calling) this.#waiting.delete(key);
				};
				const end = (news: SignInNews) => {
					leave();
					tell(news);
					if (read) stream.close();
				};
				if (unready !== undefined) {
					end(unready);
					return;
				}
				this.#waiting.get(key)?.abort();
				this.#waiting.set(key, calling);
				const flow = this.#run({ account, key, signal: called, tell, accept }).then(end, (error: unknown) => {
					leave();
					if (read) stream.error(error);
				});
				this.#running.add(flow);
				flow.finally(() => this.#running.delete(flow)).catch((error: unknown) => stream.error(error));
			},
			cancel: () => {
				read = false;
				calling.abort();
			},
		});
	}

	/**
	 * The address at which a browser ended, pasted. Throws `sign-in-not-waiting` and `paste-unusable`; then the
	 * sign-in, if there is one, waits for another.
	 */
	paste(key: string, text: string): void {
		const browser = this.#browsers.get(key)?.browser;
		if (browser === undefined) throw notWaiting(`postern account add ${key} --method browser`);
		browser.take(text);
	}

	/** The same, of a browser that ended at the console: its state says whose it is. */
	returned(query: string): string {
		const state = new URLSearchParams(query).get("state") ?? "";
		for (const { account, browser } of this.#browsers.values()) {
			if (!browser.hasState(state)) continue;
			browser.take(`?${query}`);
			return account.address;
		}
		throw notWaiting("postern account add");
	}

	#run(flow: Flow): Promise<SignInNews> {
		switch (flow.account.method) {
			case "device-code":
				return this.#byCode(flow);
			case "browser":
				return this.#byBrowser(flow);
			case "certificate":
				return this.#byCertificate(flow);
		}
	}

	async #byCode(flow: Flow): Promise<SignInNews> {
		const { account, signal, tell } = flow;
		const { http, clock, log, endpoints } = this.#options;
		let disturbed = false;
		const result = await signInWithCode({
			...{ account, http, clock, signal },
			resource: resourceOf(account),
			endpoints: endpoints(),
			onPrompt: (code) => {
				tell(promptOf(code, clock.now()));
				tell({ type: "waiting", text: SIGN_IN.waitsForCode });
			},
			onDisturbance: (reason) => {
				log.notice("sign-in-disturbed", { account: account.address, reason });
				if (disturbed) return;
				disturbed = true;
				tell({ type: "waiting", text: SIGN_IN.disturbed });
			},
		});
		return this.#ended(flow, result);
	}

	async #byBrowser(flow: Flow): Promise<SignInNews> {
		const { account, key, signal, tell } = flow;
		const { http, clock, endpoints } = this.#options;
		const browser = await BrowserCode.begin({
			...{ account, http, clock, signal },
			resource: resourceOf(account),
			endpoints: endpoints(),
		});
		this.#browsers.set(key, { account, browser });
		try {
			const expiresAt = new Date(clock.now() + browser.patienceMs).toISOString();
			tell({ type: "open", url: browser.url, endsAt: browser.redirect, expiresAt });
			return await this.#ended(flow, await browser.finish());
		} finally {
			if (this.#browsers.get(key)?.browser === browser) this.#browsers.delete(key);
		}
	}

	async #ended({ account, tell, accept }: Flow, result: SignInResult): Promise<SignInNews> {
		if (!result.ok) return this.#refused(account, result);
		await accept(result);
		const { address } = account;
		if (result.who.toLowerCase() !== address.toLowerCase()) {
			this.#options.log.warning("signed-in-as-another", { account: address, who: result.who });
			const text = say(SIGN_IN.signedInAsOther, { who: result.who, address });
			tell({ type: "waiting", text });
		}
		return { type: "signed-in", who: result.who };
	}

	/** Shows the certificate, and tries until Microsoft accepts it: uploading takes a person some minutes. */
	async #byCertificate({ account, signal, tell }: Flow): Promise<SignInNews> {
		const { clock, app } = this.#options;
		const unfit = unfitFor(account);
		if (unfit !== undefined) return this.#refused(account, { ...unfit, hint: "" });
		const grant = await app(account);
		await grant.keys.refresh(account);
		const isNew = await grant.keys.make(account, this.certificateTimeMs(), false);
		const [key] = grant.keys.known;
		if (key === undefined) {
			return this.#refused(account, { reason: "no certificate", ownerText: grant.keys.problem, hint: "" });
		}
		tell({ type: "certificate", certificate: describeKey(account, grant.keys.known), isNew });
		let told = "";
		for (;;) {
			const fault = await grant.prove(account);
			if (fault === undefined) break;
			if (!mayPass(fault)) return this.#refused(account, fault);
			const text = `${fault.ownerText} ${fault.hint} ${TRIES}`;
			if (text !== told) tell({ type: "waiting", text });
			told = text;
			await clock.sleep(PROVE_AGAIN_MS, signal);
			if (signal.aborted) return this.#refused(account, CANCELLED);
		}
		this.#options.certified(account);
		return { type: "signed-in", who: appName(account) };
	}

	/** The time that a new certificate begins with. Throws `time-unknown`. */
	certificateTimeMs(): number {
		const { time, clock } = this.#options;
		const nowMs = time.nowMs() ?? clock.now();
		if (nowMs >= CLOCK_SET_SINCE_MS) return nowMs;
		throw new UserError("time-unknown", SIGN_IN.timeUnknown, SIGN_IN.timeUnknownDo);
	}

	#refused(
		{ address }: Account,
		{ reason, ownerText, hint, kind }: Pick<SignInRefusal, "reason" | "ownerText" | "hint" | "kind">,
	): SignInNews {
		this.#options.log.notice("sign-in-refused", { account: address, reason });
		const wayOut = kind === undefined ? undefined : WAY_OUT[kind];
		return { type: "refused", ownerText, hint, ...(wayOut === undefined ? {} : { wayOut }) };
	}
}

/** The newest, and until when an older one serves beside it. */
export function describeKey(account: Account, known: readonly KnownKey[]): AppCertificate {
	const [newest, older] = known;
	if (newest === undefined) throw new Error("there is no certificate");
	return {
		address: account.address,
		clientId: account.clientId,
		transport: account.transport,
		pem: newest.certificatePem,
		thumbprintSha256: newest.thumbprintSha256,
		thumbprintSha1: newest.thumbprintSha1,
		expiresAt: new Date(newest.expiresAtMs).toISOString(),
		acceptedAt: newest.acceptedAtMs === undefined ? null : new Date(newest.acceptedAtMs).toISOString(),
		olderServesUntil: older === undefined ? null : new Date(older.expiresAtMs).toISOString(),
		file: account.certificateFile,
	};
}

const WAY_OUT: Readonly<Partial<Record<FaultKind, "other-method" | "registration">>> = {
	blocked: "other-method",
	misconfigured: "registration",
};

/** Somebody is still at it, or the way to Microsoft is disturbed. */
function mayPass(fault: SignInFault): boolean {
	return fault.kind === "transient" || isKeyRefused(fault) || PERSON_AT_IT.has(fault.code);
}

function notReady(account: Account): SignInNews | undefined {
	if (account.clientId !== "") return undefined;
	return {
		type: "refused",
		ownerText: SIGN_IN.noRegistration,
		hint: SIGN_IN.noRegistrationDo,
		wayOut: "registration",
	};
}

function notWaiting(command: string): UserError {
	return new UserError("sign-in-not-waiting", SIGN_IN.notWaiting, say(SIGN_IN.notWaitingDo, { command }));
}

function promptOf(code: DeviceCode, nowMs: number): SignInNews {
	const { verificationUri, userCode, message } = code;
	const expiresAt = new Date(nowMs + code.lifetimeMs).toISOString();
	return { type: "prompt", verificationUri, userCode, expiresAt, message };
}
