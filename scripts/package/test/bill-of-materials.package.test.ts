/** The bill of materials is a CycloneDX 1.6 document and names all that is in the executable. */
import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";
import * as z from "zod";
import type { BundledPackage } from "../../bundled-packages.ts";
import { DIST, ROOT } from "../places.ts";

/** What we use of cyclonedx.org/docs/1.6/json; there, too, nothing else may stand beside it. */
const component = z.strictObject({
	type: z.enum(["application", "library", "platform"]),
	"bom-ref": z.string().min(1),
	name: z.string().min(1),
	version: z.string().max(1_024),
	purl: z.string().regex(/^pkg:(npm|generic)\/(%40[\w.-]+\/)?[\w.-]+@\d[\w.+-]*$/),
	licenses: z.tuple([z.strictObject({ expression: z.string().min(1) })]),
	hashes: z
		.array(z.strictObject({ alg: z.literal("SHA-512"), content: z.string().regex(/^[a-f0-9]{128}$/) }))
		.optional(),
});
const document = z.strictObject({
	bomFormat: z.literal("CycloneDX"),
	specVersion: z.literal("1.6"),
	version: z.int().min(1),
	metadata: z.strictObject({ component }),
	components: z.array(component),
	dependencies: z.array(z.strictObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

const { version } = JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")) as { version: string };

it("the bill of materials names Node and each package of the bundle, with the sums of the lock file", () => {
	const file = path.join(DIST, `postern-${version}.cdx.json`);
	const { metadata, components, dependencies } = document.parse(JSON.parse(readFileSync(file, "utf8")));
	const bundled = JSON.parse(
		readFileSync(path.join(DIST, "bundled-packages.json"), "utf8"),
	) as BundledPackage[];
	const lock = JSON.parse(readFileSync(path.join(ROOT, "package-lock.json"), "utf8")) as {
		packages: Record<string, { version: string; integrity: string }>;
	};
	expect(metadata.component).toMatchObject({ name: "postern", version });
	const [node, ...libraries] = components;
	expect(node).toMatchObject({ name: "node", version: process.versions.node });
	expect(libraries.map((one) => `${one.name}@${one.version}`)).toEqual(
		bundled.map((one) => `${one.name}@${one.version}`),
	);
	for (const [at, { folder }] of bundled.entries()) {
		const sum = Buffer.from(libraries[at]?.hashes?.[0]?.content ?? "", "hex").toString("base64");
		expect(lock.packages[folder]).toMatchObject({
			version: libraries[at]?.version,
			integrity: `sha512-${sum}`,
		});
	}
	const references = components.map((one) => one["bom-ref"]);
	expect(new Set(references).size).toBe(references.length);
	expect(dependencies).toEqual([{ ref: metadata.component["bom-ref"], dependsOn: references }]);
});
