/**
 * The files of the console that are not pages: style sheet, script, icon. Their addresses carry their hash, so that
 * browsers may keep each version for good. The script (client/) and the style sheet (console.css) are bundled by the build.
 */
import { createHash } from "node:crypto";
import { ICON_SVG } from "./icon.ts";

/** Put in by the bundler (scripts/console-assets.ts), and by the test runner. */
declare const POSTERN_CLIENT_SCRIPT: string;
declare const POSTERN_STYLE_SHEET: string;

export interface Asset {
	readonly type: string;
	readonly text: string;
}

function pathOf(name: string, text: string): string {
	const hash = createHash("sha256").update(text).digest("hex").slice(0, 12);
	return `/assets/${hash}/${name}`;
}

export const STYLE_PATH = pathOf("console.css", POSTERN_STYLE_SHEET);
export const SCRIPT_PATH = pathOf("console.js", POSTERN_CLIENT_SCRIPT);
export const ICON_PATH = pathOf("postern.svg", ICON_SVG);

export const ASSETS: ReadonlyMap<string, Asset> = new Map([
	[STYLE_PATH, { type: "text/css; charset=utf-8", text: POSTERN_STYLE_SHEET }],
	[SCRIPT_PATH, { type: "text/javascript; charset=utf-8", text: POSTERN_CLIENT_SCRIPT }],
	[ICON_PATH, { type: "image/svg+xml", text: ICON_SVG }],
]);
