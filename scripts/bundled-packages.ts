/**
 * Which packages are in the bundle, and the text of their licences. For the build and for the bill of materials.
 * Throws when one of them has no licence text: what may be passed on only with it is not passed on without.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Metafile } from "esbuild";

export interface BundledPackage {
	readonly name: string;
	readonly version: string;
	/** SPDX expression. */
	readonly license: string;
	/** Its folder, relative to the root. */
	readonly folder: string;
}

/** Of all bundles together, sorted by name and version. */
export function bundledPackages(root: string, metafiles: readonly Metafile[]): readonly BundledPackage[] {
	const inputs = metafiles.flatMap(({ outputs }) => Object.values(outputs).flatMap((one) => usedInputs(one)));
	const folders = new Set(inputs.flatMap((file) => packageFolder(file) ?? []));
	return [...folders].map((folder) => describe(root, folder)).sort(byNameAndVersion);
}

function usedInputs({ inputs }: Metafile["outputs"][string]): readonly string[] {
	return Object.entries(inputs)
		.filter(([, { bytesInOutput }]) => bytesInOutput > 0)
		.map(([file]) => file);
}

/** The innermost package that a file belongs to. */
function packageFolder(file: string): string | undefined {
	return /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0];
}

function describe(root: string, folder: string): BundledPackage {
	const { name, version, license } = JSON.parse(
		readFileSync(path.join(root, folder, "package.json"), "utf8"),
	) as Record<string, unknown>;
	return { name: String(name), version: String(version), license: String(license), folder };
}

function byNameAndVersion(a: BundledPackage, b: BundledPackage): number {
	return a.name.localeCompare(b.name, "en") || a.version.localeCompare(b.version, "en");
}

/** One text: ours, Node's, then each package's. */
export function licenseTexts(root: string, packages: readonly BundledPackage[]): string {
	const node = path.join("node_modules", `node-linux-${process.arch}`);
	const parts = [
		{ title: "Postern", folder: "." },
		{ title: "Node.js", folder: node },
		...packages.map(({ name, version, license, folder }) => ({
			title: `${name} ${version} (${license})`,
			folder,
		})),
	];
	return parts
		.map(({ title, folder }) => `${heading(title)}\n\n${licenseOf(path.join(root, folder))}\n`)
		.join("\n");
}

function heading(title: string): string {
	return `${title}\n${"=".repeat(title.length)}`;
}

function licenseOf(folder: string): string {
	const files = existsSync(folder) ? readdirSync(folder) : [];
	const named = files.filter((name) => /^(?:licen[cs]e|copying|notice)/i.test(name)).sort();
	if (named.length === 0) throw new Error(`${folder} has no licence text`);
	return named.map((name) => readFileSync(path.join(folder, name), "utf8").trim()).join("\n\n");
}
