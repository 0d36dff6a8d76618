/**
 * Makes the key of an app registration, and the certificate of its public half. For app-keys.ts, which loads this only when
 * one has to be made. Keeps nothing and touches no disk.
 */
import "reflect-metadata";
import { createPrivateKey, randomBytes, webcrypto } from "node:crypto";
import { X509CertificateGenerator } from "@peculiar/x509";

/** Entra takes RSA keys only (learn.microsoft.com/entra/identity-platform/certificate-credentials: PS256). */
const ALGORITHM = {
	name: "RSASSA-PKCS1-v1_5",
	hash: "SHA-256",
	publicExponent: new Uint8Array([1, 0, 1]),
	modulusLength: 2048,
} as const;
/** Microsoft advises at most two years; tenants may allow less and then refuse the upload. */
const LIFE_MS = 2 * 365 * 24 * 60 * 60_000;
/** Microsoft's clock may be a little behind the time that this box was told. */
const BEFORE_MS = 24 * 60 * 60_000;

/** A new key with a certificate that it signed itself, as one PEM text, private half included. */
export async function makeAppKey(commonName: string, nowMs: number): Promise<string> {
	const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
	const certificate = await X509CertificateGenerator.createSelfSigned({
		serialNumber: randomBytes(15).toString("hex").replace(/^./, "4"),
		name: [{ CN: [commonName] }],
		notBefore: new Date(nowMs - BEFORE_MS),
		notAfter: new Date(nowMs + LIFE_MS),
		signingAlgorithm: ALGORITHM,
		keys,
	});
	const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
	const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
	return `${key.export({ type: "pkcs8", format: "pem" })}${certificate.toString("pem")}\n`;
}
