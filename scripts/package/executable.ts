/**
 * One executable: the pinned Node with our bundle and the SQLite addon inside. For package.ts. The same inputs give the
 * same bytes (decisions/0025).
 */
import { chmodSync, copyFileSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { inject } from "postject";
import { EMBEDDED } from "../../appliance/embedded.ts";
import type { Architecture } from "./architecture.ts";
import { makeBlob } from "./blob.ts";
import { nodeBinary } from "./node-binary.ts";
import { DIST } from "./places.ts";
import { compileTrimAddon } from "./trim-addon.ts";

/** The mark in Node by which it knows that there is something inside. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";

/** From what the build left in dist/. Gives the path of `dist/postern-linux-ARCHITECTURE`. */
export async function makeExecutable(architecture: Architecture): Promise<string> {
	const node = nodeBinary(architecture).file;
	const output = path.join(DIST, `postern-linux-${architecture.name}`);
	const work = mkdtempSync(path.join(DIST, ".executable-"));
	try {
		const blob = makeBlob({
			architecture,
			node,
			assets: {
				[EMBEDDED.addon]: addonOf(architecture),
				[EMBEDDED.trimAddon]: compileTrimAddon(architecture, work),
				[EMBEDDED.licenses]: path.join(DIST, EMBEDDED.licenses),
			},
			work,
		});
		const unfinished = path.join(work, "postern");
		copyFileSync(node, unfinished);
		await quietly(() => inject(unfinished, "NODE_SEA_BLOB", blob, { sentinelFuse: FUSE }));
		chmodSync(unfinished, 0o755);
		renameSync(unfinished, output);
		return output;
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

function addonOf({ name }: Architecture): string {
	const lib = path.dirname(createRequire(import.meta.url).resolve("better-sqlite3"));
	return path.join(lib, "..", "prebuilds", `linux-${name}.node`);
}

/** postject warns of notes that Node's linker left without names, which does no harm, and of nothing else. */
async function quietly(work: () => Promise<void>): Promise<void> {
	const write = process.stderr.write;
	process.stderr.write = ((chunk: string | Uint8Array, ...rest: []) =>
		String(chunk).includes("section name '.note") ||
		write.call(process.stderr, chunk, ...rest)) as typeof write;
	try {
		await work();
	} finally {
		process.stderr.write = write;
	}
}
