/**
 * Reads the header that a proxy or load balancer puts before a session to say who the client is: the
 * PROXY protocol, versions 1 and 2 (haproxy's proxy-protocol.txt, §2.1 and §2.2). For door.ts, which
 * asks only where the peer is one whose header is believed. Pure; never throws.
 */
import { canonicalAddress } from "../config/network.ts";

export interface ProxiedClient {
	/** Canonical, IPv4 where it was mapped. */
	readonly address: string;
	readonly port: number;
}

export type ProxyHeader =
	/** All bytes so far can be the beginning of a header. */
	| { readonly state: "incomplete" }
	| { readonly state: "refused"; readonly why: string }
	/** Without a client: the proxy speaks for itself (health checks) or does not know. */
	| { readonly state: "complete"; readonly lengthBytes: number; readonly client?: ProxiedClient };

const INCOMPLETE: ProxyHeader = { state: "incomplete" };

const FIRST_OF_V1 = Buffer.from("PROXY ");
/** §2.1: "107 chars" with the line end, for the longest of all. */
const LONGEST_V1_BYTES = 107;
const V1_LINE = /^PROXY (TCP4|TCP6) ([0-9a-f.:]{2,45}) ([0-9a-f.:]{2,45}) (\d{1,5}) (\d{1,5})$/i;
const V1_UNKNOWN = /^PROXY UNKNOWN(?: [\x20-\x7e]*)?$/;

const SIGNATURE_OF_V2 = Buffer.from("\r\n\r\n\0\r\nQUIT\n");
const V2_FIXED_BYTES = 16;
/** Addresses take 36 bytes at most; the rest is additions (certificates, names) that we skip. */
const LONGEST_V2_BYTES = 2_048;
const LOCAL = 0x20;
const PROXY = 0x21;
/** Family and transport (§2.2): what is no TCP names no client whom a device could be. */
const UNSPECIFIED = 0x00;
const TCP4 = 0x11;
const TCP6 = 0x21;
const UNIX_STREAM = 0x31;

/** `bytes`: everything read so far, from the first byte. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
	if (beginsLike(bytes, SIGNATURE_OF_V2)) return readVersion2(bytes);
	if (beginsLike(bytes, FIRST_OF_V1)) return readVersion1(bytes);
	return { state: "refused", why: "no PROXY header" };
}

/** True also for fewer bytes, as far as they go. */
function beginsLike(bytes: Buffer, beginning: Buffer): boolean {
	const length = Math.min(bytes.length, beginning.length);
	return bytes.subarray(0, length).equals(beginning.subarray(0, length));
}

function readVersion1(bytes: Buffer): ProxyHeader {
	const end = bytes.subarray(0, LONGEST_V1_BYTES).indexOf("\r\n");
	if (end === -1) {
		return bytes.length < LONGEST_V1_BYTES ? INCOMPLETE : { state: "refused", why: "PROXY line too long" };
	}
	const line = bytes.toString("latin1", 0, end);
	const lengthBytes = end + 2;
	if (V1_UNKNOWN.test(line)) return { state: "complete", lengthBytes };
	const [, family, source = "", destination = "", sourcePort, destinationPort] = V1_LINE.exec(line) ?? [];
	const isIpv6 = family?.toUpperCase() === "TCP6";
	const address = addressOf(source, isIpv6);
	const ports = [Number(sourcePort), Number(destinationPort)];
	if (address === undefined || addressOf(destination, isIpv6) === undefined || !ports.every(isPort)) {
		return { state: "refused", why: "malformed PROXY line" };
	}
	return { state: "complete", lengthBytes, client: { address, port: Number(sourcePort) } };
}

function readVersion2(bytes: Buffer): ProxyHeader {
	if (bytes.length < V2_FIXED_BYTES) return INCOMPLETE;
	const command = bytes.readUInt8(12);
	const family = bytes.readUInt8(13);
	const addressBytes = bytes.readUInt16BE(14);
	const lengthBytes = V2_FIXED_BYTES + addressBytes;
	if (command !== LOCAL && command !== PROXY) return { state: "refused", why: "unknown PROXY command" };
	if (lengthBytes > LONGEST_V2_BYTES) return { state: "refused", why: "PROXY header too long" };
	if (bytes.length < lengthBytes) return INCOMPLETE;
	// §2.2: with LOCAL the family is to be ignored.
	if (command === LOCAL || family === UNSPECIFIED || family === UNIX_STREAM) {
		return { state: "complete", lengthBytes };
	}
	const size = family === TCP4 ? 4 : 16;
	if ((family !== TCP4 && family !== TCP6) || addressBytes < size * 2 + 4) {
		return { state: "refused", why: "malformed PROXY header" };
	}
	const address = textOf(bytes.subarray(V2_FIXED_BYTES, V2_FIXED_BYTES + size));
	const port = bytes.readUInt16BE(V2_FIXED_BYTES + size * 2);
	return { state: "complete", lengthBytes, client: { address, port } };
}

function addressOf(text: string, isIpv6: boolean): string | undefined {
	return text.includes(":") === isIpv6 ? canonicalAddress(text) : undefined;
}

function textOf(address: Buffer): string {
	if (address.length === 4) return address.join(".");
	const groups = Array.from({ length: 8 }, (_, index) => address.readUInt16BE(index * 2).toString(16));
	const text = groups.join(":");
	return canonicalAddress(text) ?? text;
}

function isPort(port: number): boolean {
	return Number.isInteger(port) && port <= 65_535;
}
