/**
 * Is an address one of the local network? For claiming the console. Private (RFC 1918), link-local (RFC 3927,
 * RFC 4291), unique local (RFC 4193) and loopback addresses, and those of an IPv6 network in which the box itself
 * is: phones reach a name of the LAN over their global IPv6 address first (RFC 6724 §2.1). Never the shared
 * addresses of providers (RFC 6598), behind which strangers sit. What is no address is not local.
 */
import { type NetworkInterfaceInfo, networkInterfaces } from "node:os";
import { AddressTable } from "./addresses.ts";

const LOCAL_RANGES = [
	...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8"],
	...["fc00::/7", "fe80::/10", "::1"],
];
/** One link (RFC 4291 §2.5.1). A wider prefix reaches beyond it, and one of 128 names nobody else. */
const LINK_PREFIX = "/64";

/** As a socket gives it. `ownNetworks`: see there. */
export function isLocalAddress(address: string, ownNetworks: readonly string[]): boolean {
	const local = new AddressTable([...LOCAL_RANGES, ...ownNetworks].map((range) => [range, true] as const));
	return local.find(address) === true;
}

/** The IPv6 networks in which this machine is, as ranges. Its IPv4 ones are private, or not a LAN. */
export function ownNetworks(
	interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>> = networkInterfaces(),
): string[] {
	return Object.values(interfaces)
		.flatMap((ofOne) => ofOne ?? [])
		.filter(
			({ family, internal, cidr }) => family === "IPv6" && !internal && cidr?.endsWith(LINK_PREFIX) === true,
		)
		.flatMap(({ cidr }) => cidr ?? []);
}
