/** Self-service on the real program: a person comes by browser, sends by what the page shows, and the owner has the last word. */
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type ApiDescription, expectDescribed } from "../../web/testing/api-description.ts";
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
import { isInstalled, run } from "./clients.ts";
import { claim, signIn } from "./console-tour.ts";
import { ACCOUNT, eventually, House } from "./house.ts";

const missing = noBrowser ?? (isInstalled("swaks") ? undefined : "swaks is not installed");
if (missing !== undefined) console.log(`skipped, self-service: ${missing}`);

const ADA = "ada@contoso.example";
const EVE = "eve@contoso.example";
/** Of curl. */
const LOGIN_DENIED = 67;

describe.skipIf(missing !== undefined)("self-service", () => {
	let house: House;
	let browser: Browser;
	let owner: Page;
	const opened: Watched[] = [];
	const originOf = () => `http://127.0.0.1:${house.port("console")}`;

	beforeAll(async () => {
		house = await House.build({ onlyByPassword: true, pop3: true });
		browser = await openBrowser();
		owner = (await openPage(browser, originOf())).page;
		await claim(owner);
	}, 120_000);
	afterEach(async () => {
		for (const { context, faults } of opened.splice(0)) {
			await leave(context);
			expect(faults).toEqual([]);
		}
	});
	afterAll(async () => {
		await browser?.close();
		await house?.close();
	});

	async function visitor(options: Parameters<typeof openPage>[2] = {}): Promise<Page> {
		const watched = await openPage(browser, originOf(), options);
		opened.push(watched);
		return watched.page;
	}

	/** As the owner saves it in the console. */
	async function rules(isOn: boolean, allow: string, deny = ""): Promise<void> {
		await owner.goto("/people/sign-up");
		await owner.setChecked("#enabled", isOn);
		await owner.fill("#allow", allow);
		await owner.fill("#deny", deny);
		await owner.click("main form button[type=submit]");
		await owner.waitForSelector("text=Saved.");
	}

	async function begin(page: Page, address: string, wish = "join", method = "device-code"): Promise<void> {
		await page.goto("/join?new");
		await page.fill("#address", address);
		await page.check(`input[name=wish][value=${wish}]`);
		await page.check(`input[name=method][value=${method}]`);
		await page.click("main form button[type=submit]");
	}

	/** On their phone, at Microsoft's. */
	async function enterCode(page: Page, who: string): Promise<void> {
		await eventually("there is a code", () => house.cloud.control.pendingUserCodes().length > 0);
		const code = house.cloud.control.pendingUserCodes().at(-1) ?? "";
		await page.waitForSelector(`text=${code}`);
		house.cloud.control.approve(code, who);
	}

	async function join(page: Page, address: string): Promise<{ username: string; password: string }> {
		await begin(page, address);
		await enterCode(page, address);
		await page.waitForSelector("dl.typed");
		const shown = await page.$$eval("dl.typed code", (codes) => codes.map((code) => code.textContent ?? ""));
		const password = shown.find((text) => /^[a-z2-9]{4}(?:-[a-z2-9]{4}){3}$/.test(text)) ?? "";
		expect(shown).toContain(String(house.port("submission")));
		return { username: shown.find((text) => text.includes("@")) ?? "", password };
	}

	async function send(login: { username: string; password: string }, subject: string, from = ADA) {
		const { exitCode, output } = await run("swaks", [
			...["--server", `127.0.0.1:${house.port("submission")}`, "--tls", "--auth", "LOGIN"],
			...["--auth-user", login.username, "--auth-password", login.password],
			...["--from", from, "--to", "you@example.com", "--header", `Subject: ${subject}`],
		]);
		return { exitCode, output };
	}

	const arrived = (subject: string) =>
		house.cloud.control.arrived().find(({ message }) => message.summary.subject === subject);
	const addresses = async () =>
		(await house.json<{ account: { address: string } }[]>("account", "list"))
			.map(({ account }) => account.address)
			.sort();
	const signInRequests = () => house.cloud.control.requests({ kind: "sign-in" }).length;

	it("is closed until the owner opens it", async () => {
		const page = await visitor();
		const answer = await page.goto("/join");
		expect(answer?.status()).toBe(404);
		expect(await page.textContent("h1")).toContain("There is nothing here");
		await page.goto("/sign-in");
		expect(await page.textContent("main")).not.toContain("user name of your own");
		await rules(true, "");
		await begin(page, ADA);
		expect(await page.textContent("[role=alert]")).toContain("may not sign up here");
	});

	it("lets somebody in with a code, whose mail leaves as them and nobody else", {
		timeout: 120_000,
	}, async () => {
		await rules(true, "*@contoso.example", EVE);
		const page = await visitor();
		await page.goto("/join");
		expect(await violationsOf(page)).toEqual([]);
		const login = await join(page, ADA);
		expect(login.username).toBe(ADA);
		expect(await violationsOf(page)).toEqual([]);
		expect(await overflowOf(page)).toBeLessThanOrEqual(0);
		expect((await send(login, "by her own login")).exitCode).toBe(0);
		await eventually("it arrives", () => arrived("by her own login") !== undefined);
		expect(arrived("by her own login")).toMatchObject({ account: ADA, reversePath: ADA });
		// Even where her program says that somebody else wrote it.
		await send(login, "as the owner", ACCOUNT);
		await eventually("it arrives", () => arrived("as the owner") !== undefined);
		expect(arrived("as the owner")).toMatchObject({ account: ADA, reversePath: ADA });
		// What was shown is gone for good once it is hidden.
		await page.click("text=I have it: hide it");
		await page.waitForSelector("#address");
		expect(await page.content()).not.toContain(login.password);
		expect(house.log).not.toContain(login.password);
		await house.logged(/person-joined who=ada@contoso\.example/);
	});

	it("gives a new password to who comes again, and the old one is refused", {
		timeout: 120_000,
	}, async () => {
		const page = await visitor();
		const first = await join(page, ADA);
		const second = await join(page, ADA);
		expect(await page.textContent("main")).toContain("The old one has ended");
		expect((await send(first, "old")).output).toContain("535 5.7.8");
		expect((await send(second, "new")).exitCode).toBe(0);
		expect(await addresses()).toEqual([ADA, ACCOUNT]);
	});

	it("refuses who is denied before anything is asked of Microsoft: deny beats allow", async () => {
		const before = signInRequests();
		const page = await visitor({ hasScript: false });
		for (const address of [EVE, "ada@example.com"]) {
			await begin(page, address);
			expect(await page.textContent("[role=alert]")).toContain("may not sign up here");
			expect(await page.inputValue("#address")).toBe(address);
		}
		expect(signInRequests()).toBe(before);
	});

	it("refuses who signs in as somebody else, and keeps nothing", { timeout: 120_000 }, async () => {
		const page = await visitor();
		await begin(page, "bob@contoso.example");
		await enterCode(page, EVE);
		await page.waitForSelector("text=Somebody else signed in");
		expect(await violationsOf(page)).toEqual([]);
		await begin(page, ACCOUNT);
		await enterCode(page, ACCOUNT);
		await page.waitForSelector("text=was set up by whoever looks after this box");
		expect(await addresses()).toEqual([ADA, ACCOUNT]);
	});

	it("works by browser and without a script", { timeout: 120_000 }, async () => {
		const page = await visitor({ hasScript: false, scheme: "dark" });
		await begin(page, "bob@contoso.example", "join", "browser");
		// The page asks again by itself: whoever reloads it meanwhile collides with that.
		await page.waitForSelector('main a[href*="authorize"]');
		const link = (await page.getAttribute('main a[href*="authorize"]', "href")) ?? "";
		await page.fill("textarea", "https://www.example.com/not-it");
		await page.click("main form:has(textarea) button");
		await page.waitForSelector("[role=alert]");
		await page.fill("textarea", await signInByBrowser(link, "bob@contoso.example"));
		await page.click("main form:has(textarea) button");
		await page.waitForSelector("dl.typed");
	});

	it("shows the owner who came, which rule decides, and lets them leave", { timeout: 120_000 }, async () => {
		await owner.goto("/people");
		const shown = (await owner.textContent("#joined")) ?? "";
		expect(shown).toContain(ADA);
		expect(shown).toContain("bob@contoso.example");
		expect(shown).toContain("last mail");
		const document = (await (await owner.request.get("/api/v1/openapi.json")).json()) as ApiDescription;
		for (const path of ["/joined", "/devices", "/accounts"]) {
			const answer = await owner.request.get(`/api/v1${path}`);
			const response = new Response(await answer.text(), {
				status: answer.status(),
				headers: answer.headers(),
			});
			expect(await response.clone().text(), path).toContain(`"${ADA}"`);
			await expectDescribed(document, { method: "get", path, response });
		}
		await owner.goto("/people/sign-up");
		await owner.fill("#try-address", EVE);
		await owner.click("#try button");
		await owner.waitForSelector(`text=“${EVE}” denies it`);
		const page = await visitor();
		await begin(page, "bob@contoso.example", "leave");
		await enterCode(page, "bob@contoso.example");
		await page.waitForSelector("text=You have left");
		expect(await addresses()).toEqual([ADA, ACCOUNT]);
	});

	it("ends when the owner denies or removes somebody: 535", { timeout: 120_000 }, async () => {
		const login = await join(await visitor(), ADA);
		await rules(true, "*@contoso.example", ADA);
		expect((await send(login, "denied")).output).toContain("535 5.7.8");
		await rules(false, "*@contoso.example");
		expect((await send(login, "closed to others")).exitCode).toBe(0);
		await owner.goto("/people");
		await owner.click("#joined >> text=Remove");
		await owner.waitForSelector(`h1:has-text("Remove ${ADA}?")`);
		await owner.click("main button:has-text('Remove')");
		await owner.waitForSelector(`text=${ADA} is removed.`);
		expect((await send(login, "removed")).output).toContain("535 5.7.8");
		expect(await addresses()).toEqual([ACCOUNT]);
		expect(await house.json<unknown[]>("device", "list")).toEqual([]);
	});

	it("lets them fetch their own mail with it, once the owner wants that", { timeout: 120_000 }, async () => {
		const fetch = ({ username, password }: { username: string; password: string }) =>
			run("curl", [
				"-sSk",
				"--user",
				`${username}:${password}`,
				`pop3s://127.0.0.1:${house.port("pop3-tls")}/`,
			]);
		await rules(true, "*@contoso.example");
		const page = await visitor();
		const login = await join(page, ADA);
		expect(await page.textContent("main")).not.toContain("POP3");
		expect(await fetch(login)).toMatchObject({ exitCode: LOGIN_DENIED });
		await owner.check("#fetchMail");
		await owner.click("main form button[type=submit]");
		await owner.waitForSelector("text=Saved.");
		expect(await fetch(login)).toMatchObject({ exitCode: 0 });
		const again = await join(page, ADA);
		expect(await page.textContent("main")).toContain(String(house.port("pop3-tls")));
		expect(await violationsOf(page)).toEqual([]);
		expect(await fetch(login)).toMatchObject({ exitCode: LOGIN_DENIED });
		expect(await fetch(again)).toMatchObject({ exitCode: 0 });
		await rules(true, "*@contoso.example", ADA);
		expect(await fetch(again)).toMatchObject({ exitCode: LOGIN_DENIED });
	});

	it("asks whoever is not the owner to sign in before they see who came", async () => {
		const page = await visitor();
		await page.goto("/people/sign-up");
		expect(page.url()).toContain("/sign-in");
		await signIn(page);
	});
});
