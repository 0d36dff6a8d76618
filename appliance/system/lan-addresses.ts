/**
 * The addresses of this machine under which a device can go on finding it: none that the kernel makes
 * for a day (RFC 8981) or that count on one cable only. For certificate.ts. Never rejects: where the
 * kernel does not tell which IPv6 addresses last, all are taken.
 */
import { readFile } from "node:fs/promises";
import os from "node:os";
import { canonicalAddress } from "../config/network.ts";

/** Address, interface, prefix, scope, flags, name; in hexadecimal (Linux, net/ipv6/addrconf.c). */
const KERNEL_LIST = "/proc/net/if_inet6";
const TEMPORARY = 0x01;
const DEPRECATED = 0x20;
const TENTATIVE = 0x40;
/** Link-local, IPv6 and IPv4. */
const LINK_LOCAL = /^(?:fe[89ab][0-9a-f]:|169\.254\.)/i;

/** Canonical, sorted. */
export async function stableAddresses(): Promise<readonly string[]> {
	const passing = passingAddresses(await readFile(KERNEL_LIST, "utf8").catch(() => ""));
	const addresses = Object.values(os.networkInterfaces())
		.flatMap((ofOne) => ofOne ?? [])
		.flatMap(({ address }) => canonicalAddress(address) ?? [])
		.filter((address) => !LINK_LOCAL.test(address) && !passing.has(address));
	return [...new Set(addresses)].sort();
}

/** Those of the kernel's list that do not last. */
export function passingAddresses(kernelList: string): ReadonlySet<string> {
	const lines = kernelList.split("\n").map((line) => line.trim().split(/\s+/));
	const passing = lines.filter(
		([, , , , flags = ""]) => (Number.parseInt(flags, 16) & (TEMPORARY | DEPRECATED | TENTATIVE)) !== 0,
	);
	return new Set(
		passing.flatMap(([digits = ""]) => canonicalAddress(digits.match(/.{4}/g)?.join(":") ?? "") ?? []),
	);
}
