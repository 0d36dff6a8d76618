/**
 * Signing in with a browser (RFC 6749 §4.1 with PKCE, RFC 7636): a person opens a link anywhere, signs in, and hands
 * the address at which the browser ended back to the box, by pasting it or because it is the console's own. For
 * sign-in-flows.ts. The verifier and the state live in memory only: a restart makes the link worthless.
 *
 * The result is data; it throws only for bugs. Nothing is stored here.
 */
import { randomBytes, randomUUID, timingSafeEqual } from "node:crypto";
import type { PublicClientApplication } from "@azure/msal-node";
import type { Account } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import { asError, UserError } from "../errors.ts";
import { SIGN_IN } from "../words/sign-in.ts";
import { type Endpoints, extraPermissions, scopesOf } from "./clouds.ts";
import type { HttpClient } from "./http.ts";
import { openMsalApp } from "./msal-app.ts";
import { NetworkModule } from "./network-module.ts";
import { type Pasted, readPasted } from "./pasted-address.ts";
import { faultOf } from "./sign-in-errors.ts";
import { CANCELLED, refusal, type SignInRefusal, type SignInResult, signInResult } from "./sign-in-result.ts";
import type { Resource } from "./token-source.ts";

export interface BrowserCodeOptions {
	readonly account: Account;
	readonly resource: Resource;
	readonly endpoints: Endpoints;
	readonly http: HttpClient;
	readonly clock: Clock;
	readonly signal: AbortSignal;
}

/** Somebody has to find a computer and an administrator's consent; an abandoned sign-in ends some time. */
const PATIENCE_MS = 30 * 60_000;
/** The code was used before, came too late, or is not of this app registration. */
const STALE_CODES = new Set([54005, 70000, 70008]);

type Answered = Exclude<Pasted, { kind: "unusable" }>;

export class BrowserCode {
	/** What to open. */
	readonly url: string;
	/** Where the browser ends. */
	readonly redirect: string;
	readonly patienceMs = PATIENCE_MS;
	readonly #options: BrowserCodeOptions;
	readonly #app: PublicClientApplication;
	readonly #network: NetworkModule;
	readonly #state: string;
	readonly #verifier: string;
	readonly #answered = Promise.withResolvers<Answered>();

	private constructor(
		options: BrowserCodeOptions,
		parts: {
			app: PublicClientApplication;
			network: NetworkModule;
			url: string;
			state: string;
			verifier: string;
		},
	) {
		this.#options = options;
		this.#app = parts.app;
		this.#network = parts.network;
		this.url = parts.url;
		this.redirect = options.endpoints.redirectUrl;
		this.#state = parts.state;
		this.#verifier = parts.verifier;
	}

	static async begin(options: BrowserCodeOptions): Promise<BrowserCode> {
		const { account, endpoints, http, clock, signal } = options;
		const { CryptoProvider } = await import("@azure/msal-node");
		const network = new NetworkModule({ http, clock, signal });
		const app = await openMsalApp({ account, endpoints, network });
		const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
		const state = randomBytes(16).toString("base64url");
		const url = await app.getAuthCodeUrl({
			scopes: scopesOf(endpoints, options.resource, extraPermissions(account)),
			redirectUri: endpoints.redirectUrl,
			codeChallenge: challenge,
			codeChallengeMethod: "S256",
			state,
			loginHint: account.address,
			// Whoever is signed in to this browser anyway is seldom who the box is to be.
			prompt: "select_account",
		});
		return new BrowserCode(options, { app, network, url, state, verifier });
	}

	/** Is this the sign-in that the address at which a browser ended belongs to? */
	hasState(state: string): boolean {
		const [mine, theirs] = [Buffer.from(this.#state), Buffer.from(state)];
		return mine.length === theirs.length && timingSafeEqual(mine, theirs);
	}

	/** Takes what was pasted. Throws `paste-unusable` when it is of no use; then it waits for another. */
	take(text: string): void {
		const pasted = readPasted(text);
		if (pasted.kind === "unusable") throw new UserError("paste-unusable", pasted.ownerText);
		// A code alone has no state; that it is of this sign-in, PKCE sees to.
		if (pasted.state !== undefined && !this.hasState(pasted.state)) {
			throw new UserError("paste-unusable", SIGN_IN.pastedOfOther, SIGN_IN.pastedOfOtherDo);
		}
		this.#answered.resolve(pasted);
	}

	/** Waits for the paste, and changes the code for tokens. */
	async finish(): Promise<SignInResult> {
		const { signal } = this.#options;
		const answered = await this.#waitForPaste();
		if (answered === undefined) return signal.aborted ? CANCELLED : TOO_LATE;
		return answered.kind === "refused" ? refused(answered) : await this.#redeem(answered.code);
	}

	async #waitForPaste(): Promise<Answered | undefined> {
		const { clock, signal } = this.#options;
		const done = new AbortController();
		const over = clock.sleep(PATIENCE_MS, AbortSignal.any([signal, done.signal])).then(() => undefined);
		const answered = await Promise.race([this.#answered.promise, over]);
		done.abort();
		return signal.aborted ? undefined : answered;
	}

	async #redeem(code: string): Promise<SignInResult> {
		const { account, endpoints, resource, clock, signal } = this.#options;
		const correlationId = randomUUID();
		const [app, network] = [this.#app, this.#network];
		try {
			const result = await app.acquireTokenByCode({
				code,
				scopes: scopesOf(endpoints, resource, extraPermissions(account)),
				redirectUri: this.redirect,
				codeVerifier: this.#verifier,
				correlationId,
			});
			return signInResult({ app, result, network, correlationId, resource, clock });
		} catch (error) {
			if (signal.aborted) return CANCELLED;
			const refused = refusal(network, correlationId, asError(error));
			return STALE_CODES.has(refused.code) ? { ...STALE, reason: refused.reason } : refused;
		}
	}
}

function refused({ error }: Extract<Answered, { kind: "refused" }>): SignInRefusal {
	const fault = faultOf({ kind: "error", status: 400, retryAfter: "", error });
	const { ownerText, hint, reason, code, kind } = fault;
	return { ok: false, ownerText, hint, reason, code, kind };
}

const TOO_LATE: SignInRefusal = {
	ok: false,
	ownerText: SIGN_IN.tooLate,
	hint: SIGN_IN.pasteSoon,
	reason: "no paste in time",
	code: 0,
};

const STALE: SignInRefusal = {
	ok: false,
	ownerText: SIGN_IN.stale,
	hint: SIGN_IN.pasteSoon,
	reason: "",
	code: 0,
};
