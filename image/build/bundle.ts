/**
 * The update bundle: a slot, signed. For image.ts. Whoever has the key can replace the system of every box that trusts its
 * certificate, so the release's is not kept here: POSTERN_SIGNING_KEY and POSTERN_SIGNING_CERTIFICATE name its files.
 * Without them a key for development is made once on this machine, and the image trusts that one alone.
 *
 * The same slot and an RSA key give the same bytes. RAUC's own signature would have the time in it, so it is replaced by one
 * that has none; RAUC judges that before the bundle is given out.
 */
import { execFileSync } from "node:child_process";
import {
	appendFileSync,
	copyFileSync,
	existsSync,
	linkSync,
	mkdirSync,
	readFileSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { NEWEST_SCHEMA } from "../../appliance/store/migrations.ts";
import { KEPT, WORK } from "./places.ts";
import type { Toolbox } from "./toolbox.ts";

export interface SigningKey {
	readonly keyFile: string;
	readonly certificateFile: string;
}

const LENGTH_BYTES = 8;
/** What must run for this version to be installed over it: raised when an older one cannot install it rightly. */
const LEAST_VERSION = "0.1.0";
const VALID_DAYS = 20 * 365;

export function signingKey(environment: NodeJS.ProcessEnv = process.env): SigningKey {
	const { POSTERN_SIGNING_KEY: keyFile, POSTERN_SIGNING_CERTIFICATE: certificateFile } = environment;
	if (keyFile !== undefined && certificateFile !== undefined) return { keyFile, certificateFile };
	if (keyFile !== undefined || certificateFile !== undefined)
		throw new Error("set both POSTERN_SIGNING_KEY and POSTERN_SIGNING_CERTIFICATE, or neither");
	return developmentKey("development");
}

/** Made where it is not there yet. Tests sign with another one, that no image trusts. */
export function developmentKey(name: string): SigningKey {
	const folder = path.join(KEPT, "keys");
	const made = {
		keyFile: path.join(folder, `${name}-rsa.key`),
		certificateFile: path.join(folder, `${name}-rsa.pem`),
	};
	if (existsSync(made.certificateFile)) return made;
	mkdirSync(folder, { recursive: true, mode: 0o700 });
	execFileSync(
		"openssl",
		[
			...[
				"req",
				"-x509",
				"-newkey",
				"rsa:3072",
				"-nodes",
				"-days",
				`${VALID_DAYS}`,
				"-subj",
				`/CN=Postern ${name}`,
			],
			...["-keyout", made.keyFile, "-out", made.certificateFile],
		],
		{ stdio: ["ignore", "ignore", "pipe"] },
	);
	return made;
}

export interface BundleOptions {
	readonly toolbox: Toolbox;
	/** In the work folder. */
	readonly slot: string;
	readonly version: string;
	readonly key: SigningKey;
	/** Of the system that takes it; another one for a test. */
	readonly compatible?: string;
	/** The last step of the data's format that its program knows; another one for a test. */
	readonly schema?: number;
	/** In the work folder. */
	readonly name: string;
}

/** Gives its path. */
export async function makeBundle(options: BundleOptions): Promise<string> {
	const { toolbox, slot, version, key, compatible = "postern-arm64", schema = NEWEST_SCHEMA, name } = options;
	const folder = path.join(WORK, `${name}.files`);
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder);
	linkSync(slot, path.join(folder, "system.img"));
	writeFileSync(
		path.join(folder, "manifest.raucm"),
		[
			...["[update]", `compatible=${compatible}`, `version=${version}`],
			...["[bundle]", "format=plain"],
			// By these a box judges whether it may take it (appliance/system/update/bundle.ts).
			...["[meta.postern]", `schema=${schema}`, `least-version=${LEAST_VERSION}`],
			...["[image.system]", "filename=system.img", ""],
		].join("\n"),
	);
	// The toolbox sees the work folder alone.
	copyFileSync(key.keyFile, path.join(WORK, "signing.key"));
	copyFileSync(key.certificateFile, path.join(WORK, "signing.pem"));
	const output = path.join(WORK, name);
	rmSync(output, { force: true });
	try {
		await toolbox.run(
			"rauc",
			[
				...["--cert=/w/signing.pem", "--key=/w/signing.key"],
				"--mksquashfs-args=-comp zstd -Xcompression-level 12 -quiet -no-progress",
				...["bundle", `/w/${path.basename(folder)}`, `/w/${name}`],
			],
			{ SOURCE_DATE_EPOCH: "0" },
		);
		await signWithoutTime(output, toolbox);
	} finally {
		for (const file of ["signing.key", "signing.pem"]) rmSync(path.join(WORK, file), { force: true });
		rmSync(folder, { recursive: true, force: true });
	}
	return output;
}

/** A bundle ends with its signature and, in eight bytes, how long that is (RAUC's documentation, "Plain format"). */
async function signWithoutTime(bundle: string, toolbox: Toolbox): Promise<void> {
	const whole = readFileSync(bundle);
	const signatureBytes = Number(whole.readBigUInt64BE(whole.length - LENGTH_BYTES));
	truncateSync(bundle, whole.length - LENGTH_BYTES - signatureBytes);
	const [content, signature] = [`/w/${path.basename(bundle)}`, path.join(WORK, "signature.der")];
	await toolbox.run("openssl", [
		...["cms", "-sign", "-binary", "-noattr", "-nosmimecap", "-md", "sha256", "-outform", "DER"],
		...["-signer", "/w/signing.pem", "-inkey", "/w/signing.key", "-in", content, "-out", "/w/signature.der"],
	]);
	const made = readFileSync(signature);
	rmSync(signature);
	const length = Buffer.alloc(LENGTH_BYTES);
	length.writeBigUInt64BE(BigInt(made.length));
	appendFileSync(bundle, Buffer.concat([made, length]));
	await toolbox.run("rauc", ["--keyring=/w/signing.pem", "info", content]);
}
