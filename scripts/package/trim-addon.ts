/**
 * The addon of appliance/trim.c, 5 kB of machine code. For executable.ts. The same compiler gives the same bytes. Throws
 * what the compiler says.
 */
import { execFileSync } from "node:child_process";
import path from "node:path";
import type { Architecture } from "./architecture.ts";
import { ROOT } from "./places.ts";

/** Of the Node that runs this, which is the pinned one; they are the same for all architectures. */
const HEADERS = path.join(path.dirname(process.execPath), "..", "include", "node");

/** Without a library: what it calls is in the process that loads it. */
const FLAGS = ["-shared", "-fPIC", "-O2", "-s", "-nostdlib", "-ffreestanding", "-Wl,--build-id=none"];

/** Gives its path, in `folder`. */
export function compileTrimAddon({ compiler }: Architecture, folder: string): string {
	const output = path.join(folder, "trim.node");
	// From the root, so that no path of this machine can come into it.
	execFileSync(compiler, [...FLAGS, "-I", HEADERS, "-o", output, "appliance/trim.c"], {
		cwd: ROOT,
		stdio: ["ignore", "inherit", "inherit"],
	});
	return output;
}
