/**
 * `npm run package`: from the checkout to what an owner installs, for both architectures or the one that is named (x64 or
 * arm64), all in dist/. Says each stage and how long it took; ends with 1 and the reason when one fails. Everything is made
 * new: nothing old is packaged.
 */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { ARCHITECTURES, type Architecture } from "./architecture.ts";
import { billOfMaterials } from "./bill-of-materials.ts";
import { makeContainerImage } from "./container-image.ts";
import { epochOfSources, makeDebianPackage } from "./debian.ts";
import { makeExecutable } from "./executable.ts";
import type { PackageOptions } from "./package-options.ts";
import { DIST, ROOT } from "./places.ts";
import { sums } from "./sums.ts";

const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };

async function stage<T>(title: string, work: () => T | Promise<T>): Promise<T> {
	const startedMs = performance.now();
	process.stderr.write(`package: ${title} … `);
	const made = await work();
	process.stderr.write(`${((performance.now() - startedMs) / 1_000).toFixed(1)} s\n`);
	return made;
}

async function packageAll(architectures: readonly Architecture[]): Promise<void> {
	const made: string[] = [];
	await stage("bundle", () =>
		execFileSync(process.execPath, [path.join(ROOT, "scripts", "build.ts")], { stdio: "inherit" }),
	);
	for (const architecture of architectures) {
		made.push(await stage(`executable for ${architecture.name}`, () => makeExecutable(architecture)));
	}
	const executables = made.slice();
	const epochSeconds = epochOfSources();
	/** Of each architecture; at once, because most of it is compressing with one thread. */
	const makeOfEach = (make: (of: PackageOptions) => Promise<string>) =>
		Promise.all(
			architectures.map((architecture, at) =>
				make({ architecture, version, executable: executables[at] ?? "", epochSeconds }),
			),
		);
	made.push(...(await stage("Debian packages", () => makeOfEach(makeDebianPackage))));
	made.push(...(await stage("container images", () => makeOfEach(makeContainerImage))));
	const bill = path.join(DIST, `postern-${version}.cdx.json`);
	writeFileSync(bill, billOfMaterials(version));
	made.push(bill);
	writeFileSync(path.join(DIST, "SHA256SUMS"), sums(made));
}

// What is packaged has the same modes whoever packages it.
process.umask(0o022);
const [wanted] = process.argv.slice(2);
await packageAll(ARCHITECTURES.filter(({ name }) => wanted === undefined || name === wanted));
