/** What the style sheet claims of itself: text stands out from its ground, in light and in dark. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ASSETS, STYLE_PATH } from "./files.ts";

const tokens = readFileSync(new URL("./styles/tokens.css", import.meta.url), "utf8");
const SCHEMES = ["light", "dark"] as const;
const PAIRS = [
	["text", "ground"],
	["text", "card"],
	["text", "well-ground"],
	["text", "trouble-ground"],
	["quiet", "card"],
	["quiet", "ground"],
	["well", "well-ground"],
	["trouble", "trouble-ground"],
	["trouble", "card"],
	["busy", "busy-ground"],
	["text", "busy-ground"],
	["text", "raised"],
	["danger", "card"],
	["accent", "card"],
] as const;

/** WCAG 2.2, success criterion 1.4.6 (AAA). */
const WANTED_CONTRAST = 7;

describe("console.css", () => {
	it.each(SCHEMES)("has %s text at 7:1 or better", (scheme) => {
		for (const [text, ground] of PAIRS) {
			const contrast = contrastOf(colour(text, scheme), colour(ground, scheme));
			expect(contrast, `${text} on ${ground}`).toBeGreaterThanOrEqual(WANTED_CONTRAST);
		}
	});

	it("fetches nothing from anywhere", () => {
		const styleSheet = ASSETS.get(STYLE_PATH)?.text ?? "";
		expect(styleSheet).toContain("@media print");
		expect(styleSheet).not.toMatch(/url\(|@import|https?:/);
	});
});

function colour(name: string, scheme: (typeof SCHEMES)[number]): string {
	// The light ones stand first, the dark ones in their media query.
	const found = [...tokens.matchAll(new RegExp(`--${name}: (#\\w{6});`, "g"))];
	const value = found[scheme === "light" ? 0 : 1]?.[1];
	if (value === undefined) throw new Error(`no colour --${name}`);
	return value;
}

function contrastOf(a: string, b: string): number {
	const [darker = 0, lighter = 0] = [luminance(a), luminance(b)].sort((first, second) => first - second);
	return (lighter + 0.05) / (darker + 0.05);
}

/** Relative luminance (WCAG 2.2). */
function luminance(hex: string): number {
	const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
		const channel = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
		return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
	});
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
