/**
 * What is in the executable, as a CycloneDX document (cyclonedx.org, specification 1.6): Node and each package of the
 * bundle, with licence and the sum that the lock file names. For package.ts, and for the image's, which has Debian's
 * packages beside it. The same inputs give the same bytes, so it has neither a time nor a random serial number.
 */
import { readFileSync } from "node:fs";
import path from "node:path";
import type { BundledPackage } from "../bundled-packages.ts";
import { DIST, ROOT } from "./places.ts";

export interface Component {
	readonly type: "library" | "application" | "platform";
	readonly "bom-ref": string;
	readonly name: string;
	readonly version: string;
	readonly purl: string;
	readonly licenses?: readonly [{ readonly expression: string }];
	readonly hashes?: readonly [{ readonly alg: "SHA-512" | "SHA-256"; readonly content: string }];
}

export function billOfMaterials(version: string): string {
	const postern = component({ type: "application", name: "postern", version, license: "MIT" });
	return billOf(postern, executableParts());
}

export function billOf(product: Component, parts: readonly Component[]): string {
	const document = {
		bomFormat: "CycloneDX",
		specVersion: "1.6",
		version: 1,
		metadata: { component: product },
		components: parts,
		dependencies: [{ ref: product["bom-ref"], dependsOn: parts.map((one) => one["bom-ref"]) }],
	};
	return `${JSON.stringify(document, null, "\t")}\n`;
}

/** Node, and the packages that the bundle was made of. */
export function executableParts(): readonly Component[] {
	const packages = JSON.parse(
		readFileSync(path.join(DIST, "bundled-packages.json"), "utf8"),
	) as readonly BundledPackage[];
	const node = component({
		type: "platform",
		name: "node",
		version: process.versions.node,
		license: "MIT",
	});
	const libraries = packages.map((one) => ({
		...component({ type: "library", ...one }),
		...hashOf(one.folder),
	}));
	return [node, ...libraries];
}

export function component(of: {
	type: Component["type"];
	name: string;
	version: string;
	license: string;
}): Component {
	const kind = of.type === "library" ? "npm" : "generic";
	// github.com/package-url/purl-spec: the @ of a scope is percent-encoded.
	const purl = `pkg:${kind}/${of.name.replace("@", "%40")}@${of.version}`;
	return {
		type: of.type,
		"bom-ref": purl,
		name: of.name,
		version: of.version,
		purl,
		licenses: [{ expression: of.license }],
	};
}

function hashOf(folder: string): Pick<Component, "hashes"> {
	const { packages } = JSON.parse(readFileSync(path.join(ROOT, "package-lock.json"), "utf8")) as {
		packages: Record<string, { integrity?: string }>;
	};
	const sum = /^sha512-(.+)$/.exec(packages[folder]?.integrity ?? "")?.[1];
	if (sum === undefined) return {};
	return { hashes: [{ alg: "SHA-512", content: Buffer.from(sum, "base64").toString("hex") }] };
}
