/**
 * What a browser gets of the console besides its pages, each as one small text: the script of web/client/ and the style
 * sheet of web/assets/. For the build and for the test runner, which put them into the program by name.
 */
import path from "node:path";
import * as esbuild from "esbuild";

async function bundle(entry: string): Promise<string> {
	const result = await esbuild.build({
		absWorkingDir: path.join(import.meta.dirname, ".."),
		entryPoints: [entry],
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
	if (file === undefined) throw new Error(`esbuild gave nothing for ${entry}`);
	return file.text;
}

/** For `define`: what web/assets/files.ts declares. */
export async function consoleAssets(): Promise<Record<string, string>> {
	return {
		POSTERN_CLIENT_SCRIPT: JSON.stringify(await bundle("web/client/console.ts")),
		POSTERN_STYLE_SHEET: JSON.stringify(await bundle("web/assets/console.css")),
	};
}
