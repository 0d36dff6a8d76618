/**
 * What comes of a person's signing in, whichever way: for device-code.ts and browser-code.ts, which run it,
 * and sign-ins.ts, which keeps it. Pure.
 */
import type { AuthenticationResult, PublicClientApplication } from "@azure/msal-node";
import type { Clock } from "../clock.ts";
import { Secret } from "../secret.ts";
import { say } from "../words/saying.ts";
import { SIGN_IN } from "../words/sign-in.ts";
import { neededPermission } from "./clouds.ts";
import { type HeldToken, holdToken } from "./held-token.ts";
import type { NetworkModule } from "./network-module.ts";
import { permission } from "./scope-echo.ts";
import type { FaultKind } from "./sign-in-error-table.ts";
import { faultOf } from "./sign-in-errors.ts";
import type { Resource } from "./token-source.ts";

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
	/** AADSTS number; 0 where there is none. */
	readonly code: number;
	/** Absent where it is not Microsoft's word. */
	readonly kind?: FaultKind;
}

export interface Arrived {
	readonly app: PublicClientApplication;
	readonly result: AuthenticationResult | null;
	readonly network: NetworkModule;
	readonly correlationId: string;
	readonly resource: Resource;
	readonly clock: Clock;
}

/** From MSAL's answer to what is kept of it, or why it is of no use. */
export function signInResult({
	app,
	result,
	network,
	correlationId,
	resource,
	clock,
}: Arrived): SignInResult {
	if (result?.account == null) return NOBODY;
	const refused = unfit(result, resource);
	if (refused !== undefined) return refused;
	return {
		ok: true,
		who: result.account.username,
		homeAccountId: result.account.homeAccountId,
		msalCache: new Secret(app.getTokenCache().serialize()),
		held: holdToken(result, network.takeAnswer(correlationId), clock),
	};
}

export const CANCELLED: SignInRefusal = {
	ok: false,
	ownerText: SIGN_IN.cancelled,
	hint: SIGN_IN.cancelledDo,
	reason: "cancelled",
	code: 0,
};

const NOBODY: SignInRefusal = {
	ok: false,
	ownerText: SIGN_IN.nobody,
	hint: SIGN_IN.nobodyDo,
	reason: "no id_token in the token answer",
	code: 0,
};

/** Why a sign-in that Microsoft accepted is of no use. */
function unfit(result: AuthenticationResult, resource: Resource): SignInRefusal | undefined {
	const who = result.account?.username ?? "";
	if (who === "") return NOBODY;
	const needed = neededPermission(resource);
	if (result.scopes.some((scope) => permission(scope) === needed.toLowerCase())) return undefined;
	return {
		ok: false,
		ownerText: say(SIGN_IN.noSendPermission, { who, permission: needed }),
		hint: say(SIGN_IN.noSendPermissionDo, { permission: needed }),
		reason: `granted: ${result.scopes.join(" ")}`,
		code: 0,
	};
}

/** The service's own answer says more than MSAL's error; without one it is MSAL that objects. */
export function refusal(network: NetworkModule, correlationId: string, error: Error): SignInRefusal {
	const answer = network.takeAnswer(correlationId);
	if (answer === undefined || (answer.kind === "answer" && "access_token" in answer.body)) {
		return {
			ok: false,
			ownerText: SIGN_IN.notCompleted,
			hint: SIGN_IN.notCompletedDo,
			reason: `${error.name}: ${error.message}`,
			code: 0,
		};
	}
	const fault = faultOf(answer);
	const hint = fault.kind === "transient" ? SIGN_IN.inSomeMinutes : fault.hint;
	const { ownerText, reason, code, kind } = fault;
	return { ok: false, ownerText, hint, reason, code, kind };
}
