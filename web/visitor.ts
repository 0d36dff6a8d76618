/**
 * Who asks: the address, the scheme and the host of a request, as far as they can be believed. A proxy's
 * X-Forwarded-* counts only when the connection comes from one of `trusted_proxies`, and of its list of
 * addresses only the last that no trusted proxy has written about itself.
 */
import { isIP } from "node:net";
import type { ServerBindings } from "./answers.ts";
import type { Surroundings, Visitor } from "./environment.ts";

/** Enough to tell a phone from a laptop. */
const LONGEST_AGENT = 160;

export function visitorOf(
	request: Request,
	bindings: ServerBindings | undefined,
	{ believesProxy }: Pick<Surroundings, "believesProxy">,
): Visitor {
	const connected = plainAddress(bindings?.connection?.address ?? "");
	const isProxied = connected !== "" && believesProxy(connected);
	const header = (name: string) => (isProxied ? (request.headers.get(name) ?? "") : "");
	const scheme = lastOf(header("x-forwarded-proto"));
	const isSecure = scheme === "" ? bindings?.connection?.isTls === true : scheme === "https";
	const hostAndPort = (
		lastOf(header("x-forwarded-host")) ||
		(request.headers.get("host") ?? "")
	).toLowerCase();
	return {
		peer: {
			address: isProxied
				? forwardedFor(header("x-forwarded-for"), believesProxy) || connected
				: connected || "unknown",
			agent: (request.headers.get("user-agent") ?? "").slice(0, LONGEST_AGENT),
		},
		isSecure,
		host: hostOf(hostAndPort),
		origin: `${isSecure ? "https" : "http"}://${hostAndPort}`,
	};
}

/** `::ffff:192.168.1.5` is how a dual-stack socket names an IPv4 peer. */
function plainAddress(address: string): string {
	return address.replace(/^::ffff:(?=\d+\.)/i, "");
}

/** Each proxy appends the address that it saw, so the list is believed from its end. */
function forwardedFor(list: string, believesProxy: (address: string) => boolean): string {
	const addresses = list.split(",").map((entry) => plainAddress(entry.trim().replace(/^\[|\]$/g, "")));
	for (const address of addresses.reverse()) {
		if (isIP(address) === 0) return "";
		if (!believesProxy(address)) return address;
	}
	return "";
}

function lastOf(list: string): string {
	return list.split(",").at(-1)?.trim() ?? "";
}

/** `[::1]:8080` is `::1`, `postern.local:80` is `postern.local`. Anything else is no host. */
function hostOf(hostAndPort: string): string {
	const match = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/.exec(hostAndPort);
	return (match?.[1] ?? match?.[2] ?? "").replace(/\.$/, "");
}
