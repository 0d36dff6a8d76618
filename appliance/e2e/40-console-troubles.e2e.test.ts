/**
 * What an owner sees in a real browser when something is wrong: plain words, what to do next, and a way out that works, on the
 * page itself and on the overview.
 */
import net from "node:net";
import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { signInByBrowser } from "../sandbox/browser.ts";
import {
	leave,
	noBrowser,
	openBrowser,
	openPage,
	overflowOf,
	violationsOf,
	type Watched,
} from "./browser.ts";
import { claim, OWNER_PASSWORD, signIn, submit } from "./console-tour.ts";
import {
	fillCard,
	NEWCOMER,
	newCode,
	REFUSED_SUBJECT,
	type Scene,
	SIGN_IN,
	showCode,
	TROUBLE_HOUSE,
	TROUBLES,
} from "./console-troubles.ts";
import { ACCOUNT, eventually, House } from "./house.ts";

if (noBrowser !== undefined) console.log(`skipped, the console in trouble: ${noBrowser}`);

const WELL = "Everything works";

async function freePort(): Promise<number> {
	const server = net.createServer().listen(0, "127.0.0.1");
	await new Promise((resolve) => server.once("listening", resolve));
	const { port } = server.address() as net.AddressInfo;
	await new Promise((resolve) => server.close(resolve));
	return port;
}

