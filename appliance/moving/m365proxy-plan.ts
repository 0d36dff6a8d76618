/**
 * What m365proxy's configuration becomes here, item by item. Pure; paths count from the folder of its file.
 *
 * Everything in the file is named: taken, or left with the reason. Passwords stay the hashes they are
 * (accounts/hash-upgrades.ts); none is ever part of a text.
 */
import { isIPv6 } from "node:net";
import path from "node:path";
import { formatEndpoint, isHost, isLoopback, readProxyUrl } from "../config/endpoint.ts";
import { readMailAddress, readMailPattern } from "../config/mail-pattern.ts";
import { isBcryptHash, readPasswordHash } from "../config/password-hash.ts";
import { readClientId, readTenant } from "../config/record-schemas.ts";
import { Refusal } from "../config/refusal.ts";
import { isTree, type Tree } from "../config/source.ts";
import type { MovingDraft, MovingItem } from "../console-services/moving.ts";
import { certificateItem, clearTextNote, left, portItem } from "./found-items.ts";

export function planM365proxy(config: Tree, folder: string): MovingDraft {
	const tls = tlsOf(config, folder);
	const traits: Traits = {
		account: addressAt(config, "user"),
		hasTls: tls.some(({ kind }) => kind === "settings"),
		...recipientsOf(config["allowed_domains"]),
		senders: sendersOf(itemsOf(config)),
	};
	const items = [
		...accountItems(config, traits),
		...itemsOf(config).flatMap((mailbox, index) =>
			loginItems(mailbox, `mailboxes[${index}]`, config, traits),
		),
		...traits.leftDomains,
		...tls,
		...portItems(config, traits),
		...proxyItems(config["https_proxy"]),
		...leftovers(config),
	];
	return { source: "m365proxy", items, next: nextSteps(traits) };
}

interface Traits {
	/** Of `user`; empty when there is none. */
	readonly account: string;
	readonly hasTls: boolean;
	/** Undefined: to anybody, as a new device here. */
	readonly recipients: readonly string[] | undefined;
	readonly leftDomains: readonly MovingItem[];
	readonly senders: readonly string[];
}

const MOST_SENDERS_BY_ADDRESS = 50;

function itemsOf(config: Tree): readonly unknown[] {
	return Array.isArray(config["mailboxes"]) ? config["mailboxes"] : [];
}

/** Lower case; empty when it is none, or the one of the template that `init-config` writes. */
function addressAt(tree: unknown, key: string): string {
	const value = isTree(tree) ? tree[key] : undefined;
	const address = typeof value === "string" ? readMailAddress(value) : "";
	return address instanceof Refusal || TEMPLATE_ADDRESSES.has(address) ? "" : address;
}

const TEMPLATE_ADDRESSES = new Set(["user@example.com", "send_as@example.com", "you@example.com"]);

/** It let whoever signed in, and whoever did not, send as every mailbox of the file. */
function sendersOf(mailboxes: readonly unknown[]): readonly string[] {
	const addresses = [...new Set(mailboxes.map((one) => addressAt(one, "username")).filter(Boolean))];
	if (addresses.length <= MOST_SENDERS_BY_ADDRESS) return addresses;
	return [...new Set(addresses.map((address) => `*${address.slice(address.lastIndexOf("@"))}`))];
}

function recipientsOf(domains: unknown): Pick<Traits, "recipients" | "leftDomains"> {
	if (!Array.isArray(domains) || domains.length === 0) {
		const why = "missing or empty: devices may send to anybody, as new ones here may";
		return { recipients: undefined, leftDomains: [left("allowed_domains", why)] };
	}
	if (domains.includes("*")) return { recipients: undefined, leftDomains: [] };
	const patterns = domains
		.slice(0, MOST_DOMAINS)
		.map((domain) => readMailPattern(typeof domain === "string" ? `*@${domain.trim()}` : ""));
	return {
		recipients: patterns.filter((pattern) => typeof pattern === "string"),
		leftDomains: patterns.flatMap((pattern, index) =>
			pattern instanceof Refusal ? [left(`allowed_domains[${index}]`, "no domain")] : [],
		),
	};
}

