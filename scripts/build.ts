/**
 * `npm run build`: one file, dist/postern.cjs, with the SQLite addon beside it. For packaging and for
 * scripts/postern. Written under temporary names and renamed, so that a build beside a running
 * test never shows half a file. Fails with esbuild's messages.
 */
import { copyFileSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import * as esbuild from "esbuild";
import { bundleClientScript } from "./client-script.ts";

const root = path.join(import.meta.dirname, "..");
const dist = path.join(root, "dist");
const { version } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8")) as { version: string };

const shared: esbuild.BuildOptions = {
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
	// Only the branch that tests run uses it (decisions/0005).
	logOverride: { "empty-import-meta": "silent" },
	loader: { ".css": "text" },
};

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

/** The storage threads' program, embedded as text: a thread is started from it without a second file. */
async function bundleStorageThread(): Promise<string> {
	const result = await esbuild.build({
		...shared,
		entryPoints: ["appliance/store/storage-thread.ts"],
		plugins: [addonByArgument],
		write: false,
	});
	const [file] = result.outputFiles;
	if (file === undefined) throw new Error("esbuild gave no storage thread");
	return file.text;
}

function addonFile(): string {
	const require = createRequire(import.meta.url);
	const lib = path.dirname(require.resolve("better-sqlite3"));
	return path.join(lib, "..", "prebuilds", `${process.platform}-${process.arch}.node`);
}

async function build(): Promise<void> {
	mkdirSync(dist, { recursive: true });
	const addon = path.join(dist, "better_sqlite3.node");
	copyFileSync(addonFile(), `${addon}.${process.pid}`);
	renameSync(`${addon}.${process.pid}`, addon);
	const output = path.join(dist, "postern.cjs");
	await esbuild.build({
		...shared,
		entryPoints: ["appliance/main.ts"],
		outfile: `${output}.${process.pid}`,
		define: {
			POSTERN_VERSION: JSON.stringify(version),
			POSTERN_CLIENT_SCRIPT: JSON.stringify(await bundleClientScript()),
			POSTERN_STORAGE_THREAD: JSON.stringify(await bundleStorageThread()),
		},
	});
	renameSync(`${output}.${process.pid}`, output);
}

await build();
