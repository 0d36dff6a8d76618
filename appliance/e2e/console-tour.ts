/** A box with a life behind it, its owner signed in at the console, and every page there is. For the tests of the pages and `npm run screens`. */
import net from "node:net";
import type { Page } from "playwright-core";
import { House } from "./house.ts";

/** An address of this machine that no device of a house has. */
const STRANGER = "127.0.0.9";
export const OWNER_PASSWORD = "four words in a row";

/** With a name of a hundred letters, mail in every state, and a stranger at the door. */
export async function livedInHouse(): Promise<House> {
	const house = await House.build({
		pop3: true,
		queue: 'retry = "1h"\nkeep_subjects = true',
		more: `
[sign_up]
enabled = true
allow = ["*@contoso.example"]

[[device]]
name = "${"Verylongdevicename".repeat(5)}"
username = "long"
password = "a long password"

[[mailbox]]
username = "plc"
password = "correct horse"
mailbox = "alerts@contoso.example"
`,
	});
	for (const [to, subject] of [
		["boss@example.com", "Scan 1"],
		["senddenied@example.com", "Never sent <script>alert(1)</script>"],
		["servererror@example.com", "=?utf-8?Q?Sp=C3=A4ter?="],
		[`${"a".repeat(60)}@${"long-domain-".repeat(12)}example.com`, "A".repeat(200)],
	] as const) {
		await submit(house.port("relay"), to, subject);
	}
	await knock(house.port("submission"));
	await knock(house.port("relay"), STRANGER);
	return house;
}

/** Hands a message over as the device known by this machine's address. */
export async function submit(port: number, to: string, subject: string): Promise<void> {
	await talk(port, [
		"EHLO scanner\r\n",
		"MAIL FROM:<scan@contoso.example>\r\n",
		`RCPT TO:<${to}>\r\n`,
		"DATA\r\n",
		`From: scan@contoso.example\r\nTo: ${to}\r\nSubject: ${subject}\r\n\r\nHello\r\n.\r\n`,
		"QUIT\r\n",
	]);
}

/** Comes to a port that lets nobody in without a sign-in or a known address, and goes again. */
async function knock(port: number, localAddress = "127.0.0.1"): Promise<void> {
	await talk(port, ["EHLO <b>printer</b>\r\n", "MAIL FROM:<a@b.example>\r\n", "QUIT\r\n"], localAddress);
}

/** A line, its answer, the next. */
export function talk(port: number, lines: readonly string[], localAddress = "127.0.0.1"): Promise<void> {
	return new Promise((resolve, reject) => {
		const socket = net.connect({ port, host: "127.0.0.1", localAddress });
		const rest = [...lines];
		socket.on("data", (chunk: Buffer) => {
			if (!/^\d{3} .*\r\n$/m.test(chunk.toString())) return;
			const line = rest.shift();
			if (line === undefined) socket.end();
			else socket.write(line);
		});
		socket.on("error", reject);
		socket.on("close", () => resolve());
	});
}

/** Claims the box; the page is the owner's then. */
export async function claim(page: Page, password = OWNER_PASSWORD): Promise<void> {
	await page.goto("/");
	await page.fill("#password", password);
	await page.fill("#again", password);
	await page.click("main button[type=submit]");
	await page.waitForURL("**/setup/name");
}

export async function signIn(page: Page): Promise<void> {
	await page.goto("/sign-in");
	await page.fill("#name", "owner");
	await page.fill("#password", OWNER_PASSWORD);
	await page.click("main form button[type=submit]");
	await page.waitForURL("**/");
}

/** Every page an owner can open, the last two of what there is just then. */
export async function pagesOf(house: House): Promise<readonly string[]> {
	const queue = await house.json<{ id: string }[]>("queue", "list");
	const [first] = queue;
	return [
		...["/", "/?span=hour", "/?span=month", "/more", "/me"],
		...["/setup", "/setup/name", "/setup/check", "/setup/mail"],
		...["/mail", "/mail?state=failed", "/mail?q=nothing-at-all", "/log", "/log?follow=1"],
		...["/devices", "/devices/new", "/devices/new/brother", "/devices/new/other"],
		...["/devices/Copier", "/devices/Copier/card", "/devices/Copier/rules", "/devices/Copier/test"],
		...["/devices/Scanner/sessions", `/strangers/${STRANGER}`, `/strangers/${STRANGER}/sessions`],
		`/devices/${"Verylongdevicename".repeat(5)}`,
		...["/microsoft", "/microsoft/app", "/microsoft/new", "/microsoft/alerts@contoso.example"],
		"/microsoft/sign-in/alerts@contoso.example",
		...["/mailboxes", "/mailboxes/new", "/mailboxes/plc"],
		...[
			"/system",
			"/system/network",
			"/system/lights",
			"/system/settings",
			"/system/backup",
			"/system/restore",
			"/system/restore/done",
		],
		...["/people", "/people/sign-up", "/people/sign-up?try=ada@contoso.example", "/join", "/nowhere"],
		...(first === undefined ? [] : [`/mail/${first.id}`]),
	];
}
