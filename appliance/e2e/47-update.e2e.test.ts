/**
 * Updates of the firmware, from the file in the console or on the command line to the slot: the real program beside real doors,
 * on a folder that stands for the machine. RAUC and the start of the machine are the test's; what is booted is the image
 * tests' to show.
 */
import { mkdirSync, symlinkSync } from "node:fs";
import { access, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestDoor, type TestDoor } from "../system/machine/testing-door.ts";
import { bundleFile, infoOf, RAUC } from "../system/update/testing-bundle.ts";
import { leave, noBrowser, openBrowser, openPage, overflowOf, violationsOf } from "./browser.ts";
import { ConsoleVisitor } from "./console-visitor.ts";
import { eventually, House } from "./house.ts";
import { PROGRAM } from "./program.ts";

const OWNER_PASSWORD = "four words in a row";
const IMAGE = { version: "0.1.0", compatible: "postern-arm64", builtAt: "2026-01-01T00:00:00Z" };
const PAGE = "/system/update";

let root: string;
let door: TestDoor;
let house: House;
let owner: ConsoleVisitor;
beforeAll(async () => {
	root = await mkdtemp(path.join(tmpdir(), "postern-firmware-"));
	door = await openTestDoor(root, [PROGRAM.command, ...PROGRAM.argv]);
	await boots("A", "0.1.0", "first");
	for (const name of ["/usr/bin/systemctl", "/usr/bin/date"]) await door.program(name);
	await door.program("/usr/bin/rauc", RAUC);
	await says({});
	house = await House.build({
		environment: { POSTERN_MACHINE: root },
		// As the image binds it.
		furnish(folder) {
			mkdirSync(path.join(root, "data"), { recursive: true });
			symlinkSync(path.join(folder, "state"), path.join(root, "data/postern"));
		},
	});
	owner = new ConsoleVisitor(house);
	await owner.claim(OWNER_PASSWORD);
}, 90_000);
afterAll(async () => {
	await house?.close();
	await door?.[Symbol.asyncDispose]();
	await rm(root, { recursive: true, force: true });
});

/** The machine starts; the health gate has not spoken yet. */
async function boots(slot: "A" | "B", version: string, bootId: string): Promise<void> {
	await door.file("/usr/lib/postern/image.json", JSON.stringify({ ...IMAGE, version }));
	await door.file("/proc/cmdline", `quiet rauc.slot=${slot} panic=10\n`);
	await door.file("/proc/sys/kernel/random/boot_id", `${bootId}\n`);
	await rm(path.join(root, "run/postern-kept"), { force: true });
}
async function restarts(slot: "A" | "B", version: string, bootId: string): Promise<void> {
	await house.end("SIGTERM");
	await boots(slot, version, bootId);
	await house.start();
}
const gateIsContent = () => door.file("/run/postern-kept", "");
const says = (change: Parameters<typeof infoOf>[0]) => door.file("/rauc-info.json", infoOf(change));
const wroteSlot = async () => (await door.calls()).filter((call) => call.includes("rauc install")).length;
const reboots = async () => (await door.calls()).filter((call) => call.includes("reboot")).length;
const gone = (file: string) =>
	access(file).then(
		() => false,
		() => true,
	);

async function handsOver(content: Buffer): Promise<string> {
	const [, action = ""] = /action="(\/system\/update\?[^"]+)"/.exec(await owner.read(PAGE)) ?? [];
	const body = new FormData();
	body.append("file", new Blob([Uint8Array.from(content)]), "postern-0.2.0-arm64.raucb");
	const answer = await owner.ask(action.replaceAll("&amp;", "&"), { method: "POST", body });
	return answer.status === 303 ? "installing" : await answer.text();
}
async function ofFile(content: Buffer): Promise<string> {
	const file = path.join(house.folder, "handed.raucb");
	await writeFile(file, content);
	return file;
}

