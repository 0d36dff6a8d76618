/**
 * The certificates of the simulated SMTP service: an authority of its own and one certificate under it,
 * made at each start (X.509 v3, RFC 5280, ECDSA P-256). Just enough DER (X.690) to write those.
 */
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import { isIPv4 } from "node:net";

export interface ServerCertificate {
	readonly certificatePem: string;
	readonly privateKeyPem: string;
	/** What a client must trust. */
	readonly caPem: string;
}

const LIFETIME_MS = 365 * 24 * 60 * 60 * 1000;
/** Devices' clocks lag; a certificate must not start in their future. */
const BACKDATED_MS = 24 * 60 * 60 * 1000;

const OID = {
	commonName: "55 04 03",
	ecdsaWithSha256: "2a 86 48 ce 3d 04 03 02",
	basicConstraints: "55 1d 13",
	keyUsage: "55 1d 0f",
	extendedKeyUsage: "55 1d 25",
	subjectAltName: "55 1d 11",
	serverAuth: "2b 06 01 05 05 07 03 01",
} as const;

/** For `names`: DNS names and IPv4 addresses; `::1` is always added. */
export function makeServerCertificate(names: readonly string[], nowMs: number): ServerCertificate {
	const authority = generateKeyPairSync("ec", { namedCurve: "P-256" });
	const server = generateKeyPairSync("ec", { namedCurve: "P-256" });
	const issuer = "Postern sandbox authority";
	const validity = { fromMs: nowMs - BACKDATED_MS, toMs: nowMs + LIFETIME_MS };
	const ca = certificate({
		issuer,
		subject: issuer,
		...validity,
		publicKey: authority.publicKey,
		signer: authority.privateKey,
		extensions: [
			extension(OID.basicConstraints, true, sequence(boolean(true))),
			// keyCertSign and cRLSign: bits 5 and 6.
			extension(OID.keyUsage, true, tlv(0x03, Buffer.from([1, 0b0000_0110]))),
		],
	});
	const leaf = certificate({
		issuer,
		subject: names[0] ?? "localhost",
		...validity,
		publicKey: server.publicKey,
		signer: authority.privateKey,
		extensions: [
			extension(OID.basicConstraints, true, sequence()),
			// digitalSignature: bit 0.
			extension(OID.keyUsage, true, tlv(0x03, Buffer.from([7, 0b1000_0000]))),
			extension(OID.extendedKeyUsage, false, sequence(oid(OID.serverAuth))),
			extension(OID.subjectAltName, false, sequence(...names.map(alternativeName), loopbackIpv6())),
		],
	});
	return {
		caPem: pem(ca),
		certificatePem: pem(leaf),
		privateKeyPem: server.privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
	};
}

interface CertificateFields {
	readonly issuer: string;
	readonly subject: string;
	readonly fromMs: number;
	readonly toMs: number;
	readonly publicKey: KeyObject;
	readonly signer: KeyObject;
	readonly extensions: readonly Buffer[];
}

/** RFC 5280 §4.1. */
function certificate(fields: CertificateFields): Buffer {
	const algorithm = sequence(oid(OID.ecdsaWithSha256));
	const serial = randomBytes(16);
	// Positive and without a leading zero octet.
	serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40;
	const content = sequence(
		tlv(0xa0, tlv(0x02, Buffer.from([2]))),
		tlv(0x02, serial),
		algorithm,
		distinguishedName(fields.issuer),
		sequence(time(fields.fromMs), time(fields.toMs)),
		distinguishedName(fields.subject),
		fields.publicKey.export({ type: "spki", format: "der" }),
		tlv(0xa3, sequence(...fields.extensions)),
	);
	return sequence(content, algorithm, bitString(sign("sha256", content, fields.signer)));
}

function extension(id: string, critical: boolean, value: Buffer): Buffer {
	return sequence(oid(id), ...(critical ? [boolean(true)] : []), tlv(0x04, value));
}

function distinguishedName(commonName: string): Buffer {
	return sequence(tlv(0x31, sequence(oid(OID.commonName), tlv(0x0c, Buffer.from(commonName)))));
}

/** RFC 5280 §4.2.1.6: [2] dNSName, [7] iPAddress. */
function alternativeName(name: string): Buffer {
	if (isIPv4(name)) return tlv(0x87, Buffer.from(name.split(".").map(Number)));
	return tlv(0x82, Buffer.from(name));
}

function loopbackIpv6(): Buffer {
	const address = Buffer.alloc(16);
	address[15] = 1;
	return tlv(0x87, address);
}

/** RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime after. */
function time(atMs: number): Buffer {
	const text = new Date(atMs).toISOString().replaceAll(/[-:T]|\.\d+/g, "");
	return atMs < Date.UTC(2050) ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text));
}

function oid(hex: string): Buffer {
	return tlv(0x06, Buffer.from(hex.replaceAll(" ", ""), "hex"));
}

function boolean(value: boolean): Buffer {
	return tlv(0x01, Buffer.from([value ? 0xff : 0]));
}

function bitString(content: Buffer): Buffer {
	return tlv(0x03, Buffer.concat([Buffer.from([0]), content]));
}

function sequence(...parts: readonly Buffer[]): Buffer {
	return tlv(0x30, Buffer.concat(parts));
}

/** Tag, length, value (X.690 §8.1). */
function tlv(tag: number, value: Buffer): Buffer {
	const { length } = value;
	if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), value]);
	const octets = length < 0x100 ? [length] : [length >> 8, length & 0xff];
	return Buffer.concat([Buffer.from([tag, 0x80 | octets.length, ...octets]), value]);
}

function pem(der: Buffer): string {
	const lines = der.toString("base64").replaceAll(/.{64}/g, "$&\n").trimEnd();
	return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
