/**
 * A real browser for the console: Debian's Chromium, driven by Playwright. It notes what no page may do (an error in its
 * console, a request that leaves the box) and has axe-core judge a page by WCAG 2.2 AA.
 */
import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const CHROMIUM = "/usr/bin/chromium";

/** Why the tests cannot run here; undefined when they can. */
export const noBrowser = existsSync(CHROMIUM) ? undefined : "Debian's chromium is not installed";

/** Of windows, in CSS pixels. */
export const SIZES = {
	phone: { width: 390, height: 844 },
	desktop: { width: 1280, height: 900 },
} as const;
export type Size = keyof typeof SIZES;
export type Scheme = "light" | "dark";

/** Without the parts that reach for the internet by themselves. */
const FLAGS = [
	...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
	...["--disable-background-networking", "--disable-component-update"],
];

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const STANDARD = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

export function openBrowser(): Promise<Browser> {
	return chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
}

export interface Watched {
	readonly context: BrowserContext;
	readonly page: Page;
	/** Errors in the page's console, and requests to anywhere but the box. */
	readonly faults: string[];
}

interface PageOptions {
	readonly size?: Size;
	readonly scheme?: Scheme;
	readonly hasScript?: boolean;
	/** What the browser says it is. */
	readonly agent?: string;
}

export async function openPage(
	browser: Browser,
	origin: string,
	options: PageOptions = {},
): Promise<Watched> {
	const context = await browser.newContext({
		baseURL: origin,
		viewport: SIZES[options.size ?? "phone"],
		colorScheme: options.scheme ?? "light",
		javaScriptEnabled: options.hasScript ?? true,
		...(options.agent === undefined ? {} : { userAgent: options.agent }),
		// axe is put in from outside, past the policy that the pages have for themselves.
		bypassCSP: false,
	});
	const page = await context.newPage();
	const faults: string[] = [];
	page.on("console", (message) => {
		// A refused form is an answer, not a fault of the page.
		const isAnswer = /status of (?:400|403|404|409)/.test(message.text());
		if (message.type() === "error" && !isAnswer) faults.push(message.text());
	});
	page.on("pageerror", (error) => faults.push(error.message));
	page.on("request", (request) => {
		if (!request.url().startsWith(`${origin}/`)) faults.push(`request to ${request.url()}`);
	});
	return { context, page, faults };
}

/** Closes a context when its pages have come: one that is closed while a page still comes is at times never closed (Chromium 150). */
export async function leave(context: BrowserContext): Promise<void> {
	for (const page of context.pages()) await page.waitForLoadState();
	await context.close();
}

/** What axe-core finds, a line each. */
export async function violationsOf(page: Page): Promise<readonly string[]> {
	const run = `${AXE}; axe.run(document, { runOnly: ${JSON.stringify(STANDARD)} }).then(({ violations }) =>
		violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html }) => html.slice(0, 160)).join(" | ")))`;
	return (await page.evaluate(run)) as string[];
}

/** By how many pixels the page is wider than the window. */
export async function overflowOf(page: Page): Promise<number> {
	return (await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")) as number;
}
