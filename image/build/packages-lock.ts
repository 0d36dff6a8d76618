/**
 * Which packages the image is made of, each with version and sum (packages.lock.json). For image.ts, and for `npm run
 * image:lock`, which asks apt for what packages.txt names and what that depends on, as of today.
 *
 * A package is taken only with the sum that the lock names. Throws with the package's name and what to do when a mirror
 * has it no more.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { KEYRING, type Mirror, sources } from "./mirror.ts";
import { IMAGE, KEPT } from "./places.ts";

export interface LockedPackage {
	readonly name: string;
	readonly version: string;
	/** Of the archive, `main`, or of the security updates. */
	readonly site: keyof Mirror;
	/** Below the site's address. */
	readonly path: string;
	readonly sha256: string;
}

const LOCK_FILE = path.join(IMAGE, "packages.lock.json");
const KERNEL_PACKAGE = "linux-image-arm64";
const AT_ONCE = 6;

export function readLock(): readonly LockedPackage[] {
	return (JSON.parse(readFileSync(LOCK_FILE, "utf8")) as { packages: LockedPackage[] }).packages;
}

function wantedPackages(): readonly string[] {
	return readFileSync(path.join(IMAGE, "packages.txt"), "utf8")
		.split("\n")
		.map((line) => line.replace(/#.*/, "").trim().split(/\s+/)[0] ?? "")
		.filter(Boolean);
}

/** Writes the lock as apt resolves it now; gives what changed, a line each. */
export function moveLock(mirror: Mirror): readonly string[] {
	const before = new Map(existsSync(LOCK_FILE) ? readLock().map(({ name, version }) => [name, version]) : []);
	const packages = resolve(mirror, wantedPackages());
	writeFileSync(LOCK_FILE, `${JSON.stringify({ packages }, null, "\t")}\n`);
	const after = new Map(packages.map(({ name, version }) => [name, version]));
	return [...new Set([...before.keys(), ...after.keys()])]
		.sort()
		.filter((name) => before.get(name) !== after.get(name))
		.map((name) => `${name} ${before.get(name) ?? "new"} -> ${after.get(name) ?? "gone"}`);
}

/** With an apt of its own: neither the machine's architecture nor what is installed on it counts. */
function resolve(mirror: Mirror, names: readonly string[]): readonly LockedPackage[] {
	const folder = mkdtempSync(path.join(tmpdir(), "postern-apt-"));
	try {
		for (const part of [
			"etc/apt.conf.d",
			"etc/preferences.d",
			"state/lists/partial",
			"cache/archives/partial",
		])
			mkdirSync(path.join(folder, part), { recursive: true });
		writeFileSync(path.join(folder, "status"), "");
		const options = `[arch=arm64 signed-by=${KEYRING}]`;
		writeFileSync(path.join(folder, "etc", "sources.list"), `${sources(mirror, options).join("\n")}\n`);
		const configuration = path.join(folder, "apt.conf");
		writeFileSync(configuration, aptConfiguration(folder));
		const ask = (program: string, ...argv: string[]) =>
			execFileSync(program, argv, {
				encoding: "utf8",
				env: { ...process.env, APT_CONFIG: configuration },
				stdio: ["ignore", "pipe", "inherit"],
				maxBuffer: 2 ** 24,
			});
		ask("apt-get", "update", "-qq");
		const kernel = newestKernel(ask("apt-cache", "show", KERNEL_PACKAGE));
		const wanted = names.map((name) => name.replace("{kernel}", kernel));
		const how = ["--print-uris", "-y", "-qq", "-o", "Acquire::ForceHash=SHA256"];
		const lines = ask("apt-get", "install", ...how, ...wanted);
		return lines
			.split("\n")
			.filter(Boolean)
			.map((line) => readLine(line, mirror))
			.sort((a, b) => (a.name < b.name ? -1 : 1));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** The package that always depends on the newest; apt shows the newest of its own versions first. */
function newestKernel(shown: string): string {
	const kernel = /^Depends:.*\blinux-image-(\d\S*)/m.exec(shown)?.[1];
	if (kernel === undefined) throw new Error(`${KERNEL_PACKAGE} depends on no kernel`);
	return kernel;
}

const aptConfiguration = (folder: string) => `
APT::Architecture "arm64"; APT::Architectures { "arm64"; };
APT::Install-Recommends "0"; APT::Sandbox::User "root"; Acquire::Languages "none";
Dir "${folder}"; Dir::Etc "${folder}/etc"; Dir::State "${folder}/state"; Dir::State::status "${folder}/status";
Dir::Cache "${folder}/cache";
`;

/** `'URI' name_version_architecture.deb size SHA256:sum`; colons of a version are written %3a. */
function readLine(line: string, { main, security }: Mirror): LockedPackage {
	const [, uri = "", file = "", sha256 = ""] = /^'([^']+)' (\S+) \d+ SHA256:([0-9a-f]{64})$/.exec(line) ?? [];
	const [name = "", version = ""] = file.split("_");
	const site = uri.startsWith(`${security}/`) ? "security" : "main";
	const address = site === "security" ? security : main;
	if (sha256 === "" || !uri.startsWith(`${address}/`))
		throw new Error(`apt said what is not understood: ${line}`);
	return { name, version: decodeURIComponent(version), site, path: uri.slice(address.length + 1), sha256 };
}

/** Gives the path of each package's file, fetched where it is not here yet. */
export async function fetchPackages(mirror: Mirror): Promise<readonly string[]> {
	const folder = path.join(KEPT, "packages");
	mkdirSync(folder, { recursive: true });
	const packages = readLock();
	const files: string[] = [];
	for (let at = 0; at < packages.length; at += AT_ONCE) {
		const some = packages.slice(at, at + AT_ONCE);
		files.push(...(await Promise.all(some.map((one) => fetchPackage(one, mirror, folder)))));
	}
	return files;
}

async function fetchPackage(one: LockedPackage, mirror: Mirror, folder: string): Promise<string> {
	const file = path.join(folder, `${one.sha256}.deb`);
	if (existsSync(file) && sumOf(readFileSync(file)) === one.sha256) return file;
	const address = `${mirror[one.site]}/${one.path}`;
	const answer = await fetch(address);
	if (!answer.ok) {
		throw new Error(
			`${one.name} ${one.version} is not on the mirror (${answer.status}). ` +
				"It has moved on: `npm run image:lock` takes what is there now; look at what changes before you commit it.",
		);
	}
	const content = Buffer.from(await answer.arrayBuffer());
	if (sumOf(content) !== one.sha256) throw new Error(`${one.name} ${one.version} is not what the lock names`);
	writeFileSync(`${file}.part`, content);
	renameSync(`${file}.part`, file);
	return file;
}

const sumOf = (content: Buffer) => createHash("sha256").update(content).digest("hex");
