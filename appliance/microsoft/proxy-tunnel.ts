/**
 * A way to Microsoft's mail servers through the site's HTTP proxy, by CONNECT (RFC 9110 §9.3.6). For
 * delivery/submission-connection.ts and maildrops/upstream-pop3.ts. The proxy's password stays within; what is thrown does not show it.
 */
import http from "node:http";
import https from "node:https";
import type { Socket } from "node:net";
import { isLoopback } from "../config/endpoint.ts";
import { asError } from "../errors.ts";

/** The proxy answered, and does not let us through. */
export class ProxyRefusedError extends Error {
	override readonly name = "ProxyRefusedError";
	readonly status: number;

	constructor(status: number) {
		super(`the proxy answered ${status}`);
		this.status = status;
	}
}

export interface ProxySettings {
	/** `http://[user:password@]host:port`; empty: the environment's HTTPS_PROXY and NO_PROXY count. */
	readonly proxy: string;
	readonly environment: NodeJS.ProcessEnv;
}

/** The proxy for a host; undefined when it is reached directly. */
export function proxyFor(host: string, { proxy, environment }: ProxySettings): URL | undefined {
	if (isLoopback(host)) return undefined;
	const noProxy = environment["no_proxy"] ?? environment["NO_PROXY"] ?? "";
	const url = proxy === "" ? (environment["https_proxy"] ?? environment["HTTPS_PROXY"] ?? "") : proxy;
	if (url === "" || isExcepted(host, noProxy)) return undefined;
	return URL.parse(url) ?? undefined;
}

/** Names with or without a leading dot, each with the names under it; `*` for all. */
function isExcepted(host: string, noProxy: string): boolean {
	const names = noProxy
		.toLowerCase()
		.split(/[\s,]+/)
		.map((name) => name.replace(/:\d+$/, "").replace(/^\*?\./, ""))
		.filter(Boolean);
	const wanted = host.toLowerCase();
	return names.some((name) => name === "*" || wanted === name || wanted.endsWith(`.${name}`));
}

/** Throws `ProxyRefusedError`, or what kept the proxy from being reached. */
export async function openTunnel(
	proxy: URL,
	{ host, port }: { readonly host: string; readonly port: number },
	signal: AbortSignal,
): Promise<Socket> {
	const { username, password } = proxy;
	const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
	const request = (proxy.protocol === "https:" ? https : http).request({
		host: proxy.hostname.replace(/^\[|\]$/g, ""),
		port: proxy.port === "" ? (proxy.protocol === "https:" ? 443 : 80) : Number(proxy.port),
		method: "CONNECT",
		path: `${host}:${port}`,
		agent: false,
		signal,
		headers: {
			host: `${host}:${port}`,
			...(username === "" ? {} : { "proxy-authorization": `Basic ${Buffer.from(login).toString("base64")}` }),
		},
	});
	const { promise, resolve, reject } = Promise.withResolvers<Socket>();
	request.on("error", (error) => reject(asError(error)));
	// Any answer but a tunnel.
	request.on("response", (response) => {
		response.resume();
		reject(new ProxyRefusedError(response.statusCode ?? 0));
	});
	request.on("connect", (response, socket: Socket, head) => {
		if (response.statusCode === 200) {
			if (head.length > 0) socket.unshift(head);
			resolve(socket);
			return;
		}
		socket.destroy();
		reject(new ProxyRefusedError(response.statusCode ?? 0));
	});
	request.end();
	return await promise;
}
