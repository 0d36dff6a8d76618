/**
 * Scripts that devices, strangers, Microsoft's answers and forms plant in what the console shows, and links that carry one: in
 * a real browser none runs, nothing is fetched for it, and its text is read as text.
 */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { QueueRow } from "../services.ts";
import { noBrowser, openBrowser, openPage, type Watched } from "./browser.ts";
import { claim, pagesOf } from "./console-tour.ts";
import { eventually, House } from "./house.ts";
import { Wire } from "./wire.ts";

if (noBrowser !== undefined) console.log(`skipped, planted scripts: ${noBrowser}`);

const STRANGER = "127.9.9.9";
const UPSTREAM = "upstream@example.com";
const SCRIPT = `"'><img src=/planted onerror=alert(1)><script src=/planted></script>`;
/** Says where it was planted, so that each is known to have been shown. */
const plant = (where: string) => `${where}-plant${SCRIPT}`;
const encoded = (text: string) => `=?utf-8?B?${Buffer.from(text).toString("base64")}?=`;

async function say(port: number, lines: readonly string[], from = "127.0.0.1"): Promise<void> {
	const wire = await Wire.connect({ port, from });
	await wire.reply();
	for (const line of lines) {
		wire.send(`${line}\r\n`);
		await wire.reply();
	}
	wire.destroy();
}

const message = (from: string, to: string, subject: string) => [
	...[`MAIL FROM:<${from}>`, `RCPT TO:<${to}>`, "DATA"],
	`From: ${encoded(plant("author"))} <${from}>\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\n${SCRIPT}\r\n.`,
	"QUIT",
];

async function plantBySmtp(house: House): Promise<void> {
	const port = house.port("relay");
	const local = `sender-plant<script>alert(1)</script>`;
	await say(port, [
		"EHLO scanner",
		...message(`"${local}"@contoso.example`, `senddenied@example.com`, encoded(plant("subject"))),
	]);
	await say(port, [
		"EHLO scanner",
		...message(
			"scan@contoso.example",
			`"recipient-plant<svg/onload=alert(1)>"@example.com`,
			plant("raw-subject"),
		),
	]);
	const login = Buffer.from(`\0${plant("login")}\0wrong`).toString("base64");
	const greeting = `EHLO ${plant("greeting").replaceAll(" ", "/")}`;
	await say(port, [greeting, `AUTH PLAIN ${login}`], STRANGER);
	await say(
		port,
		[greeting, ...message(`"${local}"@evil.example`, "boss@contoso.example", plant("held-subject"))],
		STRANGER,
	);
}

async function plantByForms(page: Page): Promise<void> {
	await page.goto("/devices/new/other");
	await page.fill("#name", plant("device"));
	await page.click("main form button[type=submit]");
	await page.waitForURL("**/card");
	await page.goto("/people");
	await page.click("summary");
	await page.fill("#label", "key-plant<script>alert(1)</script>");
	await page.click("form[action='/people/keys'] button[type=submit]");
	await page.goto("/system");
	await page.click("#hooks summary");
	await page.fill("#url", `http://127.0.0.1:9/hook-plant"><script>alert(1)</script>`);
	await page.click("form[action='/system/hooks'] button[type=submit]");
}

/** Microsoft's answer is shown to the owner too. */
async function plantUpstream(house: House): Promise<void> {
	const body = JSON.stringify({ error: { code: plant("upstream-code"), message: plant("upstream-text") } });
	house.cloud.control.fail({ where: "graph", path: "sendMail", action: "answer", status: 400, body });
	await say(house.port("relay"), [
		"EHLO scanner",
		...message("scan@contoso.example", UPSTREAM, "Refused by Microsoft"),
	]);
}

const LINKS = [
	...[
		"/mail?q=",
		"/mail?device=",
		"/mail?before=",
		"/devices?q=",
		"/log?q=",
		"/log?event=",
		"/sign-in?next=/",
	],
	...[
		"/devices/",
		"/devices/new/",
		"/mail/",
		"/microsoft/",
		"/microsoft/sign-in/",
		"/microsoft/new?address=",
	],
	...["/people?made=", "/strangers/", "/sign-in/return?code=1&state=", "/nowhere/", "/?span=", "/mailboxes/"],
];