const MOST_DOMAINS = 200;

function accountItems(config: Tree, { account, senders }: Traits): readonly MovingItem[] {
	if (account === "") return [left("user", "no mail address: add the account with postern account add")];
	const clientId = ownId(config["client_id"], readClientId);
	const tenant = ownId(config["tenant_id"], readTenant);
	const record = {
		address: account,
		...(clientId === undefined ? {} : { client_id: clientId }),
		...(tenant === undefined ? {} : { tenant }),
		shared_mailboxes: senders.filter((address) => address !== account && !address.startsWith("*")),
	};
	const why = "missing, or still the placeholder: [microsoft]'s counts";
	return [
		{ kind: "account", what: "user", as: `account ${account}`, note: "needs a sign-in", record },
		...(clientId === undefined ? [left("client_id", why)] : []),
		...(tenant === undefined ? [left("tenant_id", why)] : []),
	];
}

/** Its template has ids of x and y, and it takes those that begin so for missing ones. */
function ownId(value: unknown, read: (text: string) => string | Refusal): string | undefined {
	if (typeof value !== "string" || value === "" || /^[xy]/i.test(value)) return undefined;
	const id = read(value);
	return id instanceof Refusal ? undefined : id;
}

function loginItems(mailbox: unknown, what: string, config: Tree, traits: Traits): readonly MovingItem[] {
	const username = addressAt(mailbox, "username");
	if (username === "") return [left(what, "its username is no mail address, or the template's")];
	const password = isTree(mailbox) ? mailbox["password"] : undefined;
	const refusal = passwordRefusal(password);
	if (refusal !== "") return [left(`${what} ${username}`, refusal)];
	const { account, hasTls, recipients, senders } = traits;
	const login = {
		username,
		password_hash: password,
		...(account === "" ? {} : { account }),
		...(hasTls ? {} : { auth_without_tls: true }),
	};
	const note = hasTls ? "" : clearTextNote;
	const device = { ...login, name: username, from: senders, ...(recipients && { recipients }) };
	const found = { what: `${what} ${username}`, note };
	const items: MovingItem[] = [{ ...found, kind: "device", as: `device ${username}`, record: device }];
	if (!fetches(config, traits)) return items;
	const record = { ...login, mailbox: username };
	return [...items, { ...found, kind: "mailbox", as: `mailbox login ${username}`, record }];
}

/** Empty when the hash can be checked here. */
function passwordRefusal(password: unknown): string {
	if (typeof password !== "string" || password === "") return "it has no password";
	if (!isBcryptHash(password))
		return "its password is no bcrypt hash, so that m365proxy let nobody in with it";
	const hash = readPasswordHash(password);
	return hash instanceof Refusal ? `its password ${hash.why}` : "";
}

function fetches(config: Tree, { hasTls }: Traits): boolean {
	return isPort(config["pop3_port"]) || (hasTls && isPort(config["pop3s_port"]));
}

function isPort(value: unknown): value is number {
	return typeof value === "number" && Number.isInteger(value) && value > 0 && value < 65_536;
}

const DEFAULT_SMTP_PORT = 10_025;
const PORTS = [
	{ name: "smtp_port", key: "smtp.listen", needsTls: false },
	{ name: "smtps_port", key: "smtp.listen_tls", needsTls: true },
	{ name: "pop3_port", key: "pop3.listen", needsTls: false },
	{ name: "pop3s_port", key: "pop3.listen_tls", needsTls: true },
] as const;

