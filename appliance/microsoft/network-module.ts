/**
 * MSAL's way to the network, on our HTTP client; the one place where MSAL's weaknesses are made good:
 * no time-out, errors cut to one word, device-code polling that gives up at the first disturbance,
 * scopes compared by spelling, and no restraint in refreshing. One instance per account and use.
 *
 * MSAL gets only two kinds of answer: 200 with tokens or a code, and 400 with an error; what the
 * service really said is kept for `takeAnswer`.
 */
import type { INetworkModule, NetworkRequestOptions, NetworkResponse } from "@azure/msal-node";
import type { Clock } from "../clock.ts";
import { type DeviceCode, DeviceCodePacing, readDeviceCode } from "./device-code-pacing.ts";
import type { HttpClient } from "./http.ts";
import type { RefreshGate } from "./refresh-gate.ts";
import { asRequested } from "./scope-echo.ts";
import { faultOf } from "./sign-in-errors.ts";
import { askSts, type StsAnswer, type StsBody } from "./sts-answer.ts";

export interface NetworkModuleOptions {
	readonly http: HttpClient;
	readonly clock: Clock;
	/** Calls everything off. */
	readonly signal: AbortSignal;
	/** For refreshes; a closed gate is answered without asking. */
	readonly gate?: RefreshGate;
	/** A device code has come. */
	readonly onDeviceCode?: (code: DeviceCode) => void;
	/** Polling goes on although something went wrong; `reason` is for the log. */
	readonly onDisturbance?: (reason: string) => void;
	readonly timeoutMs?: number;
}

/** Hundred years: MSAL counts a code's life on the wall clock, which may jump; the pacing counts it right. */
const NEVER_SECONDS = 3_153_600_000;
/** What we say when the code's time is over; Microsoft says the same a little later. */
const EXPIRED = ownAnswer("expired_token", "the code was not used in time");
/** What we say while the gate is closed. */
const NOT_YET = ownAnswer("temporarily_unavailable", "waiting before the next token request");
/** Answers kept for `takeAnswer`; MSAL makes one or two requests per call. */
const KEPT_ANSWERS = 8;

/** RFC 8628 §3.4, and Microsoft's documentation of the flow. */
const DEVICE_CODE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

export class NetworkModule implements INetworkModule {
	readonly #options: NetworkModuleOptions;
	readonly #answers = new Map<string, StsAnswer>();
	#pacing: DeviceCodePacing | undefined;

	constructor(options: NetworkModuleOptions) {
		this.#options = options;
	}

	/** The last real answer to the call with this correlation id; forgotten when taken. */
	takeAnswer(correlationId: string): StsAnswer | undefined {
		const answer = this.#answers.get(correlationId);
		this.#answers.delete(correlationId);
		return answer;
	}