describe.skipIf(noBrowser !== undefined)("the console in trouble", { timeout: 120_000 }, () => {
	let browser: Browser;
	let scene: Scene;
	let watched: Watched;
	let origin: string;
	beforeAll(async () => {
		browser = await openBrowser();
	});
	afterAll(async () => {
		await browser?.close();
	});
	beforeEach(async () => {
		const port = await freePort();
		const options = { ...TROUBLE_HOUSE, console: `listen = ["127.0.0.1:${port}"]\nlisten_tls = []` };
		const house = await House.build(options);
		origin = `http://127.0.0.1:${port}`;
		watched = await openPage(browser, origin);
		// A step that does not come says which one it was.
		watched.page.setDefaultTimeout(20_000);
		await claim(watched.page);
		scene = { house, options, page: watched.page };
	}, 60_000);
	afterEach(async () => {
		// Whatever was wrong, every page on the way stood up to the rules.
		expect(await violationsOf(scene.page)).toEqual([]);
		expect(await overflowOf(scene.page)).toBeLessThanOrEqual(0);
		expect(watched.faults.filter((fault) => !isOfTheBrowser(fault))).toEqual([]);
		await leave(watched.context);
		await scene.house.close();
	});

	/** What the browser itself says of a box that is gone. */
	function isOfTheBrowser(fault: string): boolean {
		return /net::ERR_(?:CONNECTION|EMPTY|INCOMPLETE)/.test(fault);
	}
	const main = async () => (await scene.page.textContent("main")) ?? "";
	const verdict = async () => {
		await scene.page.goto("/");
		return (await scene.page.textContent("#verdict")) ?? "";
	};
	const arrived = (subject: string) =>
		scene.house.cloud.control.arrived().filter(({ message }) => message.summary.subject === subject).length;

	it("wrong password: says so, keeps the name, and lets the right one in", async () => {
		const { page } = scene;
		await page.click("text=Sign out");
		await TROUBLES["wrong-password"](scene);
		expect(await page.textContent("[role=alert]")).toContain("Name, password or code is wrong.");
		expect(await page.textContent("[role=alert]")).toContain("try again");
		expect(await page.inputValue("#name")).toBe("owner");
		await page.fill("#password", OWNER_PASSWORD);
		await page.click("main form button[type=submit]");
		await page.waitForURL(`${origin}/`);
	});

	it("too many wrong passwords: says how long to wait, and how to get in when it is forgotten", async () => {
		const { page } = scene;
		await page.click("text=Sign out");
		for (let wrong = 0; wrong < 6; wrong += 1) await TROUBLES["wrong-password"](scene);
		expect(await page.textContent("[role=alert]")).toContain("too many wrong tries");
		expect(await page.textContent("[role=alert]")).toContain("Wait a few minutes");
		await page.click("summary >> nth=0");
		expect(await main()).toContain("postern console password");
		await signInWhenLet();
	});

	async function signInWhenLet(): Promise<void> {
		await eventually("the lock is over", async () => {
			await scene.page.goto("/sign-in");
			await scene.page.fill("#name", "owner");
			await scene.page.fill("#password", OWNER_PASSWORD);
			await scene.page.click("main form button[type=submit]");
			return (await scene.page.locator("[role=alert]").count()) === 0;
		});
	}

	it("code declined: says so, and another try gives a new code that works", async () => {
		const { page, house } = scene;
		await TROUBLES["code-declined"](scene);
		expect(await main()).toContain("The sign-in was declined on the page where the code is entered.");
		const before = new Set(house.cloud.control.pendingUserCodes());
		await page.click("text=Try again");
		house.cloud.control.approve(await newCode(scene, before), ACCOUNT);
		await page.waitForSelector(`text=Signed in as ${ACCOUNT}`);
		expect(await verdict()).toContain(WELL);
	});

	it("code expired: says so, and another try gives a new code that works", async () => {
		const { page, house } = scene;
		await TROUBLES["code-expired"](scene);
		expect(await main()).toContain("The code was not used in time, and has expired.");
		const before = new Set(house.cloud.control.pendingUserCodes());
		await page.click("text=Try again");
		house.cloud.control.approve(await newCode(scene, before), ACCOUNT);
		await page.waitForSelector(`text=Signed in as ${ACCOUNT}`);
	});

	it("blocked by policy: says who blocks, offers the browser first, and that works", async () => {
		const { page } = scene;
		await TROUBLES["code-blocked"](scene);
		expect(await main()).toContain("A rule of your organisation (Conditional Access) forbids this sign-in.");
		expect(await main()).toContain("Sign in with a browser instead, from a managed computer");
		expect(await main()).not.toContain("`");
		expect(await page.textContent("main .button.primary")).toContain("With a browser");
		await page.click("main .button.primary");
		await page.waitForSelector("text=Open the sign-in");
		const link = (await page.getAttribute("a:has-text('Open the sign-in')", "href")) ?? "";
		await page.fill(
			"main input[name=pasted], main textarea[name=pasted]",
			await signInByBrowser(link, NEWCOMER),
		);
		await page.click("main button:has-text('Go on')");
		await page.waitForSelector(`text=Signed in as ${NEWCOMER}`);
		expect(await verdict()).toContain(WELL);
	});

	it("the sign-in was revoked: the overview leads to the account, and a new code mends it", async () => {
		const { page, house } = scene;
		house.cloud.control.revoke(ACCOUNT, { accessTokensToo: true });
		await submit(house.port("relay"), "boss@example.com", "After the revocation");
		await page.goto("/");
		await page.waitForSelector(`text=${ACCOUNT} must sign in to Microsoft again.`);
		await page.click("#verdict a");
		expect(await main()).toContain("needs sign-in");
		house.cloud.control.approve(await showCode(scene), ACCOUNT);
		await page.waitForSelector(`text=Signed in as ${ACCOUNT}`);
		await eventually("the mail goes", () => arrived("After the revocation") === 1);
		await eventually("all is well", async () => (await verdict()).includes(WELL));
	});

	it("offline: says that mail waits and is safe; when the link is back it goes, and the open page says so", async () => {
		const { page, house } = scene;
		await TROUBLES.offline(scene);
		const said = (await page.textContent("#verdict")) ?? "";
		expect(said).toContain(`Mail through ${ACCOUNT} waits.`);
		expect(said).toMatch(/cannot be reached|internet|reach/i);
		expect(await page.textContent("#queue")).toContain("waiting");
		await page.click("#verdict a");
		expect(await main()).toMatch(/mail waits/);
		await page.goto("/mail");
		expect(await main()).toContain("Scan that waits");
		expect(await main()).toMatch(/waiting|on its way/);
		await page.goto("/setup/check");
		await page.click("main button");
		await page.waitForSelector("main .steps .trouble, main .steps .wrong, main li:has-text('not')");
		await page.goto("/");
		await house.cloud.control.online();
		await page.waitForSelector(`#verdict:has-text("${WELL}")`, { timeout: 60_000 });
		expect(arrived("Scan that waits")).toBe(1);
	});

	it("card full: says that devices are asked to come back, leads to what can go, and is over when there is room", async () => {
		const { page, house } = scene;
		await house.cloud.control.offline();
		await submit(house.port("relay"), "boss@example.com", "Taken before");
		await TROUBLES["card-full"](scene);
		const said = (await page.textContent("#verdict")) ?? "";
		expect(said).toContain("The card is full: devices are asked to come back later.");
		await submit(house.port("relay"), "boss@example.com", "Not taken");
		await page.click("#verdict >> text=See the queue");
		expect(await main()).toContain("Taken before");
		expect(await main()).not.toContain("Not taken");
		await page.goto("/devices/Scanner");
		expect(await main()).toMatch(/full|no room/i);
		// What is on it can be deleted all the same.
		await page.goto("/mail");
		await page.check("input[name=id]");
		page.once("dialog", (dialog) => void dialog.accept());
		await page.click("button[value='marked:delete']");
		await page.waitForSelector("text=1 message was deleted.");
		await house.cloud.control.online();
		await fillCard(scene, false);
		await submit(house.port("relay"), "boss@example.com", "Taken again");
		await eventually("it goes", () => arrived("Taken again") === 1);
		await eventually("all is well", async () => (await verdict()).includes(WELL));
		expect(arrived("Not taken")).toBe(0);
	});

	it("failed: the overview leads to the message, it says why and what to do, and a retry delivers it", async () => {
		const { page, house } = scene;
		await TROUBLES.failed(scene);
		expect(await page.textContent("#verdict")).toContain("One message could not be delivered.");
		await page.click("#verdict >> text=See them");
		await page.click(`text=${REFUSED_SUBJECT}`);
		await page.waitForURL("**/mail/*");
		expect(await page.textContent(".notice.trouble")).toContain("then retry the message");
		house.cloud.control.allowSendAs(ACCOUNT, "*");
		await page.click("main button:has-text('Try again')");
		await page.waitForSelector("main .badge:has-text('delivered')");
		expect(arrived(REFUSED_SUBJECT)).toBe(1);
		expect(await verdict()).toContain(WELL);
	});

	it("the box is gone: an open page says that it may be old, and is true again when the box is back", {
		timeout: 90_000,
	}, async () => {
		const { page, house } = scene;
		await TROUBLES.unreachable(scene);
		expect(await page.textContent("#out-of-reach")).toContain("Check that it has power");
		expect(await violationsOf(page)).toEqual([]);
		await house.start();
		await submit(house.port("relay"), "boss@example.com", "After the power cut");
		await page.waitForSelector("text=After the power cut");
		await eventually("nothing more is said", async () => (await page.textContent("#out-of-reach")) === "");
	});

	it("the box lost its power and cut no connection: an open page says that it may be old", {
		timeout: 90_000,
	}, async () => {
		const { page, house } = scene;
		await page.clock.install();
		await page.goto("/mail");
		await page.waitForTimeout(500);
		house.signal("SIGSTOP");
		try {
			await page.clock.fastForward(61_000);
			await page.clock.fastForward(7_000);
			await page.waitForSelector("#out-of-reach >> text=The box does not answer");
		} finally {
			house.signal("SIGCONT");
		}
		await eventually("nothing more is said", async () => (await page.textContent("#out-of-reach")) === "");
	});

	it("signed out from elsewhere: an open page leads to the sign-in, and back", async () => {
		const { page, house } = scene;
		await page.goto("/mail");
		const elsewhere = await openPage(browser, origin);
		await signIn(elsewhere.page);
		await elsewhere.page.goto("/me");
		await elsewhere.page.click("main form[action*='/me/sessions/'] button");
		await submit(house.port("relay"), "boss@example.com", "News");
		await page.waitForURL("**/sign-in?next=%2Fmail");
		await page.fill("#name", "owner");
		await page.fill("#password", OWNER_PASSWORD);
		await page.click("main form button[type=submit]");
		await page.waitForURL("**/mail");
		await leave(elsewhere.context);
	});

	it("an address that leads nowhere, and a message that is gone: both say so and lead on", async () => {
		const { page } = scene;
		for (const path of [
			"/nowhere",
			"/mail/0000000000",
			"/devices/Nobody",
			"/microsoft/nobody%40example.com",
		]) {
			await page.goto(path);
			expect((await page.textContent("h1"))?.length, path).toBeGreaterThan(5);
			await page.click("main >> text=Go to the overview");
			await page.waitForURL(`${origin}/`);
		}
	});

	it("a form from a page of before the sign-out: says that it is old, and does nothing", async () => {
		const { page } = scene;
		await page.goto("/mail");
		const other = await watched.context.newPage();
		await other.goto("/me");
		await other.click("text=Sign out");
		await other.waitForURL(/sign-in/);
		await other.close();
		await page.click("text=Pause sending");
		expect(await main()).toMatch(/grown old|Sign in/);
		await signIn(page);
		await page.goto("/mail");
		expect(await main()).toContain("Pause sending");
	});

	it("the sign-in page of a new code is the same for who comes back later", async () => {
		const { page } = scene;
		const code = await showCode(scene);
		await page.goto("/");
		await page.goto(SIGN_IN);
		await page.waitForSelector(`text=${code}`);
	});
});
