/**
 * HTTPS towards Microsoft: one client for tokens and Graph, with time-outs, a size limit on
 * answers, the site's proxy and extra authority. Failures are data, and say whether the request
 * may have reached the other side, because that decides whether mail may be sent again.
 */

export interface HttpRequest {
	readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
	readonly url: string;
	readonly headers?: Readonly<Record<string, string>>;
	/** A stream needs `bodyLength`. */
	readonly body?: Buffer | AsyncIterable<Buffer>;
	readonly bodyLength?: number;
	/** Longest silence (no byte either way), not longest total: uplinks are slow. */
	readonly idleTimeoutMs?: number;
	/** Longest time in all. */
	readonly totalTimeoutMs?: number;
	readonly signal?: AbortSignal;
}

export interface HttpAnswer {
	readonly ok: true;
	readonly status: number;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
}

export interface HttpFailure {
	readonly ok: false;
	/** `nothing`: the request cannot have been acted on. `maybe`: it was under way or complete. */
	readonly sent: "nothing" | "maybe";
	readonly reason: "unreachable" | "timeout" | "tls" | "reset" | "aborted" | "oversized";
	readonly error: Error;
}

export type HttpResult = HttpAnswer | HttpFailure;

export interface HttpClient {
	/** Never rejects. */
	request(request: HttpRequest): Promise<HttpResult>;
	close(): void;
}
