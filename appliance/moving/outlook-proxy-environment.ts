/**
 * Reads the environment file of microsoft-smtp-oauth2-proxy: the ports, the certificate and the names in it. Pure; a
 * file that sets none of its variables is refused whole.
 *
 * Sources (facts only), repository oldium/microsoft-smtp-oauth2-proxy: packages/common/src/lib/config.ts and, before it,
 * server/lib/config.ts (variables, defaults; files count from the folder that it runs in), env.example, README.md.
 */
import path from "node:path";
import { parseEnv } from "node:util";
import { formatEndpoint, isHost, readListen } from "../config/endpoint.ts";
import { readAddressRange } from "../config/record-schemas.ts";
import { Refusal } from "../config/refusal.ts";
import type { MovingItem } from "../console-services/moving.ts";
import { certificateItem, left, portItem } from "./found-items.ts";
import { type Environment, RULE_NAMES } from "./outlook-proxy-rules.ts";
import { foreign } from "./source-file.ts";

const SMTP_PORTS = [
	{ name: "SMTP_PORT", key: "smtp.listen" },
	{ name: "SMTP_STARTTLS_PORT", key: "smtp.listen_submission" },
	{ name: "SMTP_TLS_PORT", key: "smtp.listen_tls" },
	{ name: "SMTP_AUTOTLS_PORT", key: "smtp.listen_auto" },
] as const;
const TAKEN_ELSEWHERE = [
	...RULE_NAMES,
	...SMTP_PORTS.map(({ name }) => name),
	...["RULES_ORDER", "SMTP_HOST", "HTTP_HOST", "HTTP_PORT", "SMTP_PUBLIC_HOST", "TRUST_PROXY"],
	...["SMTP_KEY_FILE", "SMTP_CERT_FILE", "HTTPS_KEY_FILE", "HTTPS_CERT_FILE"],
];
const NO_SECRET = "Postern signs in without an app secret; it can be deleted in Entra";
const LEFT: ReadonlyMap<string, string> = new Map([
	["APP_SECRETS", NO_SECRET],
	["DEFAULT_APP_ID", "each account keeps the registration it has; for new ones set microsoft.client_id"],
	["SESSION_SECRET", "Postern makes its own; who was signed in to the pages signs in again"],
	["SESSION_COOKIE", "Postern has its own"],
	["SQLITE_PATH", "the file is given by its name"],
	["SMTP_TARGET_HOST", "Postern sends to microsoft.smtp, which follows microsoft.cloud"],
	["SMTP_TARGET_PORT", "Postern sends to microsoft.smtp, which follows microsoft.cloud"],
	["SMTP_TARGET_TLS", "Postern always encrypts on the way to Microsoft"],
	["SMTP_PROTOCOL_INSPECTION_DELAY_MS", "Postern knows how long to wait"],
	["SMTP_GREETING_NAME", "Postern greets with its own name (name)"],
	["SMTP_PUBLIC_TLS_PORT", "Postern shows the ports that are open"],
	["SMTP_PUBLIC_STARTTLS_PORT", "Postern shows the ports that are open"],
]);

/** Throws `moving-foreign`. */
export function readProxyEnvironment(text: string, file: string): Environment {
	const environment: Environment = { ...parseEnv(text.replace(/^\uFEFF/, "")) } as Record<string, string>;
	const isKnown = (name: string) => TAKEN_ELSEWHERE.includes(name) || LEFT.has(name);
	if (!Object.keys(environment).some(isKnown)) {
		throw foreign(file, "it sets no variable of microsoft-smtp-oauth2-proxy");
	}
	return environment;
}

/** All but the rules of who may sign up. Files count from `folder`. */
export function environmentItems(environment: Environment, folder: string): readonly MovingItem[] {
	return [
		...certificateItems(environment, folder),
		...smtpPortItems(environment),
		...httpPortItems(environment),
		...nameItems(environment),
		...trustedProxyItems(environment),
		...leftovers(environment),
	];
}

function smtpPortItems(environment: Environment): readonly MovingItem[] {
	const { SMTP_HOST = "" } = environment;
	return SMTP_PORTS.flatMap(({ name, key }) => portItems(name, key, environment[name] ?? "", SMTP_HOST));
}

function httpPortItems(environment: Environment): readonly MovingItem[] {
	const { HTTP_PORT = "", SMTP_HOST = "", HTTP_HOST = "", HTTPS_CERT_FILE = "" } = environment;
	const key = HTTPS_CERT_FILE === "" ? "console.listen" : "console.listen_tls";
	return portItems("HTTP_PORT", key, HTTP_PORT, HTTP_HOST === "" ? SMTP_HOST : HTTP_HOST);
}

