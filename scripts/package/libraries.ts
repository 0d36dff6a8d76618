/**
 * What the executable is linked with, from Debian's packages of an architecture, as a root folder. For foreign.ts, which
 * runs programs on it, and for image-root.ts, which ships it.
 *
 * Fetched once, with an apt of our own state, so that the machine's own list of architectures stays as it is: from the
 * Debian that this machine has. Throws what apt says when they cannot be had.
 */
import { execFileSync } from "node:child_process";
import {
	copyFileSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	renameSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import type { Architecture } from "./architecture.ts";
import { FETCHED } from "./places.ts";

const PACKAGES = ["libc6", "libstdc++6", "libgcc-s1"];
/** Has the copyright of two of them, and the compiler's version in its name. */
const SHARED_COPYRIGHT = /\bgcc-\d+-base\b/;
/** Programs look in these; what Debian has there it has below /usr, some packages still by the old names. */
const MERGED = ["lib", "lib64"];

/** What the copyright files refer to. */
const LICENSE_TEXTS = "usr/share/common-licenses";

/** What Debian says of a package, one file each, as scanners for known faults look for it in images without dpkg. */
const PACKAGE_RECORDS = "var/lib/dpkg/status.d";

/**
 * A folder with the libraries where a program of that architecture looks for them, their copyright, what dpkg would know
 * of them, and of which system they are (etc/os-release).
 */
export function libraryRoot({ debian }: Architecture): string {
	const root = path.join(FETCHED, `library-root-${debian}`);
	if (existsSync(root)) return root;
	mkdirSync(FETCHED, { recursive: true });
	const work = mkdtempSync(path.join(FETCHED, "fetching-"));
	try {
		const made = path.join(work, "root");
		makeEmptyRoot(made);
		for (const file of fetchPackages(work, debian)) addPackage(made, file);
		copyFileSync("/etc/os-release", path.join(made, "etc", "os-release"));
		cpSync(path.join("/", LICENSE_TEXTS), path.join(made, LICENSE_TEXTS), {
			recursive: true,
			verbatimSymlinks: true,
		});
		renameSync(made, root);
		return root;
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

function makeEmptyRoot(root: string): void {
	for (const folder of ["etc", PACKAGE_RECORDS]) mkdirSync(path.join(root, folder), { recursive: true });
	for (const name of MERGED) {
		mkdirSync(path.join(root, "usr", name), { recursive: true });
		symlinkSync(path.join("usr", name), path.join(root, name));
	}
}

/** Gives the paths of the packages, in the folder `work`. */
function fetchPackages(work: string, debianArchitecture: string): readonly string[] {
	const environment = { ...process.env, APT_CONFIG: aptOfItsOwn(work, debianArchitecture) };
	execFileSync("apt-get", ["update", "-qq"], { env: environment });
	const download = (...names: readonly string[]) =>
		execFileSync("apt-get", ["download", "-qq", ...names], { env: environment, cwd: work });
	const packages = () =>
		readdirSync(work)
			.filter((name) => name.endsWith(".deb"))
			.map((name) => path.join(work, name));
	download(...PACKAGES);
	const named = packages().flatMap((file) => SHARED_COPYRIGHT.exec(field(file, "Depends"))?.[0] ?? []);
	download(...new Set(named));
	return packages();
}

function addPackage(root: string, file: string): void {
	const content = execFileSync("dpkg-deb", ["--fsys-tarfile", file], { maxBuffer: 2 ** 28 });
	execFileSync("tar", ["--extract", "--keep-directory-symlink", "--directory", root], { input: content });
	writeFileSync(
		path.join(root, PACKAGE_RECORDS, field(file, "Package").trim()),
		execFileSync("dpkg-deb", ["--field", file]),
	);
}

function field(file: string, name: string): string {
	return execFileSync("dpkg-deb", ["--field", file, name], { encoding: "utf8" });
}

function aptOfItsOwn(folder: string, debianArchitecture: string): string {
	const [state, cache] = [path.join(folder, "state"), path.join(folder, "cache")];
	mkdirSync(path.join(state, "lists", "partial"), { recursive: true });
	mkdirSync(path.join(cache, "archives", "partial"), { recursive: true });
	const file = path.join(folder, "apt.conf");
	writeFileSync(
		file,
		[
			`APT::Architecture "${debianArchitecture}";`,
			`APT::Architectures { "${debianArchitecture}"; };`,
			`Dir::State "${state}";`,
			`Dir::State::status "/dev/null";`,
			`Dir::Cache "${cache}";`,
			// As root apt would download as a user who may not write here.
			'APT::Sandbox::User "root";',
		].join("\n"),
	);
	return file;
}
