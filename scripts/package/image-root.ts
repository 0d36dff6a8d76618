/**
 * The files of the container image: the executable, the libraries it is linked with, and the few files that the C library
 * and the engines ask for. No shell, no package manager. For container-image.ts.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import path from "node:path";
import type { Architecture } from "./architecture.ts";
import { libraryRoot } from "./libraries.ts";
import { ROOT } from "./places.ts";
import type { TapeEntry } from "./tape.ts";

/** A number, so that an engine can tell that it is not root; out of the way of a host's users. */
export const USER_ID = 10_001;
export const STATE_DIR = "var/lib/postern";
const HOME = `/${STATE_DIR}`;

/** Engines put their own files and file systems here, and cannot make the places in a root that is read-only. */
const PLACES = ["dev", "etc", "etc/postern", "proc", "run", "sys"];

const TEXTS: Readonly<Record<string, string>> = {
	"etc/passwd": `root:x:0:0:root:/:/nologin\npostern:x:${USER_ID}:${USER_ID}:Postern:${HOME}:/nologin\n`,
	"etc/group": `root:x:0:\npostern:x:${USER_ID}:\n`,
	"etc/nsswitch.conf": "hosts: files dns\n",
};

/** Of the libraries' packages: not the modules for character sets, which nobody asks for, nor scripts for debuggers. */
const SHIPPED =
	/^(lib(64)?|etc\/os-release|usr\/lib(64)?\/([^/]+\/)?[^/]+\.so(\.[\d.]+)?|usr\/share\/(doc\/[^/]+(\/copyright)?|common-licenses\/.*)|var\/lib\/dpkg\/status\.d\/.*)$/;

export function imageRoot(architecture: Architecture, executable: string): readonly TapeEntry[] {
	const files = [
		...libraries(architecture),
		...Object.entries(TEXTS).map(([name, text]) => file(name, Buffer.from(text))),
		file("usr/share/doc/postern/copyright", readFileSync(path.join(ROOT, "LICENSE"))),
		{ ...file("usr/bin/postern", readFileSync(executable)), mode: 0o755 },
	];
	const special: readonly TapeEntry[] = [
		{ ...folder("tmp"), mode: 0o1777 },
		{ ...folder(STATE_DIR), mode: 0o700, owner: USER_ID },
	];
	const folders = new Set([
		...PLACES,
		...[...files, ...special].flatMap(({ path: name }) => foldersAbove(name)),
	]);
	return [...files, ...special, ...[...folders].map(folder)];
}

function libraries(architecture: Architecture): readonly TapeEntry[] {
	const root = libraryRoot(architecture);
	return readdirSync(root, { recursive: true, withFileTypes: true }).flatMap((entry) => {
		const from = path.join(entry.parentPath, entry.name);
		const name = path.relative(root, from);
		if (entry.isDirectory() || !SHIPPED.test(name)) return [];
		if (entry.isSymbolicLink()) return [{ path: name, mode: 0o777, content: readlinkSync(from) }];
		// The loader is a program as well.
		return [{ ...file(name, readFileSync(from)), mode: /\/ld-linux/.test(name) ? 0o755 : 0o644 }];
	});
}

function file(name: string, content: Uint8Array): TapeEntry {
	return { path: name, mode: 0o644, content };
}

function folder(name: string): TapeEntry {
	return { path: name, mode: 0o755, content: null };
}

function foldersAbove(name: string): readonly string[] {
	const above = path.dirname(name);
	return above === "." ? [] : [above, ...foldersAbove(above)];
}
