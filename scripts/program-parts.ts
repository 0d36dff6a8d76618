/**
 * The program as the build makes it: cut into parts at its `import()`s, with the programs of its threads. For build.ts.
 * Fails with esbuild's messages.
 *
 * esbuild cuts only what it writes as ES modules, which an executable cannot load by name; so each part is then made a
 * CommonJS function, which appliance/start.ts calls.
 */
import path from "node:path";
import * as esbuild from "esbuild";
import { SCHEMA_TABLES } from "../appliance/config/schema-keys.ts";
import { consoleAssets } from "./console-assets.ts";

const root = path.join(import.meta.dirname, "..");

export interface Program {
	/** What Node is started with. */
	readonly start: string;
	/** By the names that start.ts and the starters of threads ask for. All ASCII. */
	readonly parts: ReadonlyMap<string, string>;
	readonly metafiles: readonly esbuild.Metafile[];
	/** What is loaded at once with a part: the names of the parts that it needs, itself among them. */
	loadedWith(part: string): readonly string[];
	/** Paths of the sources in a part, from the root. */
	sourcesOf(part: string): readonly string[];
}

const STYLE = {
	target: "node24",
	platform: "node",
	// Identifiers stay: they are what a stack trace in a journal shows, and esbuild's way of keeping the names of
	// shortened functions costs a defineProperty for each closure that a message makes.
	minifyWhitespace: true,
	minifySyntax: true,
	legalComments: "none",
	logLevel: "warning",
} satisfies esbuild.TransformOptions;

const BUNDLE = {
	...STYLE,
	absWorkingDir: root,
	bundle: true,
	metafile: true,
	write: false,
	// Names of modules are in the bundle: they should not tell where node_modules lies.
	preserveSymlinks: true,
	// Only the branch that tests run uses it (decisions/0005).
	logOverride: { "empty-import-meta": "silent" },
	outdir: "parts",
} satisfies esbuild.BuildOptions;

/** Programs that a thread is started with, by the names that their starters ask for. */
const THREADS = {
	"storage-thread.js": "appliance/store/storage-thread.ts",
	"bcrypt-thread.js": "appliance/accounts/bcrypt-thread.ts",
};

/** better-sqlite3 looks for its addon in node_modules; the program always passes it one. */
const addonByArgument: esbuild.Plugin = {
	name: "addon-by-argument",
	setup(build) {
		build.onLoad({ filter: /better-sqlite3\/lib\/binding\.js$/ }, () => ({
			contents: "exports.getBinding = (binding) => binding;",
			loader: "js",
		}));
	},
};

/** In fifty languages zod says what is wrong; ours come from web/locales, and what a developer reads is English. */
const zodInEnglish: esbuild.Plugin = {
	name: "zod-in-english",
	setup(build) {
		build.onLoad({ filter: /zod\/v4\/locales\/index\.js$/ }, ({ path: file }) => ({
			contents: 'export { default as en } from "./en.js";',
			loader: "js",
			resolveDir: path.dirname(file),
		}));
	},
};

/** `more`: for a program that is not what ships (scripts/powercut/). */
export async function bundleProgram(version: string, more: readonly esbuild.Plugin[] = []): Promise<Program> {
	const define = {
		POSTERN_VERSION: JSON.stringify(version),
		POSTERN_SCHEMA_TABLES: JSON.stringify(JSON.stringify(SCHEMA_TABLES)),
		...(await consoleAssets()),
	};
	const main = await esbuild.build({
		...BUNDLE,
		define,
		format: "esm",
		splitting: true,
		entryPoints: { main: "appliance/main.ts" },
		plugins: [addonByArgument, zodInEnglish, ...more],
	});
	const parts = new Map<string, string>();
	for (const { path: file, text } of main.outputFiles) parts.set(path.basename(file), await asFunction(text));
	const threads = await Promise.all(
		Object.entries(THREADS).map(([name, entry]) => single(entry, name, more)),
	);
	for (const { name, text } of threads) parts.set(name, text);
	const start = await single("appliance/start.ts", "start.js", more);
	return {
		start: start.text,
		parts,
		metafiles: [main.metafile, start.metafile, ...threads.map(({ metafile }) => metafile)],
		loadedWith: (part) => [...needsOf(main.metafile, `parts/${part}`)].map((output) => path.basename(output)),
		sourcesOf: (part) => Object.keys(main.metafile.outputs[`parts/${part}`]?.inputs ?? {}),
	};
}

async function asFunction(text: string): Promise<string> {
	const { code } = await esbuild.transform(text, {
		...STYLE,
		format: "cjs",
		// Becomes a `require` at the time when it is wanted.
		supported: { "dynamic-import": false },
	});
	return `(function(exports,require,module){${code}})`;
}

async function single(entryPoint: string, name: string, more: readonly esbuild.Plugin[]) {
	const { outputFiles, metafile } = await esbuild.build({
		...BUNDLE,
		format: "cjs",
		entryPoints: [entryPoint],
		plugins: [addonByArgument, ...more],
	});
	const [file] = outputFiles;
	if (file === undefined) throw new Error(`esbuild gave nothing for ${entryPoint}`);
	return { name, text: file.text, metafile };
}

function needsOf(metafile: esbuild.Metafile, output: string, found = new Set<string>()): ReadonlySet<string> {
	if (found.has(output)) return found;
	found.add(output);
	for (const { path: needed, kind, external } of metafile.outputs[output]?.imports ?? []) {
		if (kind === "import-statement" && external !== true) needsOf(metafile, needed, found);
	}
	return found;
}
