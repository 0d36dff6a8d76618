/**
 * Signing in with a code (RFC 8628): Microsoft gives a code and an address, a person opens the
 * address on any device and enters the code, and the box waits. The result is data; it throws only
 * for bugs. Nothing is stored here: the caller keeps what a success brings.
 */
import { randomUUID } from "node:crypto";
import type { AuthenticationResult, DeviceCodeRequest } from "@azure/msal-node";
import type { Account } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import { asError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { type Endpoints, neededPermission, scopesOf } from "./clouds.ts";
import type { DeviceCode } from "./device-code-pacing.ts";
import { type HeldToken, holdToken } from "./held-token.ts";
import type { HttpClient } from "./http.ts";
import { openMsalApp } from "./msal-app.ts";
import { NetworkModule } from "./network-module.ts";
import { permission } from "./scope-echo.ts";
import { faultOf } from "./sign-in-errors.ts";
import type { Resource } from "./token-source.ts";

export interface DeviceCodeOptions {
	readonly account: Account;
	readonly resource: Resource;
	readonly endpoints: Endpoints;
	readonly http: HttpClient;
	readonly clock: Clock;
	readonly signal: AbortSignal;
	readonly onPrompt: (code: DeviceCode) => void;
	/** Something went wrong that is waited out; the text is for the log. */
	readonly onDisturbance?: (reason: string) => void;
}

export type SignInResult =
	| {
			readonly ok: true;
			/** Who signed in, as Microsoft calls them; need not be the account's address. */
			readonly who: string;
			readonly homeAccountId: string;
			/** MSAL's cache with the refresh token in it. */
			readonly msalCache: Secret;
			/** The first access token, for the resource asked for. */
			readonly held: HeldToken;
	  }
	| SignInRefusal;

export interface SignInRefusal {
	readonly ok: false;
	readonly ownerText: string;
	readonly hint: string;
	/** For the log. */
	readonly reason: string;
}

export async function signInWithCode(options: DeviceCodeOptions): Promise<SignInResult> {
	const { account, endpoints, signal, http, clock, onPrompt, onDisturbance } = options;
	const correlationId = randomUUID();
	const network = new NetworkModule({
		http,
		clock,
		signal,
		onDeviceCode: onPrompt,
		...(onDisturbance === undefined ? {} : { onDisturbance }),
	});
	const app = await openMsalApp({ account, endpoints, network });
	const request: DeviceCodeRequest = {
		scopes: scopesOf(endpoints, options.resource),
		correlationId,
		// MSAL calls this even for an error, with every field undefined, and would poll for ever after.
		deviceCodeCallback: ({ userCode }) => {
			if (userCode === undefined) throw new Error("no code came");
		},
	};
	const cancel = () => {
		request.cancel = true;
	};
	if (signal.aborted) cancel();
	signal.addEventListener("abort", cancel, { once: true });
	try {
		const result = await app.acquireTokenByDeviceCode(request);
		if (result?.account == null) return NOBODY;
		const refused = unfit(result, options.resource);
		if (refused !== undefined) return refused;
		return {
			ok: true,
			who: result.account.username,
			homeAccountId: result.account.homeAccountId,
			msalCache: new Secret(app.getTokenCache().serialize()),
			held: holdToken(result, network.takeAnswer(correlationId), clock),
		};
	} catch (error) {
		if (signal.aborted) return CANCELLED;
		return refusal(network, correlationId, asError(error));
	} finally {
		signal.removeEventListener("abort", cancel);
	}
}

const CANCELLED: SignInRefusal = {
	ok: false,
	ownerText: "The sign-in was cancelled.",
	hint: "Start again when you like.",
	reason: "cancelled",
};

const NOBODY: SignInRefusal = {
	ok: false,
	ownerText: "Microsoft accepted the sign-in but did not say who signed in.",
	hint: "Check that the app registration allows `openid` and `profile`, and start again.",
	reason: "no id_token in the token answer",
};

/** Why a sign-in that Microsoft accepted is of no use. */
function unfit(result: AuthenticationResult, resource: Resource): SignInRefusal | undefined {
	const who = result.account?.username ?? "";
	if (who === "") return NOBODY;
	const needed = neededPermission(resource);
	if (result.scopes.some((scope) => permission(scope) === needed.toLowerCase())) return undefined;
	return {
		ok: false,
		ownerText: `${who} signed in, but the permission to send mail (${needed}) was not given.`,
		hint: `Add ${needed} to the app registration in Entra, and start again.`,
		reason: `granted: ${result.scopes.join(" ")}`,
	};
}

/** The service's own answer says more than MSAL's error; without one it is MSAL that objects. */
function refusal(network: NetworkModule, correlationId: string, error: Error): SignInRefusal {
	const answer = network.takeAnswer(correlationId);
	if (answer === undefined || (answer.kind === "answer" && "access_token" in answer.body)) {
		return {
			ok: false,
			ownerText: "The sign-in could not be completed.",
			hint: "Check `client_id`, `tenant` and `cloud`, and start again.",
			reason: `${error.name}: ${error.message}`,
		};
	}
	const fault = faultOf(answer);
	const hint = fault.kind === "transient" ? "Start again in a few minutes." : fault.hint;
	return { ok: false, ownerText: fault.ownerText, hint, reason: fault.reason };
}
