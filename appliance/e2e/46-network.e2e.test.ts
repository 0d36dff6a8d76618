/**
 * The network of the firmware, from the console to the files that networkd reads: the real program beside real doors, on a
 * folder that stands for the machine. The doors' timers are the test's: it does what systemd does when they fire.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestDoor, type TestDoor } from "../system/machine/testing-door.ts";
import { leave, noBrowser, openBrowser, openPage, overflowOf, violationsOf } from "./browser.ts";
import { ConsoleVisitor } from "./console-visitor.ts";
import { eventually, House } from "./house.ts";
import { PROGRAM } from "./program.ts";

const OWNER_PASSWORD = "four words in a row";
const SCRIPT = path.join(import.meta.dirname, "../../image/overlay/usr/lib/postern/network");
const IMAGE = { version: "0.1.0", compatible: "postern-arm64", builtAt: "2026-01-01T00:00:00Z" };

let root: string;
let door: TestDoor;
let house: House;
let owner: ConsoleVisitor;
beforeAll(async () => {
	root = await mkdtemp(path.join(tmpdir(), "postern-firmware-"));
	door = await openTestDoor(root, [PROGRAM.command, ...PROGRAM.argv]);
	await door.file("/usr/lib/postern/image.json", JSON.stringify(IMAGE));
	await door.file("/proc/uptime", "1000.00 900.00\n");
	for (const name of ["/usr/bin/systemctl", "/usr/bin/networkctl", "/usr/sbin/modprobe", "/usr/bin/date"]) {
		await door.program(name);
	}
	await door.program(
		"/usr/sbin/wpa_cli",
		`[ "$3" = scan_results ] && printf 'x\\n02:00:00:00:00:01\\t2412\\t-47\\t[WPA2-PSK-CCMP]\\tOffice\\n'; exit 0`,
	);
	await mkdir(path.join(root, "sys/class/net/wlan0/phy80211"), { recursive: true });
	house = await House.build({ environment: { POSTERN_MACHINE: root } });
	owner = new ConsoleVisitor(house);
	await owner.claim(OWNER_PASSWORD);
}, 90_000);
afterAll(async () => {
	await house?.close();
	await door?.[Symbol.asyncDispose]();
	await rm(root, { recursive: true, force: true });
});

/** What systemd runs when a timer of the trial has run out. */
async function network(verb: "try" | "return" | "boot"): Promise<void> {
	const env = { POSTERN_ROOT: root, PATH: `${root}/usr/bin:${process.env["PATH"] ?? ""}` };
	await promisify(execFile)("sh", [SCRIPT, verb], { env });
}
const inForce = () => readFile(path.join(root, "run/systemd/network/10-postern-wired.network"), "utf8");

const STATIC = {
	...{ "ipv4-method": "static", "ipv4-address": "192.168.7.5/255.255.255.0", "ipv4-gateway": "192.168.7.1" },
	...{ "ipv6-method": "auto", "ipv6-address": "", "ipv6-gateway": "" },
	...{ dns: "192.168.7.1", ntp: "", vlan: "", proxy: "", name: "postern-test", ssid: "" },
};