function portItems(name: string, key: string, ports: string, hosts: string): readonly MovingItem[] {
	if (ports.trim() === "") return [];
	const named = listOf(hosts);
	const places = (named.length === 0 ? ["::"] : named).flatMap((host) =>
		listOf(ports).map((port) => placeOf(host, port)),
	);
	if (places.includes(undefined)) return [left(name, "no list of ports, or its host is no address")];
	return [
		portItem(
			name,
			key,
			places.filter((place) => place !== undefined),
			"",
		),
	];
}

function placeOf(host: string, port: string): string | undefined {
	const number = /^\d{1,5}$/.test(port) ? Number(port) : 0;
	const place = formatEndpoint({ host: host === "localhost" ? "127.0.0.1" : host, port: number });
	return number === 0 || readListen(place) instanceof Refusal ? undefined : place;
}

/** A list as it is written there: with or without brackets and quotes. */
function listOf(text: string): readonly string[] {
	const items = text.replace(/^\s*\[|\]\s*$/g, "").split(/[,\n]/);
	return items.map((item) => item.trim().replace(/^"(.*)"$/, "$1")).filter((item) => item !== "");
}

function certificateItems(environment: Environment, folder: string): readonly MovingItem[] {
	const { SMTP_CERT_FILE = "", SMTP_KEY_FILE = "", HTTPS_CERT_FILE = "", HTTPS_KEY_FILE = "" } = environment;
	const smtp = pairItems("SMTP", SMTP_CERT_FILE, SMTP_KEY_FILE, folder);
	const https = pairItems("HTTPS", HTTPS_CERT_FILE, HTTPS_KEY_FILE, folder);
	if (!smtp.some(({ kind }) => kind === "settings")) return [...smtp, ...https];
	if (HTTPS_CERT_FILE === "" || HTTPS_CERT_FILE === SMTP_CERT_FILE) return smtp;
	return [
		...smtp,
		left("HTTPS_CERT_FILE", "Postern shows one certificate on all its ports, that of SMTP_CERT_FILE"),
	];
}

function pairItems(whose: string, cert: string, key: string, folder: string): readonly MovingItem[] {
	if (cert === "" && key === "") return [];
	if (cert === "" || key === "")
		return [left(`${whose}_CERT_FILE`, "a certificate and its key are needed, both")];
	return [certificateItem(`${whose}_CERT_FILE`, path.resolve(folder, cert), path.resolve(folder, key))];
}

function nameItems({ SMTP_PUBLIC_HOST = "" }: Environment): readonly MovingItem[] {
	if (SMTP_PUBLIC_HOST === "") return [];
	if (!isHost(SMTP_PUBLIC_HOST)) return [left("SMTP_PUBLIC_HOST", "no host name")];
	const as = `console.names: ${SMTP_PUBLIC_HOST}`;
	const note = "a name under which the pages may be opened";
	const add = { "console.names": [SMTP_PUBLIC_HOST] };
	return [{ kind: "settings", what: "SMTP_PUBLIC_HOST", as, note, add, put: {} }];
}

/** The names that its library (proxy-addr) has for ranges. */
const NAMED_RANGES: ReadonlyMap<string, readonly string[]> = new Map([
	["loopback", ["127.0.0.0/8", "::1/128"]],
	["linklocal", ["169.254.0.0/16", "fe80::/10"]],
	["uniquelocal", ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"]],
]);

function trustedProxyItems({ TRUST_PROXY = "" }: Environment): readonly MovingItem[] {
	const ranges = listOf(TRUST_PROXY).flatMap((item) => NAMED_RANGES.get(item) ?? [item]);
	if (ranges.length === 0) return [];
	const read = ranges.map(readAddressRange);
	if (read.some((range) => range instanceof Refusal))
		return [left("TRUST_PROXY", "not all of it are addresses or ranges")];
	const known = read.filter((range) => typeof range === "string");
	const as = `console.trusted_proxies: ${known.join(", ")}`;
	return [
		{
			kind: "settings",
			what: "TRUST_PROXY",
			as,
			note: "",
			add: { "console.trusted_proxies": known },
			put: {},
		},
	];
}

const MOST_LEFTOVERS = 200;

/** By name alone: a value may be a secret. */
function leftovers(environment: Environment): readonly MovingItem[] {
	return Object.keys(environment)
		.filter((name) => !TAKEN_ELSEWHERE.includes(name) && environment[name] !== "")
		.slice(0, MOST_LEFTOVERS)
		.map((name) => left(name, LEFT.get(name) ?? "nothing here corresponds to it"));
}
