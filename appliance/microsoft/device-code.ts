/**
 * Signing in with a code (RFC 8628): Microsoft gives a code and an address, a person opens the
 * address on any device and enters the code, and the box waits. The result is data; it throws only
 * for bugs. Nothing is stored here: the caller keeps what a success brings.
 */
import { randomUUID } from "node:crypto";
import type { DeviceCodeRequest } from "@azure/msal-node";
import type { Account } from "../accounts/model.ts";
import type { Clock } from "../clock.ts";
import { asError } from "../errors.ts";
import { type Endpoints, extraPermissions, scopesOf } from "./clouds.ts";
import type { DeviceCode } from "./device-code-pacing.ts";
import type { HttpClient } from "./http.ts";
import { openMsalApp } from "./msal-app.ts";
import { NetworkModule } from "./network-module.ts";
import { CANCELLED, refusal, type SignInResult, signInResult } from "./sign-in-result.ts";
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
		scopes: scopesOf(endpoints, options.resource, extraPermissions(account)),
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
		return signInResult({ app, result, network, correlationId, resource: options.resource, clock });
	} catch (error) {
		if (signal.aborted) return CANCELLED;
		return refusal(network, correlationId, asError(error));
	} finally {
		signal.removeEventListener("abort", cancel);
	}
}