function portItems(config: Tree, { hasTls }: Traits): readonly MovingItem[] {
	const host = hostOf(config["bind"]);
	if (host === undefined) return [left("bind", "no address to listen at; the ports are left out with it")];
	return PORTS.flatMap(({ name, key, needsTls }): readonly MovingItem[] => {
		const port = name === "smtp_port" && !(name in config) ? DEFAULT_SMTP_PORT : config[name];
		if (port === undefined || port === null) return [];
		if (!isPort(port)) return [left(name, "no port")];
		if (needsTls && !hasTls) return [left(name, "without a certificate m365proxy did not open it")];
		const note = isLoopback(host) ? "for programs on this machine alone, as before" : "";
		return [portItem(name, key, [formatEndpoint({ host, port })], note)];
	});
}

function hostOf(bind: unknown): string | undefined {
	if (bind === undefined || bind === null || bind === "" || bind === "localhost") return "127.0.0.1";
	if (typeof bind !== "string") return undefined;
	return isHost(bind) || isIPv6(bind) ? bind : undefined;
}

function tlsOf(config: Tree, folder: string): readonly MovingItem[] {
	const { tls } = config;
	if (tls === undefined || tls === null || tls === false) return [];
	if (!isTree(tls)) return [left("tls", "it names no files")];
	const [cert, key] = [tls["tls_cert"] ?? tls["cert"], tls["tls_key"] ?? tls["key"]];
	if (typeof cert !== "string" || typeof key !== "string" || cert === "" || key === "") {
		return [left("tls", "it does not name both a certificate and its key")];
	}
	return [certificateItem("tls", path.resolve(folder, cert), path.resolve(folder, key))];
}

function proxyItems(value: unknown): readonly MovingItem[] {
	const proxy: Tree = isTree(value) ? value : { url: value };
	const { url } = proxy;
	if (url === undefined || url === null || url === "") return [];
	const address = typeof url === "string" ? withUser(url, proxy) : undefined;
	if (address === undefined) return [left("https_proxy", "its url is no address of a proxy")];
	return [
		{
			kind: "settings",
			what: "https_proxy",
			as: "microsoft.proxy",
			note: "",
			add: {},
			put: { "microsoft.proxy": address },
		},
	];
}

function withUser(text: string, proxy: Tree): string | undefined {
	const url = URL.parse(text.includes("://") ? text : `http://${text}`);
	if (url === null) return undefined;
	const [user, password] = [proxy["username"] ?? proxy["user"], proxy["password"]];
	if (typeof user === "string" && user !== "") url.username = user;
	if (typeof password === "string" && password !== "") url.password = password;
	const address = readProxyUrl(url.href);
	return address instanceof Refusal ? undefined : address;
}

const SIGN_IN_STAYS = "the sign-in stays behind: sign in anew with postern account add";
const TAKEN_KEYS = [
	...["user", "client_id", "tenant_id", "mailboxes", "allowed_domains", "bind", "tls", "https_proxy"],
	...PORTS.map(({ name }) => name),
];
const LEFT_KEYS: ReadonlyMap<string, string> = new Map([
	["token_path", SIGN_IN_STAYS],
	["logging", "Postern writes to the system's journal, and the console shows it"],
	["attachment_limit_mb", "here the limit is smtp.max_message_size, 150MB unless set"],
	["queue_dir", "mail that waits there stays: let m365proxy send it first"],
]);

function leftovers(config: Tree): readonly MovingItem[] {
	return Object.keys(config)
		.filter((key) => !TAKEN_KEYS.includes(key))
		.slice(0, MOST_LEFTOVERS)
		.map((key) => left(key, LEFT_KEYS.get(key) ?? "nothing here corresponds to it"));
}

const MOST_LEFTOVERS = 200;

function nextSteps({ hasTls }: Traits): readonly string[] {
	return [
		"m365proxy also took mail from whoever gave no password. Here a device gives its password, or you enter its address: postern device list shows who was refused.",
		...(hasTls ? [] : ["Where a device can use TLS, have it do so and turn its auth_without_tls off."]),
		"Let m365proxy send what waits in its queue folder, then stop it. A port that it still had is taken by running this again.",
	];
}