describe.skipIf(noBrowser !== undefined)("a script that was planted", () => {
	let house: House;
	let browser: Browser;
	let watched: Watched;
	const asked: string[] = [];
	beforeAll(async () => {
		house = await House.build({
			smtp: SMTP_ASKS,
			queue: 'retry = "1h"\nkeep_subjects = true',
		});
		browser = await openBrowser();
		const origin = `http://127.0.0.1:${house.port("console")}`;
		watched = await openPage(browser, origin, { agent: `agent-plant${SCRIPT}` });
		watched.page.on("dialog", (dialog) => {
			asked.push(`dialog on ${watched.page.url()}`);
			void dialog.dismiss();
		});
		watched.page.on("request", (request) => {
			if (request.url().startsWith(`${origin}/planted`)) asked.push(`script of ${watched.page.url()}`);
		});
		await claim(watched.page);
		await plantBySmtp(house);
		await plantByForms(watched.page);
		await plantUpstream(house);
		await eventually("Microsoft has refused it", async () => {
			const rows = await house.json<readonly QueueRow[]>("queue", "list");
			return rows.some(({ recipients, attempts }) => recipients.includes(UPSTREAM) && attempts > 0);
		});
	}, 120_000);
	afterAll(async () => {
		await browser?.close();
		await house?.close();
	});

	/** What would be there if a script had got into the page; and what is read. */
	async function look(path: string): Promise<string> {
		await watched.page.goto(path);
		const got = await watched.page
			.locator("img[src*=planted], script[src*=planted], script:not([src]), svg[onload], [onerror], iframe")
			.count();
		if (got > 0) asked.push(`${got} elements on ${path}`);
		return watched.page.evaluate("document.body.innerText") as Promise<string>;
	}

	it("is shown as what it is, and never runs", { timeout: 120_000 }, async () => {
		const rows = await house.json<readonly QueueRow[]>("queue", "list");
		const device = encodeURIComponent(plant("device"));
		const paths = [
			...(await pagesOf(house)).filter((path) => !/Verylong|plc/.test(path)),
			...rows.map(({ id }) => `/mail/${id}`),
			...["", "/card", "/sessions", "/rules", "/test", "/rename", "/password", "/remove"].map(
				(part) => `/devices/${device}${part}`,
			),
			...[`/strangers/${STRANGER}`, `/strangers/${STRANGER}/sessions`, `/strangers/${STRANGER}/refuse`],
			...["/log?level=debug", "/system", "/people", "/me"],
		];
		let read = "";
		for (const path of paths) read += await look(path);
		expect(asked).toEqual([]);
		expect(watched.faults).toEqual([]);
		const shown = new Set([...read.matchAll(/([\w-]+)-plant["<]/g)].map(([, where]) => where));
		expect([...shown].sort()).toEqual(PLANTED);
	});

	it.each(LINKS)("in a link to %s is not run either", async (link) => {
		await look(`${link}${encodeURIComponent(SCRIPT)}`);
		await look(`${link}${encodeURIComponent(`javascript:alert(1)//${SCRIPT}`)}`);
		expect(asked).toEqual([]);
		expect(watched.faults).toEqual([]);
	});

	it("in a letter leaves as a file that no browser opens", async () => {
		const [row] = await house.json<readonly QueueRow[]>("queue", "list");
		const answer = await watched.context.request.get(`/mail/${row?.id}.eml`);
		const headers = answer.headers();
		expect(headers["content-type"]).toBe("message/rfc822");
		expect(headers["content-disposition"]).toMatch(/^attachment; filename="[\w.-]+\.eml"$/);
		expect(headers["x-content-type-options"]).toBe("nosniff");
		expect(headers["content-security-policy"]).toContain("default-src 'none'");
		expect(await answer.text()).toContain("<script");
	});
});

/** All but the user name that was tried, which is shown nowhere. */
const PLANTED = [
	...["agent", "device", "greeting", "held-subject", "hook", "key", "raw-subject", "recipient", "sender"],
	...["subject", "upstream-code", "upstream-text"],
];
const SMTP_ASKS = `listen = ["127.0.0.1:0"]
listen_submission = []
listen_tls = []
listen_auto = []
strangers = "ask"`;
