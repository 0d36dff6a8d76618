/**
 * The certificate that devices see: the owner's files, or one of the box's own, made once and kept.
 * For certificate-keeper.ts.
 *
 * The box's own is signed by an authority of the box's own, so that a device that imported the
 * authority keeps trusting it when the certificate is made again: for a new name or a new address, and
 * for nothing else. Names it once had stay in it, so that an address that comes and goes (a network
 * that is late at start, two sites) makes no new one each time. RSA of 2,048 bits, because old printers
 * and PLCs know nothing else. Throws `UserError` when the owner's files cannot be used.
 */
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdir, open, readFile, rename } from "node:fs/promises";
import { isIP } from "node:net";
import path from "node:path";
import { createSecureContext } from "node:tls";
import { canonicalAddress } from "../config/network.ts";
import { asError, errorCode, UserError } from "../errors.ts";
import { say } from "../words/saying.ts";
import { STATUS } from "../words/status.ts";
import { stableAddresses } from "./lan-addresses.ts";

export interface CertificateOptions {
	/** The owner's PEM files, or both empty. */
	readonly certificateFile: string;
	readonly keyFile: string;
	readonly stateDir: string;
	/** Host name on the LAN; `NAME` and `NAME.local` are named, and the box's addresses. */
	readonly name: string;
	/** Of the box; the machine's own that last, when not given. */
	readonly addresses?: readonly string[];
}

export interface CertificateMaterial {
	readonly key: string;
	/** The certificate and, for the box's own, its authority behind it. */
	readonly cert: string;
}

export interface ServedCertificate extends CertificateMaterial {
	/** PEM of the authority a device may import; undefined when the owner's files are in use. */
	readonly authority: string | undefined;
}

/** A machine with containers has dozens of addresses, and old ones come on top. */
const MOST_NAMES = 64;

export async function loadCertificate(options: CertificateOptions): Promise<ServedCertificate> {
	if (options.certificateFile !== "" || options.keyFile !== "") return ownersFiles(options);
	const folder = path.join(options.stateDir, "tls");
	await mkdir(folder, { recursive: true, mode: 0o700 });
	// Loaded only to make one: the certificate library is larger than the rest of the program.
	const maker = () => import("./certificate-maker.ts");
	const authority =
		(await readPair(folder, "authority")) ??
		(await writePair(folder, "authority", await (await maker()).makeAuthority(options.name)));
	const existing = await readPair(folder, "certificate");
	const names = wantedNames(options.name, options.addresses ?? (await stableAddresses()));
	const leaf =
		existing !== undefined && covers(existing.cert, names) && isIssuedBy(existing.cert, authority.cert)
			? existing
			: await writePair(
					folder,
					"certificate",
					await (await maker()).makeLeaf(authority, withOldNames(names, existing?.cert), options.name),
				);
	return { key: leaf.key, cert: leaf.cert + authority.cert, authority: authority.cert };
}

/** Throws `UserError` where the owner's files cannot be served. */
export async function assertCertificate(
	files: Pick<CertificateOptions, "certificateFile" | "keyFile">,
): Promise<void> {
	await ownersFiles(files);
}

async function ownersFiles({
	certificateFile,
	keyFile,
}: Pick<CertificateOptions, "certificateFile" | "keyFile">): Promise<ServedCertificate> {
	try {
		const [cert, key] = [await readFile(certificateFile, "utf8"), await readFile(keyFile, "utf8")];
		if (!new X509Certificate(cert).checkPrivateKey(createPrivateKey(key))) {
			throw new UserError("certificate-mismatch", STATUS.tlsMismatch);
		}
		// What OpenSSL will not serve (a key too short, a broken chain) is told now and not to devices.
		createSecureContext({ cert, key });
		return { cert, key, authority: undefined };
	} catch (thrown) {
		if (thrown instanceof UserError) throw thrown;
		throw new UserError(
			"certificate-unreadable",
			say(STATUS.tlsUnusable, { why: asError(thrown).message }),
			STATUS.tlsUnusableDo,
			{ cause: thrown },
		);
	}
}

/** The names and addresses under which a device may reach the box. */
function wantedNames(name: string, addresses: readonly string[]): string[] {
	return [...new Set([name, `${name}.local`, "localhost", ...addresses])].slice(0, MOST_NAMES);
}

/** Wanted ones first; of the others those that were wanted last. */
function withOldNames(names: readonly string[], oldCertificate: string | undefined): string[] {
	const old = oldCertificate === undefined ? [] : namesOf(oldCertificate);
	return [...new Set([...names, ...old])].slice(0, MOST_NAMES);
}

/** The names and addresses that a certificate (PEM) is for, in its order. */
export function namesOf(cert: string): string[] {
	const text = new X509Certificate(cert).subjectAltName ?? "";
	return text.split(", ").flatMap((entry) => {
		const [, kind, value = ""] = /^(DNS|IP Address):(.+)$/.exec(entry) ?? [];
		return kind === "IP Address" ? (canonicalAddress(value) ?? []) : kind === "DNS" ? value : [];
	});
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
