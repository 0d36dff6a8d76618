/**
 * `npm run screens`: a picture of every page of the console, in both sizes and both themes, into dist/screens/, to be looked at. Needs
 * Debian's Chromium (`npm test` installs it). Starts a box of its own with a simulated Microsoft 365 and ends it.
 */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { noBrowser, openBrowser, openPage } from "../appliance/e2e/browser.ts";
import { claim, livedInHouse, pagesOf, signIn } from "../appliance/e2e/console-tour.ts";

const folder = path.join(import.meta.dirname, "..", "dist", "screens");

async function takeAll(): Promise<void> {
	mkdirSync(folder, { recursive: true });
	const [house, browser] = [await livedInHouse(), await openBrowser()];
	try {
		const origin = `http://127.0.0.1:${house.port("console")}`;
		const first = await openPage(browser, origin);
		await claim(first.page);
		await first.context.close();
		const paths = await pagesOf(house);
		for (const size of ["phone", "desktop"] as const) {
			for (const scheme of ["light", "dark"] as const) {
				const { page, context } = await openPage(browser, origin, { size, scheme });
				await signIn(page);
				for (const at of paths) {
					await page.goto(at);
					const name = at.replaceAll(/[^a-z0-9]+/gi, "-").slice(0, 60) || "-overview";
					const file = path.join(folder, `${name.slice(1)}-${size}-${scheme}.png`);
					await page.screenshot({ path: file, fullPage: true });
				}
				await context.close();
				console.log(`${size}, ${scheme}: ${paths.length} pages`);
			}
		}
		console.log(`Pictures are in ${folder}`);
	} finally {
		await browser.close();
		await house.close();
	}
}

if (noBrowser === undefined) await takeAll();
else {
	console.error(noBrowser);
	process.exitCode = 1;
}
