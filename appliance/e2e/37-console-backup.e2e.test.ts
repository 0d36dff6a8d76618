/** The console in a real browser: a box goes to another card by a backup, restarts, and takes a large file without holding it. */
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { leave, noBrowser, openBrowser, openPage, violationsOf } from "./browser.ts";
import { claim, OWNER_PASSWORD, submit } from "./console-tour.ts";
import { eventually, House } from "./house.ts";
import { SmtpPeer } from "./smtp-peer.ts";

if (noBrowser !== undefined) console.log(`skipped, backups in a browser: ${noBrowser}`);

const PASSPHRASE = "correct horse battery staple";
/** As systemd starts it; the test starts it again. */
const WATCHED = { INVOCATION_ID: "1", NOTIFY_SOCKET: "/nonexistent/notify" };
const CAMERA = "Old camera";

let browser: Browser;
let house: House | undefined;
beforeAll(async () => {
	if (noBrowser === undefined) browser = await openBrowser();
});
afterEach(async () => {
	await house?.close();
	house = undefined;
});
afterAll(async () => {
	await browser?.close();
});

const originOf = (box: House) => `http://127.0.0.1:${box.port("console")}`;
const state = (box: House, ...names: string[]) => path.join(box.folder, "state", ...names);

/** With a console that keeps its port, as on a real box. */
async function box(): Promise<House> {
	house = await House.build({ environment: WATCHED, account: 'senders = ["*@contoso.example"]' });
	const text = readFileSync(house.configFile, "utf8");
	writeFileSync(
		house.configFile,
		text.replace(
			'[console]\nlisten = ["127.0.0.1:0"]',
			`[console]\nlisten = ["127.0.0.1:${house.port("console")}"]`,
		),
	);
	return house;
}

function isRunning(pid: number): boolean {
	try {
		return process.kill(pid, 0);
	} catch {
		return false;
	}
}

/** What systemd does. */
async function startAgainWhenEnded(of: House): Promise<void> {
	const { pid } = of;
	await eventually("it ends by itself", () => !isRunning(pid));
	await of.start();
}

async function download(page: Page, file: string): Promise<void> {
	await page.goto("/system");
	await page.click("#backup a[href='/system/backup']");
	await page.check("#sign-ins");
	await page.check("#queue");
	await page.fill("#passphrase", PASSPHRASE);
	await page.fill("#again", PASSPHRASE);
	const begun = page.waitForEvent("download");
	await page.click("text=Make and download");
	const made = await begun;
	expect(made.suggestedFilename()).toMatch(/^postern-test-\d{4}-\d\d-\d\d\.postern-backup$/);
	await made.saveAs(file);
}

async function handOver(page: Page, file: string, passphrase = PASSPHRASE): Promise<void> {
	await page.fill("#passphrase", passphrase);
	await page.setInputFiles("#file", file);
	await page.click("text=Send and check");
}

describe.skipIf(noBrowser !== undefined)("a box that moves to another card", () => {
	it.each([
		["with a script", true],
		["without a script", false],
	])(
		"goes on there with its devices, sign-ins, people and mail (%s)",
		{ timeout: 240_000 },
		async (_, hasScript) => {
			const old = await box();
			const camera = await old.json<{ password: string }>(
				...["device", "add", CAMERA, "--username", "cam", "--turn-on", "auth_without_tls"],
			);
			await old.signIn("second@contoso.example");
			const first = await openPage(browser, originOf(old), { hasScript });
			await claim(first.page);
			await old.cloud.control.offline();
			await submit(old.port("relay"), "boss@example.com", "From the old card");
			const file = path.join(old.folder, "saved");
			await download(first.page, file);
			expect(readFileSync(file).includes("boss@example.com")).toBe(false);
			expect(first.faults).toEqual([]);
			await leave(first.context);

			await old.end("SIGTERM");
			renameSync(state(old), path.join(old.folder, "old-card"));
			await old.start();
			const { page, context, faults } = await openPage(browser, originOf(old), { hasScript });
			await claim(page, "quite another password");
			await page.click("main >> text=Restore a backup");
			await handOver(page, file, "another passphrase altogether");
			expect(await page.textContent("[role=alert]")).toContain("The passphrase does not open this backup.");
			expect(readdirSync(state(old)).filter((name) => name.startsWith("restore"))).toEqual([]);
			await handOver(page, file);
			await page.waitForURL("**/system/restore");
			const facts = (await page.textContent("main")) ?? "";
			for (const text of ["Put this backup in place?", "postern-test", "1 message that waited", "in it"]) {
				expect(facts).toContain(text);
			}
			if (hasScript) expect(await violationsOf(page)).toEqual([]);
			await page.click("text=Put in place and restart");
			await page.waitForURL("**/system/restarting?**");
			if (hasScript) expect(await violationsOf(page)).toEqual([]);
			await old.cloud.control.online();
			await startAgainWhenEnded(old);

			// By itself; its people are those of the backup now.
			await page.waitForURL("**/sign-in?next=**", { timeout: 60_000 });
			await page.fill("#name", "owner");
			await page.fill("#password", OWNER_PASSWORD);
			await page.click("main form button[type=submit]");
			await page.waitForURL("**/system/restore/done");
			expect(await page.textContent("main")).toContain("The backup is in place");
			if (hasScript) expect(await violationsOf(page)).toEqual([]);
			await page.goto("/devices");
			expect(await page.textContent("main")).toContain(CAMERA);
			await page.goto("/microsoft");
			expect(await page.textContent("main")).toContain("second@contoso.example");
			const peer = await SmtpPeer.connect(old.port("submission"));
			await peer.signIn("cam", camera.password);
			await peer.send(
				"From: <cam@contoso.example>\r\nTo: <you@example.com>\r\nSubject: From the new card\r\n\r\nx\r\n",
			);
			await peer.quit();
			const arrived = () => old.cloud.control.arrived().map(({ message }) => message.summary.subject);
			// Looked for at Microsoft first, as long as a copy may take to be seen there (30 s).
			await eventually("all mail arrives", () => arrived().length === 2, 60_000);
			expect(arrived().sort()).toEqual(["From the new card", "From the old card"]);
			// The box was away meanwhile, and the page asked for it.
			expect(faults.filter((fault) => !fault.includes("ERR_CONNECTION"))).toEqual([]);
			await leave(context);
		},
	);
});

