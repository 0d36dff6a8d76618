/** The console in a real browser, on the real program: the first run, every page, what goes wrong. */
import { execFileSync } from "node:child_process";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
	leave,
	noBrowser,
	openBrowser,
	openPage,
	overflowOf,
	type Scheme,
	type Size,
	violationsOf,
} from "./browser.ts";
import { claim, livedInHouse, OWNER_PASSWORD, pagesOf, signIn, submit } from "./console-tour.ts";
import { ACCOUNT, eventually, House } from "./house.ts";

if (noBrowser !== undefined) console.log(`skipped, the console in a browser: ${noBrowser}`);

const arrived = (house: House, address: string) =>
	house.cloud.control.arrived().some((message) => JSON.stringify(message).includes(address));
const originOf = (house: House) => `http://127.0.0.1:${house.port("console")}`;

describe.skipIf(noBrowser !== undefined)("a new box", () => {
	it.each<[Size, Scheme]>([
		["phone", "light"],
		["desktop", "dark"],
	])("from the first visit to a delivered mail (%s, %s)", { timeout: 120_000 }, async (size, scheme) => {
		const house = await House.build({ signedIn: false });
		const browser = await openBrowser();
		try {
			const { page, faults } = await openPage(browser, originOf(house), { size, scheme });
			await claim(page);
			await page.click("text=Skip this step");
			await page.click("text=Check now");
			await page.waitForSelector("text=The clock of this box is right");
			await page.goto("/microsoft");
			await page.click("main >> button:has-text('Sign in')");
			await eventually("there is a code", () => house.cloud.control.pendingUserCodes().length > 0);
			const code = house.cloud.control.pendingUserCodes().at(-1) ?? "";
			await page.waitForSelector(`text=${code}`);
			house.cloud.control.approve(code, ACCOUNT);
			await page.waitForSelector(`text=Signed in as ${ACCOUNT}`);
			await page.goto("/devices/new/brother");
			await page.fill("#name", "Copier, 2nd floor");
			await page.click("main form button[type=submit]");
			await page.waitForURL("**/card");
			const card = (await page.textContent("main")) ?? "";
			expect(card).toContain("SMTP Server Address");
			expect(card).toMatch(/[a-z2-9]{4}(?:-[a-z2-9]{4}){3}/);
			await page.goto("/setup/mail");
			await page.waitForSelector("text=Waiting for a mail…");
			await submit(house.port("relay"), "boss@example.com", "My first scan");
			await page.waitForSelector("text=Microsoft has it.");
			await page.goto("/");
			expect(await page.textContent("h1")).toContain("Everything works");
			expect(faults).toEqual([]);
		} finally {
			await browser.close();
			await house.close();
		}
	});
});

describe.skipIf(noBrowser !== undefined)("a box with a life behind it", () => {
	let house: House;
	let browser: Browser;
	let paths: readonly string[];
	beforeAll(async () => {
		[house, browser] = [await livedInHouse(), await openBrowser()];
		const { page, context } = await openPage(browser, originOf(house));
		await claim(page);
		await leave(context);
		paths = await pagesOf(house);
	}, 120_000);
	afterAll(async () => {
		await browser?.close();
		await house?.close();
	});

	it.each<[Size, Scheme]>([
		["phone", "light"],
		["phone", "dark"],
		["desktop", "light"],
	])("shows every page whole and to everybody (%s, %s)", { timeout: 180_000 }, async (size, scheme) => {
		const { page, context, faults } = await openPage(browser, originOf(house), { size, scheme });
		await signIn(page);
		const found: string[] = [];
		for (const path of paths) {
			await page.goto(path);
			const wide = await overflowOf(page);
			if (wide > 0) found.push(`${path} is ${wide} px too wide`);
			for (const violation of await violationsOf(page)) found.push(`${path}: ${violation}`);
		}
		expect(found).toEqual([]);
		expect(faults).toEqual([]);
		await leave(context);
	});

	it("speaks four languages on every page", { timeout: 120_000 }, async () => {
		const { page, context } = await openPage(browser, originOf(house));
		await signIn(page);
		for (const language of ["de", "fr", "es"]) {
			await context.addCookies([{ name: "language", value: language, url: originOf(house) }]);
			for (const path of paths) {
				await page.goto(path);
				expect(await page.getAttribute("html", "lang"), path).toBe(language);
				expect(await overflowOf(page), `${language} ${path}`).toBeLessThanOrEqual(0);
			}
		}
		await leave(context);
	});

	it("works without a script: sign-in, search, deleting with its question", async () => {
		const { page, context } = await openPage(browser, originOf(house), { hasScript: false });
		await signIn(page);
		await page.goto("/mail?q=Never+sent");
		expect(await page.textContent("main")).toContain("Never sent <script>alert(1)</script>");
		await page.check("input[name=id]");
		await page.click("button[value='marked:delete']");
		expect(await page.textContent("h1")).toContain("Delete for good?");
		await page.click("main button:has-text('Delete')");
		expect(await page.textContent("main")).toContain("1 message was deleted.");
		await leave(context);
	});

	it("says what was wrong with a password", async () => {
		const { page, context } = await openPage(browser, originOf(house));
		await page.goto("/sign-in");
		await page.fill("#name", "owner");
		await page.fill("#password", "not this one");
		await page.click("main form button[type=submit]");
		expect(await page.textContent("[role=alert]")).toContain("Name, password or code is wrong.");
		await leave(context);
	});

	it("keeps an open page true: mail that comes is seen without a reload", async () => {
		const { page, context } = await openPage(browser, originOf(house));
		await signIn(page);
		await page.goto("/mail");
		await submit(house.port("relay"), "live@example.com", "Seen at once");
		await page.waitForSelector("text=Seen at once");
		await leave(context);
	});

	it("is paused and goes on", async () => {
		const { page, context } = await openPage(browser, originOf(house));
		await signIn(page);
		await page.goto("/mail");
		await page.click("text=Pause sending");
		await submit(house.port("relay"), "later@example.com", "While paused");
		await page.goto("/mail?q=While+paused");
		expect(await page.textContent("main")).toContain("on its way");
		expect(arrived(house, "later@example.com")).toBe(false);
		await page.click("text=Resume sending");
		await eventually("it goes on", () => arrived(house, "later@example.com"));
		await leave(context);
	});

	it.each(["w3m", "lynx"])("can be read in %s", (program) => {
		const page = execFileSync(program, ["-dump", `${originOf(house)}/sign-in`], { encoding: "utf8" });
		expect(page).toContain("Sign in");
		expect(page).toMatch(/Name[\s\S]*Password/);
	});

	it("lets nobody in with what it shows to nobody", async () => {
		expect(OWNER_PASSWORD.length).toBeGreaterThan(9);
		expect(house.log).not.toContain(OWNER_PASSWORD);
	});
});
