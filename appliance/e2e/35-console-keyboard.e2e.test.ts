/** The console without a mouse, in a real browser: where the Tab key leads, that it is seen, and that news of the box does not move it. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noBrowser, openBrowser, openPage } from "./browser.ts";
import { livedInHouse, OWNER_PASSWORD, submit } from "./console-tour.ts";
import { House } from "./house.ts";

const originOf = (house: House) => `http://127.0.0.1:${house.port("console")}`;

/** What has the focus: its id, else its text. */
function focused(page: Page): Promise<string> {
	return page.evaluate(
		"(({ id, textContent }) => id || textContent.trim())(document.activeElement)",
	) as Promise<string>;
}

async function claimByKeyboard(page: Page): Promise<void> {
	await page.goto("/");
	expect(await focused(page)).toBe("password");
	await page.keyboard.type(OWNER_PASSWORD);
	await page.keyboard.press("Tab");
	await page.keyboard.type(OWNER_PASSWORD);
	await page.keyboard.press("Enter");
	await page.waitForURL("**/setup/name");
}

/** Of what the Tab key comes to, one round of the page: what cannot be seen to have the focus, or lies under something else. */
async function unseen(page: Page): Promise<readonly string[]> {
	const found: string[] = [];
	for (let step = 0; step < 60; step += 1) {
		await page.keyboard.press("Tab");
		const fault = (await page.evaluate(LOOK)) as string;
		if (fault === "over") return found;
		if (fault !== "") found.push(fault);
	}
	return found;
}

const LOOK = `(() => {
	const element = document.activeElement;
	if (element === document.body) return "over";
	const name = element.outerHTML.slice(0, 120);
	const { outlineStyle, outlineWidth } = getComputedStyle(element);
	if (outlineStyle === "none" || outlineWidth === "0px") return "no ring: " + name;
	const { left, top, width, height } = element.getBoundingClientRect();
	const above = document.elementFromPoint(left + width / 2, top + height / 2);
	const isSeen = above !== null && (element.contains(above) || above.contains(element) || above.closest("label") !== null);
	return isSeen ? "" : "covered: " + name;
})()`;

describe.skipIf(noBrowser !== undefined)("without a mouse", () => {
	let browser: Browser;
	beforeAll(async () => {
		browser = await openBrowser();
	});
	afterAll(async () => {
		await browser?.close();
	});

	it("a new box is claimed and its first device added; a refusal has the focus", {
		timeout: 120_000,
	}, async () => {
		const house = await House.build({ isNew: true });
		try {
			const { page } = await openPage(browser, originOf(house));
			await claimByKeyboard(page);
			for (const again of [false, true]) {
				await page.goto("/devices/new/brother");
				expect(await focused(page)).toBe("name");
				await page.keyboard.type("Copier, 2nd floor");
				await page.keyboard.press("Enter");
				if (again) await page.waitForSelector("[role=alert]");
				else await page.waitForURL("**/card");
			}
			expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe("alert");
			await page.keyboard.press("Tab");
			expect(await focused(page)).toBe("name");
		} finally {
			await house.close();
		}
	});

	it("each page can be gone through, what has the focus is seen; news leave it where it is", {
		timeout: 120_000,
	}, async () => {
		const house = await livedInHouse();
		try {
			const { page } = await openPage(browser, originOf(house));
			await claimByKeyboard(page);

			await page.goto("/mail");
			await page.keyboard.press("Tab");
			expect(await focused(page)).toBe("Skip to the content");
			await page.keyboard.press("Enter");
			await page.keyboard.press("Tab");
			expect(await focused(page)).toBe("Pause sending");

			for (const path of [
				"/",
				"/mail",
				"/devices",
				"/devices/new/brother",
				"/devices/Copier/rules",
				"/log",
				"/system",
			]) {
				await page.goto(path);
				expect(await unseen(page), path).toEqual([]);
			}

			await page.goto("/");
			await page.click("#traffic summary");
			await page.focus("#queue a[href='/mail?state=failed']");
			await submit(house.port("relay"), "live@example.com", "News");
			await page.waitForSelector("#traffic .legend >> text=delivered: 3");
			expect(await focused(page)).toBe("failed");
			expect(await page.isVisible("#traffic table")).toBe(true);
		} finally {
			await house.close();
		}
	});
});
