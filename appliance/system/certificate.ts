/**
 * The certificate that devices see: the owner's files, or one of the box's own, made once and kept.
 * For the listeners.
 *
 * The box's own is signed by an authority of the box's own, so that a device that imported the
 * authority keeps trusting it when the certificate is made again. RSA of 2,048 bits, because old
 * printers and PLCs know nothing else. Throws `UserError` when the owner's files cannot be used.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { isIP } from "node:net";
import os from "node:os";
import path from "node:path";
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

export async function loadCertificate(options: CertificateOptions): Promise<CertificateMaterial> {
	if (options.certificateFile !== "" || options.keyFile !== "") return ownersFiles(options);
	const folder = path.join(options.stateDir, "tls");
	await mkdir(folder, { recursive: true, mode: 0o700 });
	// Loaded only to make one: the certificate library is larger than the rest of the program.
	const maker = () => import("./certificate-maker.ts");
	const authority =
		(await readPair(folder, "authority")) ??
		(await writePair(folder, "authority", await (await maker()).makeAuthority(options.name)));
	const existing = await readPair(folder, "certificate");
	const names = wantedNames(options.name);
	const leaf =
		existing !== undefined && covers(existing.cert, names) && isIssuedBy(existing.cert, authority.cert)
			? existing
			: await writePair(
					folder,
					"certificate",
					await (await maker()).makeLeaf(authority, names, options.name),
				);
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

/** The names and addresses under which a device may reach the box. */
function wantedNames(name: string): string[] {
	const addresses = Object.values(os.networkInterfaces())
		.flatMap((addressesOfOne) => addressesOfOne ?? [])
		.filter(({ scopeid }) => (scopeid ?? 0) === 0)
		.map(({ address }) => address);
	return [...new Set([name, `${name}.local`, "localhost", ...addresses])].sort();
}

function covers(cert: string, names: readonly string[]): boolean {
	const certificate = new X509Certificate(cert);
	return names.every((name) => (isIP(name) !== 0 ? certificate.checkIP(name) : certificate.checkHost(name)));
}

function isIssuedBy(cert: string, authority: string): boolean {
	return new X509Certificate(cert).checkIssued(new X509Certificate(authority));
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
