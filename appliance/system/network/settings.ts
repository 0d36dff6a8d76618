/**
 * Network settings of the firmware: what an owner may say, what of it is kept. For the machine door, which takes nothing but
 * what passes here, the seed, and the tests. Pure.
 *
 * `readNetworkSettings` throws a `UserError` `network-invalid` in the owner's words. What it returns holds canonical addresses,
 * host names and numbers alone, and texts as hexadecimal octets: none of it can end a line of a configuration.
 */
import { pbkdf2Sync } from "node:crypto";
import * as z from "zod";
import { NETWORKING } from "../../words/networking.ts";
import { say } from "../../words/saying.ts";
import { invalid, readAddress, readGateway, readNameServers, readTimeServers } from "./addresses.ts";

const SHORT = z.string().max(200);
const STATIC = z.strictObject({ method: z.literal("static"), address: SHORT, gateway: SHORT });
const SERVERS = z.array(SHORT).max(4);

/** As it is typed; `passphrase` may be empty where the network is the one of before, or open. */
const WIFI_DRAFT = z.strictObject({
	country: SHORT,
	ssid: SHORT,
	security: z.enum(["wpa2", "wpa3", "open"]),
	passphrase: SHORT,
	isHidden: z.boolean(),
});

export const NETWORK_DRAFT = {
	ipv4: z.discriminatedUnion("method", [
		z.strictObject({ method: z.literal("dhcp") }),
		z.strictObject({ method: z.literal("off") }),
		STATIC,
	]),
	ipv6: z.discriminatedUnion("method", [
		z.strictObject({ method: z.literal("auto") }),
		z.strictObject({ method: z.literal("off") }),
		STATIC,
	]),
	dns: SERVERS,
	ntp: SERVERS,
	vlan: z.number().nullable(),
	wifi: WIFI_DRAFT.nullable(),
} as const;

export type NetworkDraft = z.output<z.ZodObject<typeof NETWORK_DRAFT>>;

/** What is kept. */
export const NETWORK_SETTINGS = z.strictObject({
	...NETWORK_DRAFT,
	wifi: z
		.strictObject({
			country: z.string(),
			/** Octets, hexadecimal. */
			ssid: z.string(),
			security: z.enum(["wpa2", "wpa3", "open"]),
			/** wpa2: the key that follows from name and password; wpa3: the password's octets; hexadecimal. */
			key: z.string(),
			isHidden: z.boolean(),
		})
		.nullable(),
});
export type NetworkSettings = z.output<typeof NETWORK_SETTINGS>;
type WifiSettings = NonNullable<NetworkSettings["wifi"]>;

/** Until an owner says otherwise. */
export const AS_THE_SITE_SAYS: NetworkSettings = {
	...{ ipv4: { method: "dhcp" }, ipv6: { method: "auto" } },
	...{ dns: [], ntp: [], vlan: null, wifi: null },
};

/** @param before what is in force: a Wi-Fi password that is not typed again is taken from there. */
export function readNetworkSettings(draft: NetworkDraft, before: NetworkSettings): NetworkSettings {
	const ipv4 = draft.ipv4.method === "static" ? readStatic("ipv4", draft.ipv4) : draft.ipv4;
	const ipv6 = draft.ipv6.method === "static" ? readStatic("ipv6", draft.ipv6) : draft.ipv6;
	const dns = readNameServers(filled(draft.dns));
	if (ipv4.method === "off" && ipv6.method === "off") throw invalid(NETWORKING.bothOff);
	const isToldServers = ipv4.method === "dhcp" || ipv6.method === "auto";
	// Many routers tell IPv6 none: whoever gives the box an IPv4 address by hand has to give it these as well.
	if (dns.length === 0 && (ipv4.method === "static" || !isToldServers)) {
		throw invalid(NETWORKING.nameServerMissing);
	}
	const wifi = draft.wifi === null ? null : readWifi(draft.wifi, before.wifi);
	if (draft.vlan !== null && wifi !== null) throw invalid(NETWORKING.vlanIsWired);
	return { ipv4, ipv6, dns, ntp: readTimeServers(filled(draft.ntp)), vlan: readVlan(draft.vlan), wifi };
}

function readStatic(
	family: "ipv4" | "ipv6",
	{ address, gateway }: { readonly address: string; readonly gateway: string },
) {
	const own = readAddress(family, address.trim());
	return {
		method: "static" as const,
		address: own,
		gateway: gateway.trim() === "" ? "" : readGateway(family, gateway.trim(), own),
	};
}

function readVlan(vlan: number | null): number | null {
	if (vlan === null) return null;
	if (!Number.isInteger(vlan) || vlan < 1 || vlan > 4094) throw invalid(NETWORKING.vlanBad);
	return vlan;
}

function readWifi(draft: z.output<typeof WIFI_DRAFT>, before: WifiSettings | null): WifiSettings {
	const { security, isHidden, passphrase } = draft;
	const country = draft.country.trim().toUpperCase();
	if (!/^[A-Z]{2}$/.test(country)) throw invalid(NETWORKING.countryBad);
	const octets = Buffer.from(draft.ssid, "utf8");
	if (octets.length < 1 || octets.length > 32) throw invalid(NETWORKING.ssidBad);
	const ssid = octets.toString("hex");
	const isSame = before !== null && before.ssid === ssid && before.security === security;
	const key = passphrase === "" && isSame ? before.key : keyOf(security, octets, passphrase, draft.ssid);
	return { country, ssid, security, key, isHidden };
}

/** IEEE 802.11, annex J.4: what a password and a network's name make. */
const PSK = { rounds: 4096, bytes: 32, digest: "sha1" } as const;

function keyOf(
	security: WifiSettings["security"],
	ssid: Buffer,
	passphrase: string,
	networkName: string,
): string {
	if (security === "open") return "";
	if (passphrase === "") throw invalid(say(NETWORKING.passphraseMissing, { ssid: networkName }));
	const isKeyItself = security === "wpa2" && /^[0-9a-f]{64}$/i.test(passphrase);
	if (isKeyItself) return passphrase.toLowerCase();
	const octets = Buffer.from(passphrase, "utf8");
	const hasControls = octets.some((octet) => octet < 0x20 || octet === 0x7f);
	if (octets.length < 8 || octets.length > 63 || hasControls) throw invalid(NETWORKING.passphraseBad);
	if (security === "wpa3") return octets.toString("hex");
	return pbkdf2Sync(octets, ssid, PSK.rounds, PSK.bytes, PSK.digest).toString("hex");
}

function filled(texts: readonly string[]): string[] {
	return texts.map((text) => text.trim()).filter(Boolean);
}
