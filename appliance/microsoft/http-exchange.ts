/**
 * One HTTP request and its answer on one connection, for http.ts. It writes nothing before the
 * connection (and its TLS) stands, so a failure up to then is certain to have sent nothing;
 * after the first byte every failure counts as `maybe`.
 */
import { once } from "node:events";
import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { asError, errorCode } from "../errors.ts";
import type { HttpFailure, HttpRequest, HttpResult } from "./http.ts";

export interface ExchangeReport {
	readonly result: HttpResult;
	/** A kept-alive connection was found dead before a byte was written; a fresh one may do. */
	readonly stale: boolean;
}

export interface ExchangeLimits {
	readonly maxAnswerBytes: number;
	/** Aborts when the client closes. */
	readonly closing: AbortSignal;
}

const DEFAULT_IDLE_TIMEOUT_MS = 60_000;

export function exchange(
	request: HttpRequest,
	url: URL,
	agent: http.Agent,
	limits: ExchangeLimits,
): Promise<ExchangeReport> {
	return new Exchange(request, url, agent, limits).run();
}

class Exchange {
	readonly #request: HttpRequest;
	readonly #limits: ExchangeLimits;
	readonly #outgoing: http.ClientRequest;
	readonly #report = Promise.withResolvers<ExchangeReport>();
	/** Aborted when the report is made: ends every wait of this exchange. */
	readonly #over = new AbortController();
	#written = false;
	#answered = false;
	#idleTimer: NodeJS.Timeout | undefined;

	constructor(request: HttpRequest, url: URL, agent: http.Agent, limits: ExchangeLimits) {
		this.#request = request;
		this.#limits = limits;
		this.#outgoing = (url.protocol === "https:" ? https : http).request(url, {
			method: request.method,
			headers: headersOf(request),
			agent,
			// Also ends a proxy that accepts the connection and never opens the tunnel.
			timeout: request.idleTimeoutMs ?? DEFAULT_IDLE_TIMEOUT_MS,
		});
	}

	run(): Promise<ExchangeReport> {
		const outgoing = this.#outgoing;
		// Once an answer has begun, its own end or failure decides: a server may answer and hang up on the body.
		outgoing.on("error", (error) => {
			if (!this.#answered) this.#fail(reasonOf(error), withoutProxyPassword(error));
		});
		outgoing.on("close", () => {
			if (!this.#answered) this.#fail("reset", new Error("the connection closed without an answer"));
		});
		outgoing.on("response", (incoming) => this.#collect(incoming));
		outgoing.on("socket", (socket) => {
			this.#send(socket).catch((error: unknown) => {
				if (!this.#over.signal.aborted) this.#fail("aborted", asError(error));
			});
		});
		this.#watchTime();
		this.#watchSignals();
		return this.#report.promise;
	}

	#watchTime(): void {
		const { idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS, totalTimeoutMs } = this.#request;
		const idle = () => this.#fail("timeout", new Error(`nothing moved for ${idleTimeoutMs} ms`));
		this.#idleTimer = setTimeout(idle, idleTimeoutMs);
		this.#over.signal.addEventListener("abort", () => clearTimeout(this.#idleTimer));
		if (totalTimeoutMs === undefined) return;
		const total = () => this.#fail("timeout", new Error(`not done after ${totalTimeoutMs} ms`));
		const totalTimer = setTimeout(total, totalTimeoutMs);
		this.#over.signal.addEventListener("abort", () => clearTimeout(totalTimer));
	}

	#watchSignals(): void {
		const abort = () => this.#fail("aborted", new Error("the request was called off"));
		for (const signal of [this.#request.signal, this.#limits.closing]) {
			if (signal === undefined) continue;
			if (signal.aborted) {
				abort();
				return;
			}
			signal.addEventListener("abort", abort);
			// Not by the option `signal`: Node holds what it removes a listener with weakly, all but the newest of a target
			// (lib/internal/event_target.js), and these signals live as long as the program: the request would stay, body and all.
			this.#over.signal.addEventListener("abort", () => signal.removeEventListener("abort", abort));
		}
	}

	/** Waits for the connection, then writes the request, never faster than the line takes it. */
	async #send(socket: Socket): Promise<void> {
		const signal = this.#over.signal;
		if (socket.connecting) await once(socket, "connect", { signal });
		if (isHandshaking(socket)) await once(socket, "secureConnect", { signal });
		// Two turns of the event loop, so that a close that has already arrived is seen before we write.
		if (this.#outgoing.reusedSocket) {
			await nextTurn();
			await nextTurn();
		}
		if (signal.aborted) return;
		this.#idleTimer?.refresh();
		this.#written = true;
		const { body } = this.#request;
		if (body === undefined || Buffer.isBuffer(body)) {
			this.#outgoing.end(body);
			return;
		}
		await this.#stream(body);
	}

	async #stream(body: AsyncIterable<Buffer>): Promise<void> {
		const expectedBytes = this.#request.bodyLength ?? 0;
		let sentBytes = 0;
		for await (const chunk of body) {
			sentBytes += chunk.length;
			if (this.#answered || this.#over.signal.aborted) return;
			if (sentBytes > expectedBytes) break;
			const taken = this.#outgoing.write(chunk, () => this.#idleTimer?.refresh());
			if (!taken) await once(this.#outgoing, "drain", { signal: this.#over.signal });
		}
		if (sentBytes !== expectedBytes) {
			throw new Error(`the body was to have ${expectedBytes} bytes and has ${sentBytes} or more`);
		}
		this.#outgoing.end();
	}

	#collect(incoming: http.IncomingMessage): void {
		this.#answered = true;
		if (this.#request.streams === true && incoming.statusCode === 200) {
			const { idleTimeoutMs = DEFAULT_IDLE_TIMEOUT_MS, signal } = this.#request;
			const signals = [this.#limits.closing, ...(signal === undefined ? [] : [signal])];
			this.#finish({
				ok: true,
				status: 200,
				headers: headerTexts(incoming.headers),
				body: Buffer.alloc(0),
				stream: streamOf(incoming, idleTimeoutMs, AbortSignal.any(signals)),
			});
			return;
		}
		const chunks: Buffer[] = [];
		let sizeBytes = 0;
		incoming.on("data", (chunk: Buffer) => {
			this.#idleTimer?.refresh();
			sizeBytes += chunk.length;
			chunks.push(chunk);
			if (sizeBytes <= this.#limits.maxAnswerBytes) return;
			this.#fail("oversized", new Error(`the answer is over ${this.#limits.maxAnswerBytes} bytes`));
		});
		incoming.on("error", (error) => this.#fail(reasonOf(error), error));
		incoming.on("close", () => this.#fail("reset", new Error("the connection closed within the answer")));
		incoming.on("end", () => {
			this.#finish({
				ok: true,
				status: incoming.statusCode ?? 0,
				headers: headerTexts(incoming.headers),
				body: Buffer.concat(chunks),
			});
			// An answer before the whole body was sent: the rest of the body has no place to go.
			if (!this.#outgoing.writableEnded) this.#outgoing.destroy();
		});
	}

	#fail(reason: HttpFailure["reason"], error: Error): void {
		this.#finish({ ok: false, sent: this.#written ? "maybe" : "nothing", reason, error });
		this.#outgoing.destroy();
	}

	#finish(result: HttpResult): void {
		if (this.#over.signal.aborted) return;
		this.#over.abort();
		const closed = !result.ok && (result.reason === "reset" || result.reason === "unreachable");
		this.#report.resolve({ result, stale: closed && !this.#written && this.#outgoing.reusedSocket });
	}
}

