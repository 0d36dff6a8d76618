/**
 * `npm run build`: dist/postern.cjs and the program's parts, the SQLite addon and the licences beside it. For packaging
 * and for scripts/postern. Written under temporary names and renamed, so that a build beside a running
 * test never shows half a file. Fails with esbuild's messages.
 */
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { archiveOf, EMBEDDED } from "../appliance/embedded.ts";
import { bundledPackages, licenseTexts } from "./bundled-packages.ts";
import { bundleProgram } from "./program-parts.ts";

const root = path.join(import.meta.dirname, "..");
const dist = path.join(root, "dist");
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string };

function addonFile(): string {
	const require = createRequire(import.meta.url);
	const lib = path.dirname(require.resolve("better-sqlite3"));
	return path.join(lib, "..", "prebuilds", `${process.platform}-${process.arch}.node`);
}

/** So that a file is there whole or not at all. */
function put(name: string, write: (unfinished: string) => void): void {
	const unfinished = path.join(dist, `${name}.${process.pid}`);
	write(unfinished);
	renameSync(unfinished, path.join(dist, name));
}

async function build(): Promise<void> {
	mkdirSync(dist, { recursive: true });
	const program = await bundleProgram(version);
	const packages = bundledPackages(root, program.metafiles);
	const parts = new Map([...program.parts].map(([name, text]) => [name, Buffer.from(text)]));
	put(EMBEDDED.addon, (file) => copyFileSync(addonFile(), file));
	put(EMBEDDED.licenses, (file) => writeFileSync(file, licenseTexts(root, packages)));
	put("bundled-packages.json", (file) => writeFileSync(file, JSON.stringify(packages, null, "\t")));
	put(EMBEDDED.parts, (file) => writeFileSync(file, archiveOf(parts)));
	// The last, because scripts/postern goes by its age.
	put("postern.cjs", (file) => writeFileSync(file, program.start));
}

await build();
