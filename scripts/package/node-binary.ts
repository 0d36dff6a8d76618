/**
 * The pinned Node for an architecture, stripped of its symbols (a sixth of its size). For executable.ts.
 *
 * It comes from the package registry and is believed only when it is the one that the lock file names. Throws when it
 * cannot be had or is another.
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import path from "node:path";
import type { Architecture } from "./architecture.ts";
import { FETCHED, ROOT } from "./places.ts";

export interface NodeBinary {
	/** The program, stripped. */
	readonly file: string;
	/** The text of its licence and of those of its parts. */
	readonly license: string;
}

export function nodeBinary({ node, strip }: Architecture): NodeBinary {
	const { version, integrity } = lockedPackage(node);
	const folder = path.join(FETCHED, `${node}-${version}`);
	if (!existsSync(folder)) fetchPackage({ spec: `${node}@${version}`, integrity, folder });
	const file = path.join(folder, "stripped");
	if (!existsSync(file)) {
		const unfinished = `${file}.${process.pid}`;
		execFileSync(strip, ["--strip-all", "-o", unfinished, path.join(folder, "bin", "node")]);
		renameSync(unfinished, file);
	}
	return { file, license: readFileSync(path.join(folder, "LICENSE"), "utf8") };
}

function lockedPackage(name: string): { version: string; integrity: string } {
	const lock = JSON.parse(readFileSync(path.join(ROOT, "package-lock.json"), "utf8")) as {
		packages: Record<string, { version: string; integrity: string }>;
	};
	const locked = lock.packages[`node_modules/${name}`];
	if (locked === undefined) throw new Error(`${name} is not in package-lock.json`);
	return locked;
}

function fetchPackage({
	spec,
	integrity,
	folder,
}: {
	spec: string;
	integrity: string;
	folder: string;
}): void {
	mkdirSync(FETCHED, { recursive: true });
	const work = mkdtempSync(path.join(FETCHED, "fetching-"));
	try {
		const printed = execFileSync("npm", ["pack", spec, "--silent", "--pack-destination", work], {
			encoding: "utf8",
		});
		const archive = path.join(work, printed.trim());
		const sum = createHash("sha512").update(readFileSync(archive)).digest("base64");
		if (`sha512-${sum}` !== integrity) throw new Error(`${spec} is not what package-lock.json names`);
		execFileSync("tar", ["-xzf", archive, "-C", work, "package/bin/node", "package/LICENSE"]);
		renameSync(path.join(work, "package"), folder);
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}