describe("an update of the firmware", { timeout: 90_000 }, () => {
	it("is not taken before this start is known to be good", async () => {
		expect(await owner.read(PAGE)).toContain("Send and install");
		expect(await handsOver(bundleFile())).toBe("installing");
		await eventually("it is refused", async () => (await owner.read(PAGE)).includes("still finding out"));
		await gateIsContent();
	});

	it.each([
		["no update", () => Buffer.from("a picture of a cat"), "no update of Postern"],
		["cut short", () => bundleFile({ cutTo: 20_000 }), "its end is missing"],
		["unsigned", () => bundleFile({ isSigned: false }), "is not signed"],
	])(
		"that is %s is refused in the owner's words, on the page and on the command line",
		async (_, make, words) => {
			const page = await handsOver(make());
			if (page === "installing")
				await eventually("it is refused", async () => (await owner.read(PAGE)).includes(words));
			else expect(page).toContain(words);
			const typed = await house.cli("update", await ofFile(make()));
			expect([typed.exitCode, typed.stderr]).toEqual([1, expect.stringContaining(words)]);
			expect(typed.stderr).toContain("Nothing was changed.");
			expect(await wroteSlot()).toBe(0);
		},
	);

	it.each([
		["another board's", { compatible: "postern-riscv" }, "for another kind of machine"],
		["one that could not read the mail", { schema: "0" }, "could not read the mail"],
	])("that is %s is refused", async (_, change, words) => {
		await says(change);
		const typed = await house.cli("update", await ofFile(bundleFile()));
		expect([typed.exitCode, typed.stderr]).toEqual([1, expect.stringContaining(words)]);
		await says({ schema: "999" });
		expect(await wroteSlot()).toBe(0);
	});

	it("of a stranger, or changed on the way, is refused by RAUC", async () => {
		await door.program(
			"/usr/bin/rauc",
			"echo 'signature verification failed: Verify error: self-signed certificate' >&2; exit 1",
		);
		const typed = await house.cli("update", await ofFile(bundleFile()));
		expect(typed.stderr).toContain("signed by somebody whom this box does not know");
		await door.program("/usr/bin/rauc", RAUC);
		expect(await owner.read("/log")).toContain("Update refused");
	});

	it("is installed from the console, started, and kept when it works", async () => {
		expect(await handsOver(bundleFile())).toBe("installing");
		await eventually("the machine restarts", async () => (await reboots()) === 1);
		expect(await owner.read(PAGE)).toContain("The box starts again");
		expect(await wroteSlot()).toBe(1);
		expect(await gone(path.join(house.folder, "state/update/received.raucb"))).toBe(true);
		await restarts("B", "0.2.0", "second");
		expect(await owner.read(PAGE)).toContain("finds out whether it works");
		const test = await house.cli("self-test");
		expect(test).toMatchObject({ exitCode: 0 });
		expect(test.stdout).toMatch(/ok {2}Who brings mail is greeted\.\nok {2}A message of its own was taken/);
		expect(JSON.parse((await house.cli("queue", "list", "--json")).stdout)).toEqual([]);
		await gateIsContent();
		expect((await house.cli("update")).stdout).toMatch(/last update +0\.1\.0 to 0\.2\.0, .*works, kept/);
	});

	it("can be taken back by its owner", async () => {
		expect(await owner.read(PAGE)).toContain("Start again with Postern 0.1.0");
		const back = await owner.post(`${PAGE}/back`, {}, PAGE);
		expect(back.status).toBe(303);
		expect((await door.calls()).at(-1)).toBe("/usr/bin/rauc status mark-active other");
		await eventually("the machine restarts", async () => (await reboots()) === 2);
		await restarts("A", "0.1.0", "third");
		await gateIsContent();
		expect((await house.cli("update")).stdout).toMatch(/last update +0\.2\.0 to 0\.1\.0, .*works, kept/);
	});

	it("that does not work is given up, its owner is told, and no stick brings it again", async () => {
		const file = await ofFile(bundleFile());
		expect((await house.cli("update", file)).stdout).toContain("The box starts again with it.");
		await eventually("the machine restarts", async () => (await reboots()) === 3);
		// It was tried three times, and U-Boot took the slot from before.
		await restarts("A", "0.1.0", "seventh");
		await gateIsContent();
		const told = "The update to Postern 0.2.0 did not work: the box has gone back to 0.1.0 by itself.";
		expect((await house.cli("status")).stdout).toContain(told);
		expect(await owner.read("/")).toContain("did not work");
		expect(await owner.read(PAGE)).toContain("gone back by itself");
		await house.logged(/update-rolled-back from=0\.2\.0 to=0\.1\.0/);
		const stick = await house.cli("update", "--only-newer", file);
		expect([stick.exitCode, stick.stdout]).toEqual([0, expect.stringContaining("tried here before")]);
		await owner.post(`${PAGE}/seen`, {}, PAGE);
		expect((await house.cli("status")).stdout).not.toContain(told);
	});

	it("is none of Postern's where there is no firmware", async () => {
		const elsewhere = await House.build({ isNew: true });
		try {
			const visitor = new ConsoleVisitor(elsewhere);
			await visitor.claim(OWNER_PASSWORD);
			expect(await visitor.read(PAGE)).toContain("apt install ./postern_VERSION_ARCHITECTURE.deb");
			const typed = await elsewhere.cli("update", await ofFile(bundleFile()));
			expect([typed.exitCode, typed.stderr]).toEqual([1, expect.stringContaining("not Postern's firmware")]);
			expect((await elsewhere.cli("update")).stdout).toContain("by the system that Postern runs on: apt");
			expect((await elsewhere.cli("update", "--back")).exitCode).toBe(1);
		} finally {
			await elsewhere.close();
		}
	});
});

describe("unexpected ends", { timeout: 60_000 }, () => {
	it("are counted in console and status, and many of them told", async () => {
		const now = new Date().toISOString().replace(/\.\d+/, "");
		await door.file("/data/system/crashes", `${`${now} watchdog\n`.repeat(3)}${now} reboot\n`);
		expect(await owner.read(PAGE)).toContain("3, of them 3 in the last day");
		expect((await house.cli("status")).stdout).toMatch(/ended unexpectedly 3 times in the last day/);
	});
});

describe("the page", { timeout: 90_000 }, () => {
	it.skipIf(noBrowser !== undefined)("fits a phone and a desktop, and a screen reader", async () => {
		const browser = await openBrowser();
		try {
			for (const size of ["phone", "desktop"] as const) {
				const place = `http://127.0.0.1:${house.port("console")}`;
				const { page, faults, context } = await openPage(browser, place, { size });
				await page.goto("/sign-in");
				await page.fill("#name", "owner");
				await page.fill("#password", OWNER_PASSWORD);
				await page.click("main form button[type=submit]");
				await page.goto(PAGE);
				expect(await violationsOf(page)).toEqual([]);
				expect(await overflowOf(page)).toBe(0);
				const folder = process.env["POSTERN_SCREENS"];
				if (folder) await page.screenshot({ path: path.join(folder, `update-${size}.png`), fullPage: true });
				expect(faults).toEqual([]);
				await leave(context);
			}
		} finally {
			await browser.close();
		}
	});
});
