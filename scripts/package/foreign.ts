/**
 * Runs a program of either architecture on this machine: the foreign one under QEMU, with a C library of its own from
 * Debian beside it. For blob.ts and the tests.
 *
 * The libraries are fetched with an apt of our own state, so that the machine's own list of architectures stays as it is.
 * Throws what apt says when they cannot be had.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Architecture } from "./architecture.ts";
import { FETCHED } from "./places.ts";

/** What goes before a program's own path and arguments. */
export function commandFor(architecture: Architecture): readonly string[] {
	if (architecture.name === process.arch) return [];
	return [architecture.emulator, "-L", libraryRoot(architecture)];
}

/** What the pinned Node is linked with. */
const LIBRARIES = ["libc6", "libstdc++6", "libgcc-s1"];

/** A folder with the libraries where a program of that architecture looks for them. */
function libraryRoot({ debian }: Architecture): string {
	const root = path.join(FETCHED, `libraries-${debian}`);
	if (existsSync(root)) return root;
	mkdirSync(FETCHED, { recursive: true });
	const work = mkdtempSync(path.join(FETCHED, "fetching-"));
	try {
		const environment = { ...process.env, APT_CONFIG: aptOfItsOwn(work, debian) };
		execFileSync("apt-get", ["update", "-qq"], { env: environment });
		execFileSync("apt-get", ["download", "-qq", ...LIBRARIES], { env: environment, cwd: work });
		const made = path.join(work, "root");
		for (const file of readdirSync(work).filter((name) => name.endsWith(".deb"))) {
			execFileSync("dpkg-deb", ["--extract", path.join(work, file), made]);
		}
		renameSync(made, root);
		return root;
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
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