/** Ends only with the answer's own end; whoever stops reading closes the connection. */
async function* streamOf(
	incoming: http.IncomingMessage,
	idleTimeoutMs: number,
	signal: AbortSignal,
): AsyncGenerator<Buffer> {
	const stop = () => incoming.destroy(new Error("the request was called off"));
	if (signal.aborted) stop();
	signal.addEventListener("abort", stop, { once: true });
	const chunks = incoming[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
	try {
		for (;;) {
			// Counts while we wait, not while whoever reads takes its time.
			const idle = setTimeout(
				() => incoming.destroy(new Error(`nothing moved for ${idleTimeoutMs} ms`)),
				idleTimeoutMs,
			);
			const next = await chunks.next().finally(() => clearTimeout(idle));
			if (next.done === true) break;
			yield next.value;
		}
		if (!incoming.complete) throw new Error("the connection closed within the answer");
	} finally {
		signal.removeEventListener("abort", stop);
		if (!incoming.complete) incoming.destroy();
	}
}

function headersOf(request: HttpRequest): Record<string, string> {
	const headers: Record<string, string> = { "user-agent": "Postern", ...request.headers };
	if (Buffer.isBuffer(request.body)) headers["content-length"] = String(request.body.length);
	else if (request.body !== undefined) {
		if (request.bodyLength === undefined) throw new Error("a streamed body needs bodyLength");
		headers["content-length"] = String(request.bodyLength);
	} else if (request.method !== "GET") headers["content-length"] = "0";
	return headers;
}

function headerTexts(headers: http.IncomingHttpHeaders): Record<string, string> {
	const texts: Record<string, string> = {};
	for (const [name, value] of Object.entries(headers)) {
		if (value !== undefined) texts[name] = Array.isArray(value) ? value.join(", ") : value;
	}
	return texts;
}

/** A TLS socket whose handshake still runs; one that came through a proxy's tunnel is past it. */
function isHandshaking(socket: Socket): boolean {
	return "secureConnecting" in socket && socket.secureConnecting === true;
}

const UNREACHABLE =
	/^(ENOTFOUND|EAI_|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|ETIMEDOUT|EADDRNOTAVAIL|ERR_PROXY_TUNNEL)/;
const TLS =
	/^(ERR_TLS_|ERR_SSL_|EPROTO|CERT_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE)/;

function reasonOf(error: Error): HttpFailure["reason"] {
	const code = errorCode(error) ?? "";
	if (UNREACHABLE.test(code)) return "unreachable";
	return TLS.test(code) ? "tls" : "reset";
}

/** Node names the proxy's whole URL, password and all, in the error of a refused tunnel. */
function withoutProxyPassword(error: Error): Error {
	if (errorCode(error) !== "ERR_PROXY_TUNNEL") return error;
	const text = error.message.replaceAll(/\/\/[^/@\s]*@/g, "//***@");
	return Object.assign(new Error(text), { code: "ERR_PROXY_TUNNEL" });
}
