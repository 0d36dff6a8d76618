/**
 * `npm run screens`: a picture of every page of the console, in both sizes and both themes, into dist/screens/, to be looked at: of a
 * box with a life behind it, of a new one with nothing in it (`new-…`), and of a very full one in the language with the longest words
 * (`full-…`), and of each trouble (`trouble-…`). Needs Debian's Chromium (`npm test` installs it). Starts boxes of its own with a simulated Microsoft 365 and ends them.
 * A word as argument: only the pictures that have it in their name.
 */
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import {
	leave,
	noBrowser,
	openBrowser,
	openPage,
	type Scheme,
	SIZES,
	type Size,
} from "../appliance/e2e/browser.ts";
import { claim, livedInHouse, pagesOf, signIn } from "../appliance/e2e/console-tour.ts";
import { TROUBLE_HOUSE, TROUBLES } from "../appliance/e2e/console-troubles.ts";
import { crowdedHouse, LONG_NAME } from "../appliance/e2e/crowded-house.ts";
import { House } from "../appliance/e2e/house.ts";

const folder = path.join(import.meta.dirname, "..", "dist", "screens");
const wanted = process.argv[2] ?? "";

/** `act` is done on the page before its picture is taken. */
interface Shot {
	readonly name: string;
	readonly at: string;
	readonly act?: (page: Page) => Promise<void>;
}

interface PictureSet {
	readonly prefix: string;
	readonly language: string;
	readonly house: House;
	/** Before anybody is signed in. */
	readonly outside: readonly Shot[];
	readonly inside: readonly Shot[];
}

function shotOf(at: string): Shot {
	// Queue ids are other ones each time; of long names both ends tell which page it is.
	const words = at.replace(/^\/mail\/\w+$/, "/mail/message").replaceAll(/[^a-z0-9]+/gi, "-");
	const name = words.replaceAll(/^-|-$/g, "");
	return { name: name.length > 60 ? `${name.slice(0, 40)}…${name.slice(-12)}` : name || "overview", at };
}

async function livedIn(): Promise<PictureSet> {
	const house = await livedInHouse();
	const pages = await pagesOf(house);
	return { prefix: "", language: "en", house, outside: SIGN_INS, inside: [...pages.map(shotOf), ...MOMENTS] };
}

const SIGN_INS: readonly Shot[] = [
	shotOf("/sign-in"),
	{
		name: "sign-in-wrong",
		at: "/sign-in",
		act: async (page) => {
			await page.fill("#name", "owner");
			await page.fill("#password", "not this one");
			await page.click("main form button[type=submit]");
		},
	},
];

/** What pages become when something is done on them. */
const MOMENTS: readonly Shot[] = [
	{
		name: "devices-new-refused",
		at: "/devices/new/brother",
		act: async (page) => {
			await page.fill("#name", "Copier");
			await page.click("main form button[type=submit]");
		},
	},
	{ name: "mail-marked", at: "/mail", act: (page) => page.check("input[name=id]") },
	{
		name: "devices-Scanner-sessions-dialogue",
		at: "/devices/Scanner/sessions",
		act: (page) => page.click("main summary"),
	},
	{ name: "overview-table", at: "/", act: (page) => page.click("main summary") },
];

async function fresh(): Promise<PictureSet> {
	const house = await House.build({ isNew: true });
	const inside = ["/", "/setup", "/setup/mail", "/mail", "/devices", "/devices/new/brother", "/microsoft"];
	const more = ["/microsoft/app", "/mailboxes", "/log?q=nothing-at-all", "/people", "/system"];
	return { prefix: "new-", language: "en", house, outside: [], inside: [...inside, ...more].map(shotOf) };
}

