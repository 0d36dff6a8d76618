/**
 * Makes the box's own authority and the certificate that it signs. For certificate.ts, which loads
 * this only when one has to be made. Keeps nothing and touches no disk.
 */
import "reflect-metadata";
import { createPrivateKey, webcrypto } from "node:crypto";
import { isIP } from "node:net";
import * as x509 from "@peculiar/x509";
import type { CertificateMaterial } from "./certificate.ts";

const ALGORITHM = {
	name: "RSASSA-PKCS1-v1_5",
	hash: "SHA-256",
	publicExponent: new Uint8Array([1, 0, 1]),
	modulusLength: 2048,
} as const;

/** A box whose clock starts in 1970 must not make certificates that begin in its future. */
const VALID_FROM = new Date("2020-01-01T00:00:00Z");
const AUTHORITY_VALID_TO = new Date("2070-01-01T00:00:00Z");
const LEAF_VALID_TO = new Date("2065-01-01T00:00:00Z");

export async function makeAuthority(name: string): Promise<CertificateMaterial> {
	const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
	const certificate = await x509.X509CertificateGenerator.createSelfSigned({
		serialNumber: serialNumber(),
		name: `CN=Postern authority of ${name}`,
		notBefore: VALID_FROM,
		notAfter: AUTHORITY_VALID_TO,
		signingAlgorithm: ALGORITHM,
		keys,
		extensions: [
			new x509.BasicConstraintsExtension(true, 0, true),
			new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
			await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
		],
	});
	return { cert: pem(certificate), key: await exportKey(keys.privateKey) };
}

export async function makeLeaf(
	authority: CertificateMaterial,
	names: readonly string[],
	name: string,
): Promise<CertificateMaterial> {
	const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
	const issuer = new x509.X509Certificate(authority.cert);
	const signingKey = await webcrypto.subtle.importKey(
		"pkcs8",
		createPrivateKey(authority.key).export({ type: "pkcs8", format: "der" }),
		ALGORITHM,
		false,
		["sign"],
	);
	const certificate = await x509.X509CertificateGenerator.create({
		serialNumber: serialNumber(),
		subject: `CN=${name}`,
		issuer: issuer.subject,
		notBefore: VALID_FROM,
		notAfter: LEAF_VALID_TO,
		signingAlgorithm: ALGORITHM,
		publicKey: keys.publicKey,
		signingKey,
		extensions: [
			new x509.BasicConstraintsExtension(false, undefined, true),
			new x509.KeyUsagesExtension(
				x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
				true,
			),
			new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
			new x509.SubjectAlternativeNameExtension(names.map(subjectName)),
			await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
			await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
		],
	});
	return { cert: pem(certificate), key: await exportKey(keys.privateKey) };
}

function subjectName(value: string): x509.JsonGeneralName {
	return { type: isIP(value) !== 0 ? "ip" : "dns", value };
}

function serialNumber(): string {
	return Buffer.from(webcrypto.getRandomValues(new Uint8Array(15)))
		.toString("hex")
		.replace(/^./, "4");
}

function pem(certificate: x509.X509Certificate): string {
	return `${certificate.toString("pem")}\n`;
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
	const der = await webcrypto.subtle.exportKey("pkcs8", key);
	return String(
		createPrivateKey({ key: Buffer.from(der), format: "der", type: "pkcs8" }).export({
			type: "pkcs8",
			format: "pem",
		}),
	);
}
