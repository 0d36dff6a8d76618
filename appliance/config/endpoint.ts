/**
 * Reads where to listen (`[::]:25`, `25`), which server to call (`smtp.office365.com:587`) and
 * Microsoft's addresses (`https://…`), for the configuration. Pure; a bad text gives a `Refusal`.
 */
import { BlockList, isIP, isIPv4, isIPv6 } from "node:net";
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
	if (isIPv6(text)) return new Refusal(`has no port, or its address lacks brackets; write "[${text}]:25"`);
	return new Refusal(
		'is no place to listen; write "host:port" or a port, such as "[::]:25" or "192.168.1.2:25"',
	);
}

/** A server to connect to: `host:port`. */
export function readServer(text: string): Endpoint | Refusal {
	const [, bracketed, plain, port] = ENDPOINT.exec(text.trim()) ?? [];
	const host = bracketed ?? plain ?? "";
	const known = bracketed === undefined ? isHost(host) : isIPv6(host);
	if (port === undefined || Number(port) === 0 || !known) {
		return new Refusal('is no server; write "host:port", such as "smtp.office365.com:587"');
	}
	return withPort(host, port);
}

function withPort(host: string, portText: string): Endpoint | Refusal {
	const port = Number(portText);
	return port > 65_535 ? new Refusal("names a port above 65535") : { host, port };
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
		return new Refusal('is no address of a service; write such as "https://graph.microsoft.com"');
	}
	if (url.username !== "" || url.search !== "" || url.hash !== "") {
		return new Refusal("must hold a host, a port and a path at most, and neither a user nor a query");
	}
	if (url.protocol === "http:" && !isLoopback(url.hostname)) {
		return new Refusal(
			"would send sign-ins in clear; http:// is for loopback addresses alone, write https://",
		);
	}
	return url.href.replace(/\/+$/, "");
}

/** Where Microsoft sends a browser back to: it allows `https://`, and `http://` for this machine alone. Or empty. */
export function readRedirectUrl(text: string): string | Refusal {
	if (text.trim() === "") return "";
	const url = URL.parse(text.trim());
	const isAllowed = url?.protocol === "https:" || (url?.protocol === "http:" && isLoopback(url.hostname));
	if (url === null || !isAllowed || url.username !== "" || url.hash !== "" || url.search !== "") {
		return new Refusal(
			'is no address for a sign-in to end at; "https://postern.example.com/sign-in/return" or "http://localhost"',
		);
	}
	// To the letter as written: Microsoft compares it so with the registration.
	return text.trim();
}

/** `http://[user:password@]host:port` of a site's proxy, or empty. */
export function readProxyUrl(text: string): string | Refusal {
	if (text === "") return text;
	const url = URL.parse(text.trim());
	if (url === null || (url.protocol !== "http:" && url.protocol !== "https:") || url.pathname !== "/") {
		return new Refusal('is no proxy; write such as "http://proxy.example.com:3128"');
	}
	return url.href.replace(/\/$/, "");
}
