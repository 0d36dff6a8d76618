/**
 * Puts a Hono app on a TCP port or on the control socket. For the composition root.
 *
 * `close()` stops accepting, tells streams to end, waits a bounded time for answers under way, then
 * cuts what is left. It never throws and may be called twice.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { asError } from "../appliance/errors.ts";
import type { Log } from "../appliance/log.ts";
import type { ServerBindings } from "./answers.ts";
import { BodyDeadlines, type BodyLimits } from "./body-deadline.ts";
import { keepRoom, MOST_CONNECTIONS } from "./connection-room.ts";
import { bindControlSocket } from "./control-socket.ts";

/** An app as far as a server needs it. */
export interface App {
	fetch(request: Request, bindings: ServerBindings): Response | Promise<Response>;
}

/** Made for the first request: on most days nobody looks, and it is a third of the program. */
export function lazyApp(make: () => Promise<App>): App {
	let made: Promise<App> | undefined;
	return {
		async fetch(request, bindings) {
			made ??= make();
			const app = await made.catch((error: unknown) => {
				// The next request tries again.
				made = undefined;
				throw error;
			});
			return app.fetch(request, bindings);
		},
	};
}

/** What the adapter hands over beside the request, as far as it is looked at. */
interface ServerEnvironment {
	readonly incoming: { readonly socket: { readonly remoteAddress?: string | undefined } };
}

/** PEM texts. */
interface Certificate {
	readonly key: string;
	readonly cert: string;
}

export interface ListenOptions {
	readonly log: Log;
	/** Present: TLS. */
	readonly certificate?: Certificate;
	/** A socket that already listens there. */
	readonly fd?: number;
	/** Others than an owner's requests keep to; for tests. */
	readonly bodyLimits?: BodyLimits;
}

export interface WebListener {
	/** `host:port` as bound, or the path of the socket. */
	readonly address: string;
	close(graceMs?: number): Promise<void>;
}

export interface HttpListener extends WebListener {
	readonly port: number;
	/** For TLS listeners: new connections get this certificate, open ones go on. */
	renewCertificate(certificate: Certificate): void;
}

const DEFAULT_GRACE_MS = 2_000;
/** Owners' requests are small. */
const BODY_LIMITS: BodyLimits = { timeoutMs: 30_000, leastBytes: 32 * 1024 };
const LIMITS = {
	maxHeaderSize: 16 * 1024,
	headersTimeout: 10_000,
	// In its place: body-deadline.ts.
	requestTimeout: 0,
	keepAliveTimeout: 5_000,
	connectionsCheckingInterval: 5_000,
} as const;

/** Rejects with the system's own error (`EADDRINUSE`, …) when it cannot listen: the caller knows the key to name. */
export async function listenHttp(
	host: string,
	port: number,
	app: App,
	{ log, certificate, fd, bodyLimits = BODY_LIMITS }: ListenOptions,
): Promise<HttpListener> {
	const { server, close } = prepare(app, { certificate, bodyLimits });
	keepRoom(server);
	await listening(server, () => server.listen({ host, port, fd }));
	reportAcceptFaults(server, log);
	const bound = server.address() as AddressInfo;
	return {
		address: `${bracketed(bound.address)}:${bound.port}`,
		port: bound.port,
		close,
		renewCertificate(renewed) {
			if (certificate !== undefined) (server as HttpsServer).setSecureContext({ ...renewed });
		},
	};
}

/**
 * The control socket, for its owner alone: mode 0600, its folder made 0700 when it is not there yet.
 * Throws `UserError` `already-running` when somebody answers on it, `control-path` when it cannot be.
 */
export async function listenControl(path: string, app: App, { log }: ListenOptions): Promise<WebListener> {
	// Its owner may hand over a backup of many gigabytes: no limits.
	const { server, close } = prepare(app, {});
	server.maxConnections = MOST_CONNECTIONS;
	await bindControlSocket(server, path);
	reportAcceptFaults(server, log);
	return { address: path, close };
}

function prepare(
	app: App,
	{
		certificate,
		bodyLimits,
	}: { readonly certificate?: Certificate | undefined; readonly bodyLimits?: BodyLimits },
): { server: Server; close: WebListener["close"] } {
	const closing = new AbortController();
	const deadlines = bodyLimits === undefined ? undefined : new BodyDeadlines(bodyLimits);
	const fetch = (request: Request, { incoming }: ServerEnvironment) =>
		app.fetch(request, {
			closing: closing.signal,
			connection: { address: incoming.socket.remoteAddress ?? "", isTls: certificate !== undefined },
			bodyMayTakeLong: () => deadlines?.lift(incoming),
		});
	const server =
		certificate === undefined ? createServer(LIMITS) : createHttpsServer({ ...LIMITS, ...certificate });
	// Before the app, which may give a request more time at once.
	server.prependListener("request", (request: IncomingMessage, response: ServerResponse) =>
		deadlines?.watch(request, response),
	);
	server.on("request", answerer(fetch));
	// A connection kept alive would hold up the close after its last answer.
	server.on("request", (_request, response) => {
		response.once("close", () => {
			if (closing.signal.aborted) setImmediate(() => server.closeIdleConnections());
		});
	});
	let closed: Promise<void> | undefined;
	const close = (graceMs: number = DEFAULT_GRACE_MS) => {
		closed ??= shut(server, closing, graceMs);
		return closed;
	};
	return { server, close };
}

type RequestListener = (request: IncomingMessage, response: ServerResponse) => unknown;

/** Loaded for the first request: with it comes Node's own half of fetch, 3 MB of memory. */
function answerer(fetch: (request: Request, environment: ServerEnvironment) => unknown): RequestListener {
	let loading: Promise<RequestListener> | undefined;
	return (request, response) => {
		loading ??= import("@hono/node-server").then(({ getRequestListener }) => getRequestListener(fetch));
		loading
			.then((answer) => answer(request, response))
			.catch((thrown: unknown) => {
				loading = undefined;
				request.destroy(asError(thrown));
			});
	};
}

function shut(server: Server, closing: AbortController, graceMs: number): Promise<void> {
	return new Promise((resolve) => {
		const cut = setTimeout(() => server.closeAllConnections(), graceMs);
		server.close(() => {
			clearTimeout(cut);
			resolve();
		});
		server.closeIdleConnections();
		closing.abort();
	});
}

/** What fails at accepting (no file descriptors left) passes; without a listener it would end the process. */
function reportAcceptFaults(server: Server, log: Log): void {
	server.on("error", (error) => log.error("web-accept-fault", { error: error.message }));
}

function listening(server: Server, listen: () => void): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.once("listening", () => {
			server.removeListener("error", reject);
			resolve();
		});
		listen();
	});
}

/** IPv6 addresses stand in brackets before a port (RFC 3986 §3.2.2). */
function bracketed(host: string): string {
	return host.includes(":") ? `[${host}]` : host;
}
