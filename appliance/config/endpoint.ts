/**
 * Reads where to listen (`[::]:25`, `25`), which server to call (`smtp.office365.com:587`) and
 * Microsoft's addresses (`https://…`), for the configuration. Pure; a bad text gives a `Refusal`.
 */
import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";
import { CONFIGURING } from "../words/configuring.ts";
import { say } from "../words/saying.ts";
import { Refusal } from "./refusal.ts";

export interface Endpoint {
	/** An IP address without brackets, or a host name. `::` as a place to listen is every address, v4 too. */
	readonly host: string;
	/** 0 to 65535; 0 as a place to listen lets the system choose. */
	readonly port: number;
}

const HOST_NAME =
	/^(?=.{1,253}$)[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)*$/i;
const ENDPOINT = /^(?:\[([^\]]+)\]|([^:[\]]*)):(\d{1,5})$/;
const BARE_PORT = /^\d{1,5}$/;
const EVERY_ADDRESS = "::";

/** A place to listen: `host:port`, `[v6]:port`, `*:port`, or a bare port, which means every address. */
export function readListen(value: string | number): Endpoint | Refusal {
	const text = String(value).trim();
	if (BARE_PORT.test(text)) return withPort(EVERY_ADDRESS, text);
	const [, bracketed, plain, port] = ENDPOINT.exec(text) ?? [];
	if (port === undefined) return refuseListen(text);
	if (bracketed !== undefined) return isIPv6(bracketed) ? withPort(bracketed, port) : refuseListen(text);
	if (plain === "" || plain === "*") return withPort(EVERY_ADDRESS, port);
	return plain !== undefined && isHost(plain) ? withPort(plain, port) : refuseListen(text);
}

function refuseListen(text: string): Refusal {
	if (isIPv6(text)) return new Refusal(say(CONFIGURING.noPort, { address: text }));
	return new Refusal(CONFIGURING.noPlace);
}

/** A server to connect to: `host:port`. */
export function readServer(text: string): Endpoint | Refusal {
	const [, bracketed, plain, port] = ENDPOINT.exec(text.trim()) ?? [];
	const host = bracketed ?? plain ?? "";
	const known = bracketed === undefined ? isHost(host) : isIPv6(host);
	if (port === undefined || Number(port) === 0 || !known) {
		return new Refusal(CONFIGURING.noServer);
	}
	return withPort(host, port);
}

function withPort(host: string, portText: string): Endpoint | Refusal {
	const port = Number(portText);
	return port > 65_535 ? new Refusal(CONFIGURING.portTooHigh) : { host, port };
}

export function isHost(text: string): boolean {
	// Digits and dots only, but no IPv4 address, is a typing error and never a name.
	return isIPv4(text) || (HOST_NAME.test(text) && !/^[\d.]+$/.test(text));
}

/** As it is written in the configuration: `[::]:25`, `smtp.office365.com:587`. */
export function formatEndpoint({ host, port }: Endpoint): string {
	return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** True for 127.0.0.0/8, ::1 and `localhost`. */
export function isLoopback(host: string): boolean {
	const bare = host.replace(/^\[|\]$/g, "");
	const version = isIP(bare);
	return version === 0
		? bare.toLowerCase() === "localhost"
		: LOOPBACK.check(bare, version === 6 ? "ipv6" : "ipv4");
}

/** An `https://` address without a slash at its end; `http://` for this machine alone. */
export function readServiceUrl(text: string): string | Refusal {
	const url = URL.parse(text.trim());
	if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) {
		return new Refusal(CONFIGURING.noService);
	}
	if (url.username !== "" || url.search !== "" || url.hash !== "") {
		return new Refusal(CONFIGURING.serviceHoldsMore);
	}
	if (url.protocol === "http:" && !isLoopback(url.hostname)) {
		return new Refusal(CONFIGURING.serviceInClear);
	}
	return url.href.replace(/\/+$/, "");
}

/** Where Microsoft sends a browser back to: it allows `https://`, and `http://` for this machine alone. Or empty. */
export function readRedirectUrl(text: string): string | Refusal {
	if (text.trim() === "") return "";
	const url = URL.parse(text.trim());
	const isAllowed = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
	if (url === null || !isAllowed || url.username !== "" || url.hash !== "" || url.search !== "") {
		return new Refusal(CONFIGURING.noRedirect);
	}
	// To the letter as written: Microsoft compares it so with the registration.
	return text.trim();
}

/** `http://[user:password@]host:port` of a site's proxy, or empty. */
export function readProxyUrl(text: string): string | Refusal {
	if (text === "") return text;
	const url = URL.parse(text.trim());
	if (url === null || (url.protocol !== "http:" && url.protocol !== "https:") || url.pathname !== "/") {
		return new Refusal(CONFIGURING.noProxy);
	}
	return url.href.replace(/\/$/, "");
}
