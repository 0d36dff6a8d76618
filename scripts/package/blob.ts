/**
 * What goes into Node to make it Postern: the bundle, compiled beforehand, and its assets. For executable.ts.
 *
 * It is made by the very Node that it goes into, emulated where it is another machine's: its form changes between versions,
 * and what was compiled by another architecture is thrown away at start. A fixed seed makes its bytes the same each time.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Architecture } from "./architecture.ts";
import { commandFor } from "./foreign.ts";
import { DIST, ROOT } from "./places.ts";

/** A fixed `--hash-seed` would do as well, but the program that starts with another throws the compiled code away. */
const FIXED_SEED = "--random-seed=1";

export interface BlobOptions {
	readonly architecture: Architecture;
	/** The Node that it is for. */
	readonly node: string;
	/** Paths by the names that the program asks for. */
	readonly assets: Readonly<Record<string, string>>;
	/** A folder for what is made on the way. */
	readonly work: string;
}

export function makeBlob({ architecture, node, assets, work }: BlobOptions): Buffer {
	const [config, output] = [path.join(work, "sea.json"), path.join(work, "blob")];
	writeFileSync(config, JSON.stringify(seaConfig(output, assets)));
	const [command = node, ...argv] = [...commandFor(architecture), node];
	// From the folder of the bundle, whose path would be in the blob otherwise.
	execFileSync(command, [...argv, FIXED_SEED, "--experimental-sea-config", config], {
		cwd: DIST,
		stdio: "pipe",
	});
	return readFileSync(output);
}

/** nodejs.org/docs/latest-v24.x/api/single-executable-applications.html */
function seaConfig(output: string, assets: BlobOptions["assets"]): object {
	return {
		main: "postern.cjs",
		output,
		disableExperimentalSEAWarning: true,
		useCodeCache: true,
		execArgv: readFileSync(path.join(ROOT, "scripts", "node-flags"), "utf8")
			.trim()
			.split("\n"),
		// An administrator's NODE_OPTIONS is meant for other programs.
		execArgvExtension: "none",
		assets,
	};
}
