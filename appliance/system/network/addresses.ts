/**
 * Reads the addresses of network settings: the box's own with its prefix, the gateway, servers. For settings.ts. Pure; throws
 * `network-invalid` in the owner's words, and gives each address in its one canonical form.
 */
import { BlockList, isIPv4, isIPv6, SocketAddress } from "node:net";
import { isHost } from "../../config/endpoint.ts";
import { UserError } from "../../errors.ts";
import { NETWORKING } from "../../words/networking.ts";
import { say } from "../../words/saying.ts";

type Family = "ipv4" | "ipv6";

const EXAMPLES: Readonly<Record<Family, string>> = { ipv4: "192.168.1.5/24", ipv6: "fd00::5/64" };

function listOf(family: Family, ...networks: readonly (readonly [string, number])[]): BlockList {
	const list = new BlockList();
	for (const [address, prefix] of networks) list.addSubnet(address, prefix, family);
	return list;
}

/** Nobody's own: unspecified, loopback, multicast; those for links alone are made, not given. */
const NOT_OWN: Readonly<Record<Family, BlockList>> = {
	ipv4: listOf("ipv4", ["0.0.0.0", 8], ["127.0.0.0", 8], ["169.254.0.0", 16], ["224.0.0.0", 3]),
	ipv6: listOf("ipv6", ["::", 127], ["::ffff:0:0", 96], ["fe80::", 10], ["ff00::", 8]),
};
const LINK_LOCAL = listOf("ipv6", ["fe80::", 10]);

/** `192.168.1.5/24`, `192.168.1.5/255.255.255.0`, `fd00::5/64`. */
export function readAddress(family: Family, text: string): string {
	const bad = () => invalid(say(NETWORKING.addressBad, { address: text, example: EXAMPLES[family] }));
	const [addressText = "", prefixText = "", ...rest] = text.split("/");
	const address = canonical(family, addressText.trim());
	const prefix = prefixOf(family, prefixText.trim());
	if (address === undefined || prefix === undefined || rest.length > 0) throw bad();
	if (NOT_OWN[family].check(address, family) || isNetworkItself(family, address, prefix)) {
		throw invalid(say(NETWORKING.addressReserved, { address: `${address}/${prefix}` }));
	}
	return `${address}/${prefix}`;
}

/** Of the box's network, or, of IPv6, an address of the link. */
export function readGateway(family: Family, text: string, own: string): string {
	const gateway = canonical(family, text);
	if (gateway === undefined) throw invalid(say(NETWORKING.gatewayBad, { gateway: text }));
	const [address = "", prefix = ""] = own.split("/");
	if (family === "ipv6" && LINK_LOCAL.check(gateway, "ipv6")) return gateway;
	if (!listOf(family, [address, Number(prefix)]).check(gateway, family) || gateway === address) {
		throw invalid(say(NETWORKING.gatewayElsewhere, { gateway, address: own }));
	}
	return gateway;
}

export function readNameServers(texts: readonly string[]): string[] {
	return texts.map((server) => {
		const address = canonical("ipv4", server) ?? canonical("ipv6", server);
		if (address === undefined) throw invalid(say(NETWORKING.nameServerBad, { server }));
		return address;
	});
}

export function readTimeServers(texts: readonly string[]): string[] {
	return texts.map((server) => {
		const address = canonical("ipv4", server) ?? canonical("ipv6", server);
		if (address !== undefined) return address;
		if (!isHost(server)) throw invalid(say(NETWORKING.timeServerBad, { server }));
		return server.toLowerCase();
	});
}

/** Without a zone: that is the link's, and there may be another one tomorrow. */
function canonical(family: Family, text: string): string | undefined {
	const isOne = family === "ipv4" ? isIPv4(text) : isIPv6(text) && !text.includes("%");
	return isOne ? new SocketAddress({ address: text, family }).address : undefined;
}

function prefixOf(family: Family, text: string): number | undefined {
	if (family === "ipv4" && isIPv4(text)) return prefixOfMask(text);
	if (!/^\d{1,3}$/.test(text)) return undefined;
	const prefix = Number(text);
	return prefix >= 1 && prefix <= (family === "ipv4" ? 32 : 128) ? prefix : undefined;
}

/** `255.255.255.0` is 24. */
function prefixOfMask(mask: string): number | undefined {
	const bits = numberOf(mask).toString(2).padStart(32, "0");
	return /^1+0*$/.test(bits) ? bits.replaceAll("0", "").length : undefined;
}

/** The first address of an IPv4 network is its name, the last is everybody's. */
function isNetworkItself(family: Family, address: string, prefix: number): boolean {
	if (family === "ipv6" || prefix > 30) return false;
	const size = 2 ** (32 - prefix);
	const place = numberOf(address) % size;
	return place === 0 || place === size - 1;
}

function numberOf(ipv4: string): number {
	return ipv4.split(".").reduce((number, part) => number * 256 + Number(part), 0);
}

/** Settings that cannot be. */
export function invalid(text: string): UserError {
	return new UserError("network-invalid", text, NETWORKING.networkDo);
}
