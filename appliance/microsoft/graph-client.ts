/**
 * Asks Microsoft Graph in an account's name: token, request ids, one refresh after a 401, errors and
 * `Retry-After` read into data. For delivery/. Never rejects for what the network or Graph can cause.
 */
import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import { type Meter, NO_METER } from "../queue/limits.ts";
import type { AccountTrouble } from "../queue/transport.ts";
import { readGraphError } from "./graph-error.ts";
import type { HttpClient, HttpFailure, HttpResult } from "./http.ts";
import { retryAfterMs } from "./retry-after.ts";
import type { TokenSource } from "./token-source.ts";

export interface GraphRequest {
	readonly account: string;
	readonly method: "GET" | "POST" | "PATCH" | "DELETE";
	/** Inside the mailbox, query included: `/sendMail`; or a `@odata.nextLink` of Graph's, as it came. */
	readonly path: string;
	/** Of somebody who shares it; absent: the account's own. */
	readonly mailbox?: string;
	/** The body of an answer 200 comes as `stream`. */
	readonly streams?: true;
	readonly headers?: Readonly<Record<string, string>>;
	/** The body anew at each call: a request is repeated after a 401. */
	readonly body?: () => Buffer | AsyncIterable<Buffer>;
	readonly bodyLength?: number;
	readonly idleTimeoutMs?: number;
	readonly signal?: AbortSignal;
}

/** Some of a file, to an address that Graph gave out and that needs no token. */
export interface GraphUpload {
	/** Whose mailbox it goes to. */
	readonly account: string;
	readonly url: string;
	/** `bytes FIRST-LAST/TOTAL` */
	readonly range: string;
	readonly body: Buffer;
	readonly idleTimeoutMs?: number;
	readonly signal?: AbortSignal;
}

export interface GraphAnswer {
	readonly kind: "answer";
	readonly status: number;
	/** Every code of the error, outermost first, in lower case: Graph nests them. */
	readonly codes: readonly string[];
	readonly message: string;
	/** For the log and for Microsoft's support. */
	readonly requestId: string;
	readonly retryAfterMs?: number;
	/** Graph's clock when it answered (`Date`, to the second). */
	readonly serverNowMs?: number;
	/** Read as JSON; undefined when it is none. */
	readonly body: unknown;
	/** As it came. */
	readonly bytes: Buffer;
	readonly stream?: AsyncIterable<Buffer>;
}

export type GraphResult =
	| GraphAnswer
	/** Nothing was sent: there is no token. */
	| { readonly kind: "no-token"; readonly trouble: AccountTrouble }
	| { readonly kind: "no-answer"; readonly failure: HttpFailure };

export interface GraphClientOptions {
	readonly http: HttpClient;
	readonly tokens: TokenSource;
	/** Without a slash at the end; asked for each request, because the configuration may change. */
	readonly graphUrl: () => string;
	readonly clock: Clock;
	/** Runs each request: Microsoft counts them, and the bytes of their bodies. */
	readonly meter?: Meter;
}

export class GraphClient {
	readonly #options: GraphClientOptions;

	constructor(options: GraphClientOptions) {
		this.#options = options;
	}

	async request(request: GraphRequest): Promise<GraphResult> {
		const first = await this.#once(request, false);
		// Besides an expired token, Graph refuses a good one now and then; a fresh one settles both.
		if (first.kind !== "answer" || first.status !== 401) return first;
		return this.#once(request, true);
	}

	/** Never with our token: whoever holds the address may write (learn.microsoft.com/graph/outlook-large-attachments). */
	async upload({ account, url, range, body, idleTimeoutMs, signal }: GraphUpload): Promise<GraphResult> {
		const { http, clock, meter = NO_METER } = this.#options;
		const result = await meter.run(account, { requests: 1, uploadBytes: body.length }, signal, () =>
			http.request({
				method: "PUT",
				url,
				headers: { "content-type": "application/octet-stream", "content-range": range },
				body,
				...(idleTimeoutMs === undefined ? {} : { idleTimeoutMs }),
				...(signal === undefined ? {} : { signal }),
			}),
		);
		return resultOf(result, clock.now());
	}

	async #once(request: GraphRequest, forceRefresh: boolean): Promise<GraphResult> {
		const { http, tokens, graphUrl, clock, meter = NO_METER } = this.#options;
		const { account, signal, body } = request;
		const token = await tokens.accessToken(account, "graph", {
			forceRefresh,
			...(signal === undefined ? {} : { signal }),
		});
		if (!token.ok) return { kind: "no-token", trouble: token.trouble };
		const cost = { requests: 1, uploadBytes: request.bodyLength ?? 0 };
		const result = await meter.run(account, cost, signal, () =>
			http.request({
				method: request.method,
				url: urlOf(graphUrl(), request, token.speaksFor),
				headers: {
					...request.headers,
					authorization: `Bearer ${token.token.reveal()}`,
					"client-request-id": randomUUID(),
				},
				...(body === undefined ? {} : { body: body() }),
				...(request.bodyLength === undefined ? {} : { bodyLength: request.bodyLength }),
				...(request.idleTimeoutMs === undefined ? {} : { idleTimeoutMs: request.idleTimeoutMs }),
				...(signal === undefined ? {} : { signal }),
				...(request.streams === undefined ? {} : { streams: request.streams }),
			}),
		);
		return resultOf(result, clock.now());
	}
}

/** A link that Graph gave is followed where it leads inside Graph, and nowhere else: our token goes with it. */
function urlOf(graphUrl: string, request: GraphRequest, speaksFor: "person" | "app"): string {
	const { path } = request;
	if (path.startsWith("/")) return `${graphUrl}/v1.0${mailboxPath(request, speaksFor)}${path}`;
	if (path.startsWith(`${graphUrl}/`)) return path;
	throw new Error("a link leads out of Graph");
}

/** An app has no mailbox of its own: `/me` is a person's (learn.microsoft.com/graph/api/user-sendmail). */
function mailboxPath({ account, mailbox = account }: GraphRequest, speaksFor: "person" | "app"): string {
	const isOwn = mailbox.toLowerCase() === account.toLowerCase();
	return speaksFor === "person" && isOwn ? "/me" : `/users/${encodeURIComponent(mailbox)}`;
}

function resultOf(result: HttpResult, nowMs: number): GraphResult {
	if (!result.ok) return { kind: "no-answer", failure: result };
	const { status, headers } = result;
	const body = parseJson(result.body);
	const error = status >= 400 ? readGraphError(body) : { codes: [], message: "", requestId: "" };
	const serverNowMs = Date.parse(headers["date"] ?? "");
	// A date is meant by Graph's clock; the box's own may be wrong by years.
	const waitMs = retryAfterMs(headers["retry-after"], Number.isNaN(serverNowMs) ? nowMs : serverNowMs);
	return {
		kind: "answer",
		status,
		codes: error.codes,
		message: error.message,
		requestId: headers["request-id"] ?? error.requestId,
		...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
		...(Number.isNaN(serverNowMs) ? {} : { serverNowMs }),
		body,
		bytes: result.body,
		...(result.stream === undefined ? {} : { stream: result.stream }),
	};
}

function parseJson(body: Buffer): unknown {
	if (body.length === 0) return undefined;
	try {
		return JSON.parse(body.toString("utf8"));
	} catch (error) {
		if (error instanceof SyntaxError) return undefined;
		throw error;
	}
}