async function full(): Promise<PictureSet> {
	const house = await crowdedHouse();
	const queue = await house.json<{ id: string }[]>("queue", "list");
	const [first] = queue;
	const long = `/devices/${encodeURIComponent(LONG_NAME)}`;
	const inside = [
		...["/", "/mail", "/mail?state=incoming&q=Seite", "/devices", "/devices?page=3", "/devices/new", "/log"],
		...[long, `${long}/card`, `${long}/rules`, `${long}/test`, "/strangers/127.0.1.1"],
		...["/microsoft", "/microsoft/zentrale-scanner-und-faxgeraete@niederlassung-sued.contoso.example"],
		...["/system", "/system/network", "/system/lights", "/system/settings", "/people", "/me", "/setup"],
		...(first === undefined ? [] : [`/mail/${first.id}`]),
	];
	return { prefix: "full-", language: "de", house, outside: [], inside: inside.map(shotOf) };
}

interface Look {
	readonly size: Size;
	readonly scheme: Scheme;
}

const LOOKS: readonly Look[] = (["phone", "desktop"] as const).flatMap((size) =>
	(["light", "dark"] as const).map((scheme) => ({ size, scheme })),
);

async function takeSet(browser: Browser, set: PictureSet): Promise<void> {
	const origin = `http://127.0.0.1:${set.house.port("console")}`;
	for (const look of LOOKS) {
		const { page, context } = await openPage(browser, origin, look);
		await takeShot(page, { name: "claim", at: "/" }, set, look);
		await leave(context);
	}
	const first = await openPage(browser, origin);
	await claim(first.page);
	await leave(first.context);
	for (const look of LOOKS) {
		const { page, context } = await openPage(browser, origin, look);
		await context.addCookies([{ name: "language", value: set.language, url: origin }]);
		for (const shot of set.outside) await takeShot(page, shot, set, look);
		await signIn(page);
		for (const shot of set.inside) await takeShot(page, shot, set, look);
		await leave(context);
	}
}

/** As high as the page is, so that what sticks to the window stands at its edge. */
async function takeShot(
	page: Page,
	{ name, at, act }: Shot,
	{ prefix }: PictureSet,
	look: Look,
): Promise<void> {
	const file = fileOf(prefix + name, look);
	if (!file.includes(wanted)) return;
	await page.setViewportSize(SIZES[look.size]);
	await page.goto(at);
	await act?.(page);
	await take(page, file, look);
}

function fileOf(name: string, { size, scheme }: Look): string {
	return `${name}-${size}-${scheme}.png`;
}

async function take(page: Page, file: string, look: Look): Promise<void> {
	const height = (await page.evaluate("document.documentElement.scrollHeight")) as number;
	await page.setViewportSize({ ...SIZES[look.size], height });
	await page.screenshot({ path: path.join(folder, file) });
}

/** Each in a house of its own, so that it is the only one. */
async function takeTrouble(browser: Browser, name: keyof typeof TROUBLES): Promise<void> {
	const looks = LOOKS.filter((look) => fileOf(`trouble-${name}`, look).includes(wanted));
	if (looks.length === 0) return;
	const house = await House.build(TROUBLE_HOUSE);
	try {
		const { page, context } = await openPage(browser, `http://127.0.0.1:${house.port("console")}`);
		await claim(page);
		if (name === "wrong-password") await page.click("text=Sign out");
		await TROUBLES[name]({ house, options: TROUBLE_HOUSE, page });
		for (const look of looks) {
			await page.setViewportSize(SIZES[look.size]);
			await page.emulateMedia({ colorScheme: look.scheme });
			await take(page, fileOf(`trouble-${name}`, look), look);
		}
		await leave(context);
	} finally {
		await house.close();
	}
}

async function takeAll(): Promise<void> {
	if (wanted === "") rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	const browser = await openBrowser();
	try {
		for (const open of [livedIn, fresh, full]) {
			const set = await open();
			try {
				await takeSet(browser, set);
			} finally {
				await set.house.close();
			}
		}
		for (const name of Object.keys(TROUBLES)) await takeTrouble(browser, name as keyof typeof TROUBLES);
		console.log(`Pictures are in ${folder}`);
	} finally {
		await browser.close();
	}
}

if (noBrowser === undefined) await takeAll();
else {
	console.error(noBrowser);
	process.exitCode = 1;
}
