/**
 * The console in w3m, by its keys: a new box claimed, a device added and its card read, a stranger allowed, a failed message
 * sent again, signed out and in. No script, no style, nothing but text; what is live there is looked at again.
 */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { isInstalled } from "./clients.ts";
import { OWNER_PASSWORD, submit } from "./console-tour.ts";
import { REFUSED_SUBJECT } from "./console-troubles.ts";
import { ACCOUNT, eventually, House } from "./house.ts";
import { TextBrowser } from "./text-browser.ts";
import { Wire } from "./wire.ts";

const STRANGER = "127.9.9.9";

const missing = isInstalled("w3m") ? "" : " (skipped: w3m is not installed)";

describe.skipIf(missing !== "")(`the console in a text browser${missing}`, { timeout: 120_000 }, () => {
	let house: House;
	let browser: TextBrowser;
	beforeEach(async () => {
		house = await House.build({
			queue: 'retry = "1s"\nkeep_subjects = true',
			smtp: `listen = ["127.0.0.1:0"]
listen_submission = ["127.0.0.1:0"]
listen_tls = []
listen_auto = []
strangers = "ask"`,
		});
		browser = new TextBrowser(`http://127.0.0.1:${house.port("console")}/`);
		await browser.reads("Choose a password for this console");
		browser.fill("^Password$", OWNER_PASSWORD);
		browser.fill("Password again", OWNER_PASSWORD);
		browser.press("Make this box mine");
		await browser.reads("Name the box");
	});
	afterEach(async () => {
		browser.close();
		await house.close();
	});

	const arrived = (to: string) =>
		house.cloud.control.arrived().some((message) => JSON.stringify(message).includes(to));

	it("takes a new box to a device that is told what to type, and out and in again", async () => {
		browser.press("Skip this step");
		await browser.reads("Check now");
		browser.press("Check now");
		await eventually("the check is over", async () => {
			browser.reload();
			return /The clock of this box is right/.test(await browser.reads("Check"));
		});
		browser.press("Devices");
		await browser.reads("Add a device");
		browser.press("Add a device");
		await browser.reads("Brother");
		browser.press("Brother");
		await browser.reads("Name");
		browser.fill("^Name", "Copier, 2nd floor");
		browser.press("Add it and show what to type");
		const card = await browser.reads("SMTP Server Address");
		expect(card).toContain("Copier, 2nd floor");
		expect(card).toMatch(/[a-z2-9]{4}(?:-[a-z2-9]{4}){3}/);
		browser.press("Sign out");
		await browser.reads("You are signed out");
		browser.fill("^Name", "owner");
		browser.fill("^Password", OWNER_PASSWORD);
		browser.press("Sign in", 2);
		await browser.reads("Everything works");
	});

	it("tells of a stranger and lets its mail go", async () => {
		const wire = await Wire.connect({ port: house.port("relay"), from: STRANGER });
		await wire.reply();
		for (const line of [
			...["EHLO old-copier", "MAIL FROM:<scan@contoso.example>", "RCPT TO:<held@example.com>", "DATA"],
			"From: scan@contoso.example\r\nTo: held@example.com\r\nSubject: Held\r\n\r\nHello\r\n.",
		]) {
			wire.send(`${line}\r\n`);
			await wire.reply();
		}
		wire.destroy();
		browser.press("postern-test");
		await browser.reads("One device that you do not know wants to send.");
		browser.press("Look at them");
		await browser.reads(STRANGER);
		browser.press(`Allow ${STRANGER}`);
		await browser.reads("Allow it");
		expect(arrived("held@example.com")).toBe(false);
		browser.press("Allow it");
		// Then the card of what is a device now.
		await browser.reads(/old-copier[\s\S]*Server/);
		await eventually("its mail goes", () => arrived("held@example.com"));
	});

	it("tells of a message that failed, and sends it again", async () => {
		house.cloud.control.denySendAs(ACCOUNT, "*");
		await submit(house.port("relay"), "boss@example.com", REFUSED_SUBJECT);
		await eventually("it has failed", async () => {
			browser.press("postern-test");
			return /One message could not be delivered/.test(await browser.reads("Microsoft accounts"));
		});
		browser.press("See them");
		await browser.reads(REFUSED_SUBJECT);
		browser.press(REFUSED_SUBJECT);
		expect(await browser.reads("Its journey")).toContain(
			"does not let this account send with the From address",
		);
		house.cloud.control.allowSendAs(ACCOUNT, "*");
		browser.press("Try again");
		await eventually("it is delivered", async () => {
			browser.reload();
			return /delivered/.test(await browser.reads(REFUSED_SUBJECT));
		});
		expect(arrived("boss@example.com")).toBe(true);
	});
});
