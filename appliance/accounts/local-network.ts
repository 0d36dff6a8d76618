/**
 * Is an address one of the local network, as nobody on the internet has? For claiming the console.
 * Private (RFC 1918), link-local (RFC 3927, RFC 4291), unique local (RFC 4193) and loopback addresses; never
 * the shared ones of providers (RFC 6598), behind which strangers sit. What is no address is not local.
 */
import { AddressTable } from "./addresses.ts";

const LOCAL = new AddressTable<true>(
	[
		...["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8"],
		...["fc00::/7", "fe80::/10", "::1"],
	].map((range) => [range, true] as const),
);

/** As a socket gives it. */
export function isLocalAddress(address: string): boolean {
	return LOCAL.find(address) === true;
}
