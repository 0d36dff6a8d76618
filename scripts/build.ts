/**
 * `npm run build`: one file, dist/postern.cjs, with the SQLite addon and the licences beside it. For packaging and
 * for scripts/postern. Written under temporary names and renamed, so that a build beside a running
 * test never shows half a file. Fails with esbuild's messages.
 */
import { copyFileSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import * as esbuild from "esbuild";
import { EMBEDDED } from "../appliance/embedded.ts";
import { bundledPackages, licenseTexts } from "./bundled-packages.ts";
import { consoleAssets } from "./console-assets.ts";

const root = path.join(import.meta.dirname, "..");
const dist = path.join(root, "dist");
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string };

const shared = {
	absWorkingDir: root,
	bundle: true,
	platform: "node",
	format: "cjs",
	target: "node24",
	// Identifiers stay: they are what a stack trace in a journal shows, and esbuild's way of keeping the names of
	// shortened functions costs a defineProperty for each closure that a message makes.
	minifyWhitespace: true,
	minifySyntax: true,
	legalComments: "none",
	logLevel: "warning",
	metafile: true,
	// Only the branch that tests run uses it (decisions/0005).
	logOverride: { "empty-import-meta": "silent" },
} satisfies esbuild.BuildOptions;

/** better-sqlite3 looks for its addon in node_modules; the bundle always passes it one. */
const addonByArgument: esbuild.Plugin = {
	name: "addon-by-argument",
	setup(build) {
		build.onLoad({ filter: /better-sqlite3\/lib\/binding\.js$/ }, () => ({
			contents: "exports.getBinding = (binding) => binding;",
			loader: "js",
		}));
	},
};

/** A thread's program, embedded as text: the thread is started from it without a second file. */
async function bundleThread(entryPoint: string) {
	const { outputFiles, metafile } = await esbuild.build({
		...shared,
		entryPoints: [entryPoint],
		plugins: [addonByArgument],
		write: false,
	});
	const [file] = outputFiles;
	if (file === undefined) throw new Error(`esbuild gave nothing for ${entryPoint}`);
	return { text: file.text, metafile };
}

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
	const storageThread = await bundleThread("appliance/store/storage-thread.ts");
	const bcryptThread = await bundleThread("appliance/accounts/bcrypt-thread.ts");
	const main = await esbuild.build({
		...shared,
		entryPoints: ["appliance/main.ts"],
		outfile: "postern.cjs",
		write: false,
		define: {
			POSTERN_VERSION: JSON.stringify(version),
			...(await consoleAssets()),
			POSTERN_STORAGE_THREAD: JSON.stringify(storageThread.text),
			POSTERN_BCRYPT_THREAD: JSON.stringify(bcryptThread.text),
		},
	});
	const [bundle] = main.outputFiles;
	if (bundle === undefined) throw new Error("esbuild gave no bundle");
	const packages = bundledPackages(root, [main.metafile, storageThread.metafile, bcryptThread.metafile]);
	put(EMBEDDED.addon, (file) => copyFileSync(addonFile(), file));
	put(EMBEDDED.licenses, (file) => writeFileSync(file, licenseTexts(root, packages)));
	put("bundled-packages.json", (file) => writeFileSync(file, JSON.stringify(packages, null, "\t")));
	put("postern.cjs", (file) => writeFileSync(file, bundle.contents));
}

await build();
