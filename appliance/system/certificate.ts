/**
 * The certificate that devices see: the owner's files, or one of the box's own, made once and kept.
 * For the listeners.
 *
 * The box's own is signed by an authority of the box's own, so that a device that imported the
 * authority keeps trusting it when the certificate is made again. RSA of 2,048 bits, because old
 * printers and PLCs know nothing else. Throws `UserError` when the owner's files cannot be used.
 */
import { createPrivateKey, webcrypto, X509Certificate } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import os from "node:os";
import path from "node:path";
import * as x509 from "@peculiar/x509";
import { asError, errorCode, UserError } from "../errors.ts";

export interface CertificateOptions {
	/** The owner's PEM files, or both empty. */
	readonly certificateFile: string;
	readonly keyFile: string;
	readonly stateDir: string;
	/** Host name on the LAN; `NAME` and `NAME.local` are named, and the box's addresses. */
	readonly name: string;
}

export interface CertificateMaterial {
	readonly key: string;
	/** The certificate and, for the box's own, its authority behind it. */
	readonly cert: string;
}

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

export async function loadCertificate(options: CertificateOptions): Promise<CertificateMaterial> {
	if (options.certificateFile !== "" || options.keyFile !== "") return ownersFiles(options);
	const folder = path.join(options.stateDir, "tls");
	await mkdir(folder, { recursive: true, mode: 0o700 });
	const authority = (await readPair(folder, "authority")) ?? (await makeAuthority(folder, options.name));
	const existing = await readPair(folder, "certificate");
	const names = wantedNames(options.name);
	const leaf =
		existing !== undefined && covers(existing.cert, names) && isIssuedBy(existing.cert, authority.cert)
			? existing
			: await makeLeaf(folder, authority, names, options.name);
	return { key: leaf.key, cert: leaf.cert + authority.cert };
}

async function ownersFiles({ certificateFile, keyFile }: CertificateOptions): Promise<CertificateMaterial> {
	try {
		const [cert, key] = [await readFile(certificateFile, "utf8"), await readFile(keyFile, "utf8")];
		if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
			throw new UserError("certificate-mismatch", "tls.key_file does not belong to tls.certificate_file.");
		}
		return { cert, key };
	} catch (thrown) {
		if (thrown instanceof UserError) throw thrown;
		throw new UserError(
			"certificate-unreadable",
			`The certificate cannot be used: ${asError(thrown).message}`,
			"Set both tls.certificate_file and tls.key_file to PEM files that Postern may read, or neither.",
			{ cause: thrown },
		);
	}
}

async function makeAuthority(folder: string, name: string): Promise<CertificateMaterial> {
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
	return writePair(folder, "authority", { cert: pem(certificate), key: await exportKey(keys.privateKey) });
}

async function makeLeaf(
	folder: string,
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
	return writePair(folder, "certificate", { cert: pem(certificate), key: await exportKey(keys.privateKey) });
}

/** The names and addresses under which a device may reach the box. */
function wantedNames(name: string): string[] {
	const addresses = Object.values(os.networkInterfaces())
		.flatMap((addressesOfOne) => addressesOfOne ?? [])
		.filter(({ scopeid }) => (scopeid ?? 0) === 0)
		.map(({ address }) => address);
	return [...new Set([name, `${name}.local`, "localhost", ...addresses])].sort();
}

function subjectName(value: string): x509.JsonGeneralName {
	return { type: /^[\d.]+$|:/.test(value) ? "ip" : "dns", value };
}

function covers(cert: string, names: readonly string[]): boolean {
	const certificate = new X509Certificate(cert);
	return names.every((name) =>
		subjectName(name).type === "ip" ? certificate.checkIP(name) : certificate.checkHost(name),
	);
}

function isIssuedBy(cert: string, authority: string): boolean {
	return new X509Certificate(cert).checkIssued(new X509Certificate(authority));
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

async function readPair(folder: string, name: string): Promise<CertificateMaterial | undefined> {
	try {
		const [cert, key] = await Promise.all([
			readFile(path.join(folder, `${name}.pem`), "utf8"),
			readFile(path.join(folder, `${name}.key`), "utf8"),
		]);
		return { cert, key };
	} catch (error) {
		if (errorCode(error) === "ENOENT") return undefined;
		throw error;
	}
}

/** Key first: a certificate without its key would never be replaced. */
async function writePair(
	folder: string,
	name: string,
	material: CertificateMaterial,
): Promise<CertificateMaterial> {
	await writeDurably(path.join(folder, `${name}.key`), material.key);
	await writeDurably(path.join(folder, `${name}.pem`), material.cert);
	return material;
}

async function writeDurably(file: string, text: string): Promise<void> {
	const temporary = `${file}.new`;
	const handle = await open(temporary, "w", 0o600);
	try {
		await handle.writeFile(text);
		await handle.sync();
	} finally {
		await handle.close();
	}
	await rename(temporary, file);
}
