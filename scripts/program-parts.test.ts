/** What the program is made of: the build gives the same bytes each time, so these hold everywhere. */
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { bundleProgram, type Program } from "./program-parts.ts";

let program: Program;

beforeAll(async () => {
	program = await bundleProgram("0.0.0");
});

/** The part that an `import()` of this source leads to. */
function partOf(source: string): string {
	const name = source.replace(/^.*\/|\.tsx?$/g, "");
	const parts = [...program.parts.keys()].filter((part) => part.startsWith(`${name}-`));
	const [part] = parts;
	if (part === undefined || parts.length > 1) throw new Error(`${parts.length} parts are called ${name}`);
	return part;
}

const loadedWith = (...sources: readonly string[]) =>
	new Set(sources.flatMap((source) => program.loadedWith(partOf(source))));
const sourcesWith = (source: string) => [...loadedWith(source)].flatMap((part) => program.sourcesOf(part));
const bytesWith = (...sources: readonly string[]) =>
	[...loadedWith(...sources)].reduce((sum, part) => sum + (program.parts.get(part)?.length ?? 0), 0);

test("every source is in one part", () => {
	const sources = [...program.parts.keys()].flatMap((part) => program.sourcesOf(part));
	expect(sources.filter((source, at) => sources.indexOf(source) !== at)).toEqual([]);
});

test("a package that is loaded late has its names: one of CommonJS is imported by a file of ours, and that is loaded late", () => {
	const outputs = program.metafiles.flatMap((metafile) => Object.values(metafile.outputs));
	const late = outputs.filter(({ entryPoint }) => entryPoint?.includes("node_modules/"));
	expect(late.length).toBeGreaterThan(0);
	const nameless = late.filter((output) => output.exports.every((name) => name === "default"));
	expect(nameless.map(({ entryPoint }) => entryPoint)).toEqual([]);
});

test("all parts are ASCII, which takes one byte a character in memory", () => {
	for (const [name, text] of program.parts) expect(text, name).toMatch(/^[\0-\x7f]*$/);
});

test("of zod's fifty languages there is English", () => {
	const sources = [...program.parts.keys()].flatMap((part) => program.sourcesOf(part));
	const languages = sources.filter((source) => source.includes("zod/v4/locales/"));
	expect(languages.map((source) => path.basename(source))).toEqual(["en.js"]);
});

test("the service loads nothing at its start that it may never need", () => {
	const early = sourcesWith("appliance/appliance.ts").map((source) =>
		source.replace(/^.*node_modules\//, ""),
	);
	const late =
		/^(appliance\/sandbox|web\/pages|@azure|@peculiar|asn1js|reflect-metadata|libmime|iconv-lite)\//;
	expect(early.filter((source) => late.test(source))).toEqual([]);
	expect(bytesWith("appliance/appliance.ts")).toBeLessThan(1_300_000);
});

test("a light command loads little", () => {
	for (const verb of ["status", "queue", "serve"]) {
		expect(bytesWith("appliance/cli/run.ts", `appliance/cli/${verb}.ts`), verb).toBeLessThan(60_000);
	}
});
