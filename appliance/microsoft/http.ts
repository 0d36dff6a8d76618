/**
 * HTTPS towards Microsoft: one client for tokens and Graph, with time-outs, a size limit on
 * answers, the site's proxy and extra authority. Failures are data, and say whether the request
 * may have reached the other side, because that decides whether mail may be sent again.
 */

import { setMaxListeners } from "node:events";
import type { Log } from "../log.ts";
import { openAgents } from "./http-agents.ts";
import { exchange } from "./http-exchange.ts";

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
	/** The body of an answer 200 is given as it comes, in `stream`; its size has no limit then. */
	readonly streams?: true;
}

export interface HttpAnswer {
	readonly ok: true;
	readonly status: number;
	/** Names in lower case. */
	readonly headers: Readonly<Record<string, string>>;
	readonly body: Buffer;
	/** In place of `body`, where it was asked for. To be read to its end or left; throws when it breaks off. */
	readonly stream?: AsyncIterable<Buffer>;
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

export interface HttpOptions {
	/** PEM file of authorities to trust besides the system's (a site that inspects TLS, a simulation). */
	readonly caFile?: string;
	/** The same as text. */
	readonly caPem?: string;
	/** `http://[user:password@]host:port`; else HTTPS_PROXY and NO_PROXY of the environment. */
	readonly proxy?: string;
	readonly environment?: NodeJS.ProcessEnv;
	readonly log: Log;
	/** Told the `Date` of each answer that comes from whom it should: a time to be trusted, since 1970. */
	readonly heardTime?: (realMs: number) => void;
	/** Answers over this many bytes are given up. */
	readonly maxAnswerBytes?: number;
}

const DEFAULT_MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/**
 * Opens the client. Connects to nothing yet. Throws `UserError` (`ca-file-unreadable`) for a bad CA
 * file. A request for a plain `http://` URL of a host that is not this machine throws: tokens would
 * cross the wire in clear, and the configuration has refused such URLs already.
 */
export function openHttp(options: HttpOptions): HttpClient {
	const agents = openAgents(options);
	const closing = new AbortController();
	// One listener for each request under way, however many wait.
	setMaxListeners(0, closing.signal);
	const maxAnswerBytes = options.maxAnswerBytes ?? DEFAULT_MAX_ANSWER_BYTES;
	const log = options.log;

	async function request(wanted: HttpRequest): Promise<HttpResult> {
		const url = new URL(wanted.url);
		const limits = { maxAnswerBytes, closing: closing.signal };
		const startedMs = performance.now();
		let { result, stale } = await exchange(wanted, url, agents.keptAlive(url), limits);
		// A kept connection that had died before a byte was written: nobody has seen the request.
		if (stale) ({ result } = await exchange(wanted, url, agents.fresh(url), limits));
		if (result.ok) tellTime(result);
		log.debug("http", {
			method: wanted.method,
			host: url.host,
			outcome: result.ok ? result.status : `${result.reason}/${result.sent}`,
			ms: Math.round(performance.now() - startedMs),
		});
		return result;
	}

	/** Plain http is for this machine alone, everything else came over TLS that was verified. */
	function tellTime({ headers }: HttpAnswer): void {
		const realMs = Date.parse(headers["date"] ?? "");
		if (!Number.isNaN(realMs)) options.heardTime?.(realMs);
	}

	return {
		request,
		close() {
			closing.abort();
			agents.destroy();
		},
	};
}
