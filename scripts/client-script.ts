/** The script of the console's pages as one text, from web/client/. For the build and for the test runner. */
import path from "node:path";
import * as esbuild from "esbuild";

export async function bundleClientScript(): Promise<string> {
	const result = await esbuild.build({
		absWorkingDir: path.join(import.meta.dirname, ".."),
		entryPoints: ["web/client/console.ts"],
		bundle: true,
		platform: "browser",
		format: "esm",
		// Phones of the last five years or so.
		target: ["es2021", "safari15", "firefox90", "chrome90"],
		minify: true,
		legalComments: "none",
		logLevel: "warning",
		write: false,
	});
	const [file] = result.outputFiles;
	if (file === undefined) throw new Error("esbuild gave no script");
	return file.text;
}