describe.skipIf(noBrowser !== undefined)("a restart", () => {
	it("is asked about, waited for, and told of", { timeout: 60_000 }, async () => {
		const of = await box();
		const { page, context } = await openPage(browser, originOf(of));
		await claim(page);
		await page.goto("/system");
		await page.click("main >> button:has-text('Restart Postern')");
		expect(await page.textContent("h1")).toContain("Restart now?");
		await page.click("main >> button:has-text('Restart Postern')");
		await page.waitForURL("**/system/restarting?**");
		await startAgainWhenEnded(of);
		await page.waitForSelector("text=Postern has restarted.");
		await leave(context);
	});
});

/** In bytes. */
function residentBytes(of: House): number {
	const [, kib = ""] = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${of.pid}/status`, "utf8")) ?? [];
	return Number(kib) * 1024;
}

/** The most that it held meanwhile beyond what it held before. */
async function growthDuring(of: House, work: () => Promise<void>): Promise<number> {
	const before = residentBytes(of);
	let most = before;
	let isOver = false;
	const watching = (async () => {
		while (!isOver) {
			most = Math.max(most, residentBytes(of));
			await sleep(20);
		}
	})();
	await work();
	isOver = true;
	await watching;
	return most - before;
}

describe.skipIf(noBrowser !== undefined)("a backup of more than a hundred megabytes", () => {
	/** What the passphrase takes for a moment (64 MiB of argon2id), and some to work with. */
	const MOST_GROWTH_BYTES = 100_000_000;

	it("is taken in without being held in memory; broken off, it leaves nothing", {
		timeout: 240_000,
	}, async () => {
		const of = await box();
		await of.cloud.control.offline();
		const lines = "a line of a large scan, and another like it: 0123456789\r\n".repeat(400_000);
		const peer = await SmtpPeer.connect(of.port("relay"));
		for (const number of [1, 2, 3, 4, 5, 6, 7, 8]) {
			await peer.send(
				`From: <a@contoso.example>\r\nTo: <b@example.com>\r\nSubject: ${number}\r\n\r\n${lines}`,
			);
		}
		await peer.quit();
		const { page, context } = await openPage(browser, originOf(of));
		await claim(page);
		const file = path.join(of.folder, "saved");
		await download(page, file);
		expect(statSync(file).size).toBeGreaterThan(150_000_000);

		await page.goto("/system/restore");
		const growth = await growthDuring(of, async () => {
			await handOver(page, file);
			await page.waitForSelector("text=Put this backup in place?", { timeout: 120_000 });
		});
		expect(growth).toBeLessThan(MOST_GROWTH_BYTES);
		expect(await page.textContent("main")).toContain("8 messages that waited");
		await page.click("text=Do not restore");
		expect(existsSync(state(of, "restore-staging"))).toBe(false);

		await breakOff(of, page, file);
		await eventually("nothing is left", () => !existsSync(state(of, "restore-staging")));
		await page.goto("/system/restore");
		expect(await page.textContent("main")).not.toContain("Put this backup in place?");
		await leave(context);
	});
});

/** Half of the file, and then the cable is pulled. */
async function breakOff(of: House, page: Page, file: string): Promise<void> {
	const target = (await page.getAttribute("form[enctype]", "action")) ?? "";
	const cookies = await page.context().cookies();
	const bytes = readFileSync(file);
	const outgoing = request(`${originOf(of)}${target}`, {
		method: "POST",
		headers: {
			Cookie: cookies.map(({ name, value }) => `${name}=${value}`).join("; "),
			"Content-Type": "multipart/form-data; boundary=b",
			"Content-Length": bytes.length + 1_000,
		},
	});
	outgoing.on("error", () => undefined);
	const part = "--b\r\nContent-Disposition: form-data; name=";
	outgoing.write(`${part}"passphrase"\r\n\r\n${PASSPHRASE}\r\n${part}"file"; filename="saved"\r\n\r\n`);
	outgoing.write(bytes.subarray(0, bytes.length / 2));
	await eventually("it is being taken in", () => existsSync(state(of, "restore-staging")));
	outgoing.destroy();
}
