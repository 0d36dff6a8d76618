/**
 * A key and the certificate of its public half, by which an app registration proves itself (client
 * credentials): made here (app-key-maker.ts), or the owner's own. For app-keys.ts. Touches no disk.
 */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { asError } from "../errors.ts";
import { say } from "../words/saying.ts";
import { SIGN_IN } from "../words/sign-in.ts";

export interface AppKey {
	readonly privateKey: KeyObject;
	/** Public half, PEM, to be uploaded to the app registration. */
	readonly certificatePem: string;
	/** SHA-256 of the certificate, hexadecimal in capitals. */
	readonly thumbprintSha256: string;
	/** SHA-1, by which Entra's list of certificates names it. */
	readonly thumbprintSha1: string;
	readonly expiresAtMs: number;
}

const LEAST_BITS = 2048;
/** Reads a PEM text with one private key and its certificate; a string says what is wrong with it. */
export function readAppKey(pem: string): AppKey | string {
	const key = /-----BEGIN (?:RSA |ENCRYPTED )?PRIVATE KEY-----[^-]+-----END [A-Z ]+-----/.exec(pem)?.[0];
	const certificates = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
	if (key === undefined) return SIGN_IN.pemWithoutKey;
	if (key.includes("ENCRYPTED")) return SIGN_IN.pemProtected;
	if (certificates.length === 0) return SIGN_IN.pemWithoutCertificate;
	try {
		const privateKey = createPrivateKey(key);
		if (privateKey.asymmetricKeyType !== "rsa") return SIGN_IN.pemNotRsa;
		if ((privateKey.asymmetricKeyDetails?.modulusLength ?? 0) < LEAST_BITS)
			return say(SIGN_IN.pemKeyShort, { bits: LEAST_BITS });
		// A file may hold the chain of its issuer too.
		const own = certificates
			.map((text) => new X509Certificate(text))
			.find((x) => x.checkPrivateKey(privateKey));
		if (own === undefined) return SIGN_IN.pemNoPair;
		return {
			privateKey,
			certificatePem: own.toString(),
			thumbprintSha256: own.fingerprint256.replaceAll(":", ""),
			thumbprintSha1: own.fingerprint.replaceAll(":", ""),
			expiresAtMs: own.validToDate.getTime(),
		};
	} catch (error) {
		return say(SIGN_IN.pemUnreadable, { why: asError(error).message });
	}
}