	/** Discovery documents; not asked for clouds whose places are known or configured. */
	async sendGetRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
		const answer = await this.#ask("GET", url, options);
		return forMsal<T>(answer.kind === "answer" ? answer.body : errorBody(answer));
	}

	async sendPostRequestAsync<T>(url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
		const form = new URLSearchParams(options?.body ?? "");
		const grant = form.get("grant_type");
		if (new URL(url).pathname.endsWith("/devicecode")) return forMsal<T>(await this.#begin(url, options));
		if (grant?.endsWith("device_code")) return forMsal<T>(await this.#poll(url, form, options));
		return forMsal<T>(await this.#exchange(url, form, options));
	}

	/** Asks for a device code. MSAL sees one that never expires and needs no interval: we count both. */
	async #begin(url: string, options: NetworkRequestOptions | undefined): Promise<StsBody> {
		const answer = await this.#ask("POST", url, options);
		if (answer.kind !== "answer") return errorBody(answer);
		const code = readDeviceCode(answer.body);
		if (code === undefined) return errorBody(answer);
		const { clock, signal, onDeviceCode } = this.#options;
		this.#pacing = new DeviceCodePacing(clock, signal, answer.body, code.lifetimeMs);
		onDeviceCode?.(code);
		return { ...answer.body, verification_uri: code.verificationUri, interval: 0, expires_in: NEVER_SECONDS };
	}

	async #poll(
		url: string,
		form: URLSearchParams,
		options: NetworkRequestOptions | undefined,
	): Promise<StsBody> {
		const turn = (await this.#pacing?.turn()) ?? "expired";
		// MSAL looks at its cancel flag, which goes up with our signal, before it asks again.
		if (turn === "cancelled") return { error: "authorization_pending" };
		if (turn === "expired") {
			this.#remember(options?.correlationId ?? "", EXPIRED);
			return errorBody(EXPIRED);
		}
		// MSAL writes the name that only Microsoft's own service takes for RFC 8628's.
		form.set("grant_type", DEVICE_CODE_GRANT);
		const answer = await this.#ask("POST", url, { ...options, body: form.toString() });
		if (this.#pacing?.goesOnAfter(answer) === true) {
			this.#reportDisturbance(answer);
			return { error: "authorization_pending" };
		}
		return tokenBody(answer, form);
	}

	#reportDisturbance(answer: StsAnswer): void {
		if (answer.kind === "error" && answer.error.error === "authorization_pending") return;
		this.#options.onDisturbance?.(faultOf(answer).reason);
	}

	/** A refresh, or any other grant. */
	async #exchange(
		url: string,
		form: URLSearchParams,
		options: NetworkRequestOptions | undefined,
	): Promise<StsBody> {
		const { gate } = this.#options;
		if (gate !== undefined && gate.waitMs() > 0) {
			this.#remember(options?.correlationId ?? "", NOT_YET);
			return errorBody(NOT_YET);
		}
		const answer = await this.#ask("POST", url, options);
		const body = tokenBody(answer, form);
		if ("access_token" in body) gate?.opened();
		else gate?.refused(faultOf(answer));
		return body;
	}

	async #ask(
		method: "GET" | "POST",
		url: string,
		options: NetworkRequestOptions | undefined,
	): Promise<StsAnswer> {
		const { http, signal, timeoutMs } = this.#options;
		const body = method === "POST" ? { body: Buffer.from(options?.body ?? "") } : {};
		const answer = await askSts(
			http,
			{ method, url, headers: options?.headers ?? {}, ...body },
			{ signal, timeoutMs },
		);
		this.#remember(options?.correlationId ?? "", answer);
		return answer;
	}

	#remember(correlationId: string, answer: StsAnswer): void {
		this.#answers.delete(correlationId);
		this.#answers.set(correlationId, answer);
		const [oldest] = this.#answers.keys();
		if (this.#answers.size > KEPT_ANSWERS && oldest !== undefined) this.#answers.delete(oldest);
	}
}

/** Tokens in the spelling MSAL asked for; anything without a token is an error, whatever its status. */
function tokenBody(answer: StsAnswer, form: URLSearchParams): StsBody {
	if (answer.kind !== "answer") return errorBody(answer);
	const { body } = answer;
	if (typeof body["access_token"] !== "string" || body["access_token"] === "") return errorBody(answer);
	const granted = typeof body["scope"] === "string" ? body["scope"] : undefined;
	return { ...body, scope: asRequested(form.get("scope") ?? "", granted) };
}

function errorBody(answer: StsAnswer): StsBody {
	if (answer.kind !== "error") {
		return { error: "temporarily_unavailable", error_description: faultOf(answer).reason };
	}
	const { error, description, codes, suberror } = answer.error;
	return {
		error,
		error_description: description,
		error_codes: codes,
		...(suberror === "" ? {} : { suberror }),
	};
}

/** No headers: MSAL would hold a `Retry-After` against its own polling. */
function forMsal<T>(body: StsBody): NetworkResponse<T> {
	return { status: "error" in body ? 400 : 200, headers: {}, body: body as T };
}

function ownAnswer(error: string, description: string): StsAnswer {
	return {
		kind: "error",
		status: 400,
		retryAfter: "",
		error: { error, description, codes: [], suberror: "", traceId: "" },
	};
}
