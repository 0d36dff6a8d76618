/**
 * What goes into Node to make it Postern: the bundle, compiled beforehand, and its assets. For executable.ts.
 *
 * It is made by the very Node that it goes into, emulated where it is another machine's: its form changes between versions,
 * and what was compiled by another architecture is thrown away at start. Its bytes are the same each time.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { EMBEDDED } from "../../appliance/embedded.ts";
import type { Architecture } from "./architecture.ts";
import { commandFor } from "./foreign.ts";
import { DIST, ROOT } from "./places.ts";

/**
 * So that the bytes do not go by what another thread had done by then: a function on its way to the second compiler has a mark, and
 * some keep between their parts what was in memory before, which is nothing unless something was cleared away meanwhile. A fixed
 * `--hash-seed`, or no second compiler at all, would do as well, but the program throws away what was compiled with other such flags.
 */
const SAME_EACH_TIME = [
	"--random-seed=1",
	"--no-concurrent-sparkplug",
	"--no-concurrent-recompilation",
	"--single-threaded-gc",
];

const COMPILE = path.join(import.meta.dirname, "compile-parts.ts");
const NODE_FLAGS = readFileSync(path.join(ROOT, "scripts", "node-flags"), "utf8")
	.trim()
	.split("\n");

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
	const compiled = path.join(work, EMBEDDED.compiledParts);
	const [command = node, ...emulated] = [...commandFor(architecture), node];
	const run = (argv: readonly string[]) =>
		execFileSync(command, [...emulated, ...SAME_EACH_TIME, ...argv], {
			// From the folder of the bundle, whose path would be in the blob otherwise.
			cwd: DIST,
			stdio: "pipe",
		});
	run([...NODE_FLAGS, COMPILE, EMBEDDED.parts, compiled]);
	const all = { ...assets, [EMBEDDED.parts]: EMBEDDED.parts, [EMBEDDED.compiledParts]: compiled };
	writeFileSync(config, JSON.stringify(seaConfig(output, all)));
	run(["--experimental-sea-config", config]);
	return readFileSync(output);
}

/** nodejs.org/docs/latest-v24.x/api/single-executable-applications.html */
function seaConfig(output: string, assets: BlobOptions["assets"]): object {
	return {
		main: "postern.cjs",
		output,
		disableExperimentalSEAWarning: true,
		useCodeCache: true,
		execArgv: NODE_FLAGS,
		// An administrator's NODE_OPTIONS is meant for other programs.
		execArgvExtension: "none",
		assets,
	};
}
