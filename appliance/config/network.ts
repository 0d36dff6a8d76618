/**
 * Reads addresses and CIDR ranges such as `192.168.1.0/24` or `fd00::/8`, for the configuration and
 * for whoever asks which range an address is in. Pure; a bad text gives a `Refusal`.
 *
 * The text form is canonical (host bits cleared, one way to write each range), so that equal ranges
 * are equal texts.
 */
import { isIPv4, isIPv6, SocketAddress } from "node:net";
import { CONFIGURING } from "../words/configuring.ts";
import { say } from "../words/saying.ts";
import { Refusal } from "./refusal.ts";

export interface Network {
	readonly family: "ipv4" | "ipv6";
	readonly address: string;
	/** Bits that are fixed: 0 to 32, or 0 to 128. */
	readonly prefixLength: number;
}

const MAPPED_PREFIX = 96;

/** An address or a range. A v4-mapped one (`::ffff:192.168.1.5`) is the IPv4 one it stands for. */
export function readNetwork(text: string): Network | Refusal {
	const [addressText = "", prefixText, ...rest] = text.trim().split("/");
	const refusal = new Refusal(CONFIGURING.noNetwork);
	if (rest.length > 0 || (prefixText !== undefined && !/^\d{1,3}$/.test(prefixText))) return refusal;
	const bytes = readAddressBytes(addressText);
	if (bytes === undefined) return refusal;
	const totalBits = bytes.length * 8;
	const prefixLength = prefixText === undefined ? totalBits : Number(prefixText);
	if (prefixLength > totalBits) return new Refusal(say(CONFIGURING.prefixTooLong, { bits: totalBits }));
	if (isMapped(bytes) && prefixLength >= MAPPED_PREFIX) {
		return networkOf(bytes.subarray(12), prefixLength - MAPPED_PREFIX);
	}
	return networkOf(bytes, prefixLength);
}

/** The one way to write it: an address alone, or `address/prefix`. */
export function formatNetwork({ family, address, prefixLength }: Network): string {
	return prefixLength === (family === "ipv4" ? 32 : 128) ? address : `${address}/${prefixLength}`;
}

/** The address a peer has, as sockets give it, canonical: mapped ones as IPv4, no zone. Undefined if none. */
export function canonicalAddress(text: string): string | undefined {
	// Asked for at each command of each session: the form that sockets give most needs no parsing.
	const plain = text.startsWith("::ffff:") ? text.slice("::ffff:".length) : text;
	if (isIPv4(plain)) return plain;
	const network = readNetwork(text.replace(/%.*$/, ""));
	return network instanceof Refusal || network.prefixLength !== (network.family === "ipv4" ? 32 : 128)
		? undefined
		: network.address;
}

function networkOf(bytes: Uint8Array, prefixLength: number): Network {
	const masked = bytes.map((byte, index) => {
		const fixedBits = Math.min(8, Math.max(0, prefixLength - index * 8));
		return byte & (0xff << (8 - fixedBits));
	});
	if (masked.length === 4) return { family: "ipv4", address: masked.join("."), prefixLength };
	const groups = Array.from({ length: 8 }, (_, index) =>
		(((masked[index * 2] ?? 0) << 8) | (masked[index * 2 + 1] ?? 0)).toString(16),
	);
	// SocketAddress writes IPv6 as RFC 5952 wants it.
	const { address } = new SocketAddress({ address: groups.join(":"), family: "ipv6" });
	return { family: "ipv6", address, prefixLength };
}

/** 4 or 16 bytes, or undefined when the text is no address. */
function readAddressBytes(text: string): Uint8Array | undefined {
	if (isIPv4(text)) return Uint8Array.from(text.split("."), Number);
	if (!isIPv6(text) || text.includes("%")) return undefined;
	const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text);
	const plain = dotted === null ? text : `${dotted[1]}${dottedAsGroups(dotted[2] ?? "")}`;
	const [head = "", tail] = plain.split("::");
	const headGroups = head === "" ? [] : head.split(":");
	const tailGroups = tail === undefined || tail === "" ? [] : tail.split(":");
	const zeros = Array.from({ length: 8 - headGroups.length - tailGroups.length }, () => "0");
	const groups = [...headGroups, ...zeros, ...tailGroups].map((group) => Number.parseInt(group, 16));
	return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]));
}

function dottedAsGroups(dotted: string): string {
	const [a = 0, b = 0, c = 0, d = 0] = dotted.split(".").map(Number);
	return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
}

function isMapped(bytes: Uint8Array): boolean {
	return (
		bytes.length === 16 &&
		bytes.subarray(0, 10).every((byte) => byte === 0) &&
		bytes[10] === 255 &&
		bytes[11] === 255
	);
}