describe("the network of the firmware", { timeout: 60_000 }, () => {
	it("is tried in the console and kept at the new address", async () => {
		expect(await owner.read("/system/network")).toContain("From the network (DHCP)");
		const answer = await owner.post("/system/network", STATIC, "/system/network");
		expect([answer.status, answer.headers.get("location")]).toEqual([303, "/system/network"]);
		const page = await owner.read("/system/network");
		expect(page).toContain(`http://192.168.7.5:${house.port("console")}/system/network`);
		expect(page).toContain("Time left");
		const timers = (await door.calls()).filter((call) => call.includes("systemctl"));
		expect(timers).toEqual([
			"/usr/bin/systemctl restart postern-network-return.timer",
			"/usr/bin/systemctl restart postern-network-try.timer",
		]);
		const early = await owner.post("/system/network/keep", {}, "/system/network");
		expect(await early.text()).toContain("not in force yet");
		await network("try");
		expect(await inForce()).toContain("Address=192.168.7.5/24");
		await owner.post("/system/network/keep", {}, "/system/network");
		expect(await owner.read("/system/network")).toContain("The network settings are kept.");
		await rm(path.join(root, "run/systemd"), { recursive: true });
		await network("boot");
		expect(await inForce()).toContain("Address=192.168.7.5/24");
	});

	it("comes back when nobody keeps it, though Postern was killed meanwhile", async () => {
		const set = await house.cli("network", "set", "--ipv4", "192.168.7.77/24", "--json");
		expect(JSON.parse(set.stdout)).toEqual({ secondsLeft: 120, needRestart: [] });
		await network("try");
		expect(await inForce()).toContain("192.168.7.77");
		await house.end("SIGKILL");
		await network("return");
		expect(await inForce()).toContain("192.168.7.5/24");
		await house.start();
		expect(await house.cli("network", "confirm")).toMatchObject({ exitCode: 1 });
		const shown = await house.cli("network", "show");
		expect(shown.stdout).toMatch(/IPv4 +192\.168\.7\.5\/24, gateway 192\.168\.7\.1/);
	});

	it("says in the owner's words what cannot be, and keeps what was typed", async () => {
		const wrong = { ...STATIC, "ipv4-address": "192.168.7.300/24", dns: "192.168.7.9" };
		const answer = await owner.post("/system/network", wrong, "/system/network");
		const page = await answer.text();
		expect(answer.status).toBe(400);
		expect(page).toContain("is no address with its prefix, such as 192.168.1.5/24");
		expect(page).toContain("192.168.7.9");
		expect(page).toContain("192.168.7.300/24");
	});

	it("joins a Wi-Fi network that it found, and tells its password to nobody", async () => {
		const found = await (
			await owner.post("/system/network/scan", { ...STATIC, country: "DE" }, "/system/network")
		).text();
		expect(found).toMatch(/Office[\s\S]*-47 dBm, WPA2[\s\S]*ssid=Office&amp;security=wpa2/);
		const wifi = { ...STATIC, ssid: "Office", security: "wpa2", country: "DE", passphrase: "secret words" };
		await owner.post("/system/network", wifi, "/system/network");
		await network("try");
		expect(await readFile(path.join(root, "run/postern-network/wifi.conf"), "utf8")).toContain("country=DE");
		await owner.post("/system/network/return", {}, "/system/network");
		await network("return");
		const told = [await owner.read("/system/network"), house.log, door.journal(), await owner.read("/log")];
		expect(told.join()).not.toContain("secret words");
	});

	it("is the host's where there is no firmware", async () => {
		const elsewhere = await House.build({ isNew: true });
		try {
			const visitor = new ConsoleVisitor(elsewhere);
			await visitor.claim(OWNER_PASSWORD);
			expect(await visitor.read("/system/network")).toContain("set up by the system that Postern runs on");
			const set = await elsewhere.cli("network", "set", "--ipv4", "dhcp");
			expect(set).toMatchObject({ exitCode: 1 });
			expect(set.stderr).toContain("This is not Postern's firmware");
		} finally {
			await elsewhere.close();
		}
	});

	it.skipIf(noBrowser !== undefined)("fits a phone and a desktop, and a screen reader", async () => {
		const browser = await openBrowser();
		try {
			for (const size of ["phone", "desktop"] as const) {
				const { page, faults, context } = await openPage(
					browser,
					`http://127.0.0.1:${house.port("console")}`,
					{ size },
				);
				await page.goto("/sign-in");
				await page.fill("#name", "owner");
				await page.fill("#password", OWNER_PASSWORD);
				await page.click("main form button[type=submit]");
				await page.goto("/system/network");
				await page.click("main summary");
				await look(page, `network-${size}`);
				await page.click("text=Try for two minutes");
				await page.waitForSelector("text=New settings on trial");
				await look(page, `network-trial-${size}`);
				await page.click("text=Back to the settings before");
				await network("return");
				await eventually("the form is back", async () => {
					await page.goto("/system/network");
					return (await page.textContent("main"))?.includes("Try for two minutes") === true;
				});
				expect(faults).toEqual([]);
				await leave(context);
			}
		} finally {
			await browser.close();
		}

		async function look(page: Awaited<ReturnType<typeof openPage>>["page"], name: string) {
			expect(await violationsOf(page)).toEqual([]);
			expect(await overflowOf(page)).toBe(0);
			const folder = process.env["POSTERN_SCREENS"];
			if (folder) await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
		}
	});
});

describe("the clock of the firmware", { timeout: 90_000 }, () => {
	it("is asked of Microsoft where nobody else knows the time, and told in status and console", async () => {
		await house.end("SIGTERM");
		await house.start();
		const told = async () => (await house.cli("status")).stdout;
		await expect
			.poll(told, { timeout: 60_000, interval: 2_000 })
			.toMatch(/clock +right, by Microsoft's answers/);
		expect(await owner.read("/system")).toContain("right, by Microsoft’s answers");
	});
});
