/**
 * `node scripts/lights-legend.ts` writes the rhythms of the lights (appliance/leds/rhythms.ts) where programs that cannot read
 * them need them: for the shell of the image, for the style sheet of the console, and as the picture of the README. Run after
 * a rhythm was changed; lights-legend.test.ts finds what was forgotten.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { darkPattern, patternText } from "../appliance/leds/kernel-pattern.ts";
import { cycleMs, litShare, MEANINGS, RHYTHMS, type Rhythm } from "../appliance/leds/rhythms.ts";
import { LIGHTS } from "../appliance/words/lights.ts";

const ROOT = path.join(import.meta.dirname, "..");

/** By their places in the checkout. */
export function lightFiles(): ReadonlyMap<string, string> {
	return new Map([
		["image/overlay/usr/share/postern/light-patterns", shellTable()],
		["web/assets/styles/light-rhythms.css", styleSheet()],
		["appliance/leds/legend.svg", picture()],
	]);
}

const MADE = "Made by scripts/lights-legend.ts; not to be changed by hand.";

/** A line each: the meaning, then what the kernel's trigger `pattern` takes, @ being full brightness. */
function shellTable(): string {
	// Brightness 9 stands for the light's own; no duration is 9 alone.
	const lines = MEANINGS.map(
		(meaning) => `${meaning} ${patternText(RHYTHMS[meaning], 9).replaceAll(/(^| )9 /g, "$1@ ")}`,
	);
	return `${[...lines, `dark ${darkPattern()}`].join("\n")}\n`;
}

/**
 * A lamp that blinks where the page lets it (lights.css), and the same as a strip of time on which a second is 2 rem long.
 * A lamp that may not blink is lit or dark as it is most of the time.
 */
function styleSheet(): string {
	const blocks = MEANINGS.map((meaning) => {
		const rhythm = RHYTHMS[meaning];
		if (rhythm.length === 1) return `.lamp.${meaning},\n.rhythm.${meaning} {\n\tbackground: var(--lit);\n}`;
		const still = litShare(rhythm) >= 0.5 ? "\tbackground: var(--lit);\n" : "";
		return [
			`.lamp.${meaning} {\n${still}\tanimation: lamp-${meaning} ${cycleMs(rhythm)}ms step-end infinite;\n}`,
			`@keyframes lamp-${meaning} {\n${keyframes(rhythm)}\n}`,
			`.rhythm.${meaning} {\n\tbackground-image: repeating-linear-gradient(${stops(rhythm)});\n}`,
		].join("\n");
	});
	return `/* ${MADE} */\n${blocks.join("\n")}\n`;
}

function edges(
	rhythm: Rhythm,
): readonly { readonly isLit: boolean; readonly fromMs: number; readonly toMs: number }[] {
	let atMs = 0;
	return rhythm.map((ms, index) => {
		const fromMs = atMs;
		atMs += ms;
		return { isLit: index % 2 === 0, fromMs, toMs: atMs };
	});
}

function keyframes(rhythm: Rhythm): string {
	const percent = (ms: number) => Number(((ms * 100) / cycleMs(rhythm)).toFixed(3));
	return edges(rhythm)
		.map(
			({ isLit, fromMs }) =>
				`\t${percent(fromMs)}% {\n\t\tbackground: var(--${isLit ? "lit" : "unlit"});\n\t}`,
		)
		.join("\n");
}

function stops(rhythm: Rhythm): string {
	const length = (ms: number) => (ms === 0 ? "0" : `${Number((ms / 500).toFixed(3))}rem`);
	const parts = edges(rhythm).map(
		({ isLit, fromMs, toMs }) => `var(--${isLit ? "lit" : "unlit"}) ${length(fromMs)} ${length(toMs)}`,
	);
	// As the formatter has it: what does not fit on a line stands on several.
	return parts.length <= 2
		? ["90deg", ...parts].join(", ")
		: `\n\t\t${["90deg", ...parts].join(",\n\t\t")}\n\t`;
}

const WIDTH = 820;
const ROW = 56;
const STRIP_LEFT = 250;
const SHOWN_MS = 8_000;
const SECOND = 66;

/** Time from left to right, eight seconds of it; light as on a dark ground, so that it is told by lightness alone. */
function picture(): string {
	const height = MEANINGS.length * ROW + 60;
	const seconds = Array.from({ length: SHOWN_MS / 1_000 + 1 }, (_, second) => {
		const x = STRIP_LEFT + second * SECOND;
		return `<text x="${x}" y="30" class="quiet" text-anchor="middle">${second} s</text>`;
	});
	const rows = MEANINGS.map((meaning, index) => row(meaning, 44 + index * ROW));
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="title">
<!-- ${MADE} -->
<title id="title">The lights of Postern: ${MEANINGS.map((meaning) => `${LIGHTS[meaning].says}: ${LIGHTS[meaning].looks}`).join("; ")}.</title>
<style>text{font:15px system-ui,sans-serif;fill:#17201e}.quiet{font-size:13px;fill:#47544f}.dark{fill:#2b3330}.lit{fill:#ffd54a}</style>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
${[...seconds, ...rows].join("\n")}
</svg>
`;
}

function row(meaning: (typeof MEANINGS)[number], y: number): string {
	const { says, looks } = LIGHTS[meaning];
	const rhythm = RHYTHMS[meaning];
	const flashes: string[] = [];
	for (let startMs = 0; startMs < SHOWN_MS; startMs += cycleMs(rhythm)) {
		for (const { isLit, fromMs, toMs } of edges(rhythm)) {
			const [from, to] = [startMs + fromMs, Math.min(startMs + toMs, SHOWN_MS)];
			if (!isLit || to <= from) continue;
			const x = STRIP_LEFT + (from / 1_000) * SECOND;
			flashes.push(
				`<rect class="lit" x="${round(x)}" y="${y + 8}" width="${round(((to - from) / 1_000) * SECOND)}" height="16"/>`,
			);
		}
	}
	return [
		`<text x="20" y="${y + 21}" font-weight="600">${says.split(":")[0]}</text>`,
		`<text x="${STRIP_LEFT}" y="${y + 44}" class="quiet">${looks}</text>`,
		`<rect class="dark" x="${STRIP_LEFT}" y="${y + 4}" width="${(SHOWN_MS / 1_000) * SECOND}" height="24" rx="4"/>`,
		...flashes,
	].join("\n");
}

function round(value: number): number {
	return Number(value.toFixed(1));
}

if (process.argv[1] === import.meta.filename) {
	for (const [file, content] of lightFiles()) writeFileSync(path.join(ROOT, file), content);
}
