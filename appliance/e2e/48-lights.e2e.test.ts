/**
 * The light of the box: the real program on a folder that stands for the machine, with the kernel's LEDs as files. What the
 * kernel is asked to blink is what a person would see. The button is a pipe that carries the kernel's events.
 */
import { spawnSync } from "node:child_process";
import { constants } from "node:fs";
import { type FileHandle, mkdir, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { darkPattern, patternText } from "../leds/kernel-pattern.ts";
import type { LightMeaning } from "../leds/meaning.ts";
import { RHYTHMS } from "../leds/rhythms.ts";
import { keyEvent } from "../leds/testing-key.ts";
import { patternOf, putLed, runLights } from "../leds/testing-leds.ts";
import { openTestDoor, type TestDoor } from "../system/machine/testing-door.ts";
import { leave, noBrowser, openBrowser, openPage, overflowOf, violationsOf } from "./browser.ts";
import { submit } from "./console-tour.ts";
import { ConsoleVisitor } from "./console-visitor.ts";
import { House } from "./house.ts";
import { PROGRAM, type Program } from "./program.ts";

const OWNER_PASSWORD = "four words in a row";
const IMAGE = { version: "0.1.0", compatible: "postern-arm64", builtAt: "2026-01-01T00:00:00Z" };
const DROP_IN = "../../image/overlay/usr/lib/systemd/system/postern.service.d/lights.conf";

let root: string;
let door: TestDoor;
let house: House;
let owner: ConsoleVisitor;
let key: string;
let button: FileHandle;
beforeAll(async () => {
	root = await mkdtemp(path.join(tmpdir(), "postern-lights-"));
	for (const name of ["ACT", "postern:red"]) await putLed(root, name);
	door = await openTestDoor(root, [PROGRAM.command, ...PROGRAM.argv]);
	await door.file("/usr/lib/postern/image.json", JSON.stringify(IMAGE));
	for (const name of ["/usr/bin/systemctl", "/usr/bin/networkctl", "/usr/bin/date"]) await door.program(name);
	for (const name of ["run/postern", "data/system"]) await mkdir(path.join(root, name), { recursive: true });
	const pipe = path.join(root, "button");
	spawnSync("mkfifo", [pipe]);
	button = await open(pipe, constants.O_RDWR);
	house = await House.build({
		environment: { POSTERN_MACHINE: root, RUNTIME_DIRECTORY: path.join(root, "run/postern") },
		program: withButton(pipe),
	});
	owner = new ConsoleVisitor(house);
	await owner.claim(OWNER_PASSWORD);
	key = await owner.makeKey("lights", ["read", "settings"]);
}, 90_000);
afterAll(async () => {
	await house?.close();
	await button?.close();
	await door?.[Symbol.asyncDispose]();
	await rm(root, { recursive: true, force: true });
});

/** As systemd passes a file (`OpenFile=`): the third descriptor, by its name. */
function withButton(pipe: string): Program {
	const start = 'exec 3<"$0"; export LISTEN_PID=$$ LISTEN_FDS=1 LISTEN_FDNAMES=postern-button; exec "$@"';
	return { command: "sh", argv: ["-c", start, pipe, PROGRAM.command, ...PROGRAM.argv] };
}

async function press(ms: number): Promise<void> {
	await button.write(keyEvent(1));
	await delay(ms);
	await button.write(keyEvent(0));
}

/** By the kernel's pattern. */
async function seen(light = "ACT"): Promise<LightMeaning | "dark" | "unknown"> {
	const pattern = await patternOf(root, light);
	if (pattern === darkPattern()) return "dark";
	const known = Object.entries(RHYTHMS).find(([, rhythm]) => patternText(rhythm, 255) === pattern);
	return (known?.[0] as LightMeaning | undefined) ?? "unknown";
}

const becomes = (meaning: LightMeaning | "dark", light?: string) =>
	expect.poll(() => seen(light), { timeout: 25_000, interval: 100 }).toBe(meaning);

async function api(route: string, init: RequestInit = {}) {
	const url = `http://127.0.0.1:${house.port("console")}/api/v1${route}`;
	return fetch(url, {
		...init,
		headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
	});
}

describe("the light", { timeout: 90_000 }, () => {
	it("is steady while all is well, and the screen has the word", async () => {
		await becomes("working");
		await becomes("dark", "postern:red");
		await expect
			.poll(() => readFile(path.join(root, "run/postern/light"), "utf8"), { timeout: 15_000 })
			.toBe("working\n");
	});

	it("tells of a message that could not be delivered, until somebody has seen it; the next one is news", async () => {
		await submit(house.port("relay"), "senddenied@example.com", "Never sent");
		await becomes("needs-you");
		await becomes("needs-you", "postern:red");
		expect(await owner.read("/system/lights")).toMatch(/It says[\s\S]{0,80}needs you/);
		await press(200);
		await becomes("working");
		await becomes("dark", "postern:red");
		await submit(house.port("relay"), "senddenied@example.com", "Nor this one");
		await becomes("needs-you");
		await press(200);
		await becomes("working");
	});

	it("is told by the API, with the legend, and is shown from the command line", async () => {
		const answer = (await (await api("/machine/lights")).json()) as { legend: readonly unknown[] };
		expect(answer).toMatchObject({ names: ["ACT", "postern:red"], shows: "working" });
		expect(answer.legend).toHaveLength(9);
		expect(answer.legend[5]).toEqual({
			...{ meaning: "needs-you", says: "needs you", looks: "dark, with two short flashes" },
			rhythmMs: [200, 300, 200, 1_500],
		});
		const walk = house.spawnCli(["lights", "test"]);
		let said = "";
		walk.stdout.on("data", (chunk) => (said += String(chunk)));
		await becomes("setup");
		expect(said).toMatch(/^starting +slow, even blinking.*\nwaits to be set up +a long flash/);
		const busy = await house.cli("lights", "test");
		expect([busy.exitCode, busy.stderr]).toEqual([1, expect.stringContaining("being shown already")]);
		walk.kill("SIGINT");
		await becomes("working");
	});

	it("has a legend in the console, in four languages", async () => {
		for (const [language, word] of [
			["en", "dark, with three short flashes"],
			["de", "dunkel, mit dreimal kurzem Blinken"],
			["fr", "éteint, avec trois éclats courts"],
			["es", "apagada, con tres destellos cortos"],
		] as const) {
			const page = await (
				await owner.ask("/system/lights", { headers: { "Accept-Language": language } })
			).text();
			expect(page).toContain(word);
			expect(page).toContain('class="rhythm storage"');
		}
	});

	it("may be kept dark on the board; more lights and a button are the kernel's from the next start", async () => {
		const setting = (values: object) => api("/settings", { method: "PATCH", body: JSON.stringify(values) });
		expect((await setting({ "lights.board_light": false })).status).toBe(200);
		await becomes("dark");
		await setting({ "lights.board_light": true });
		const changed = await setting({ "lights.green_pin": 17, "lights.button_pin": 3 });
		expect(await changed.json()).toMatchObject({
			needRestart: ["lights.green_pin", "lights.button_pin"],
		});
		const asked = () => readFile(path.join(root, "data/system/light-pins"), "utf8").catch(() => "");
		await expect
			.poll(asked, { timeout: 20_000 })
			.toBe("POSTERN_GREEN_PIN 17\nPOSTERN_RED_PIN\nPOSTERN_BUTTON_PIN 3\n");
		await expect
			.poll(() => door.calls(), { timeout: 20_000 })
			.toContain("/usr/bin/systemctl start postern-light-pins.service");
		const taken = await setting({ "lights.red_pin": 17 });
		expect([taken.status, await taken.text()]).toEqual([400, expect.stringContaining("is taken by")]);
		await becomes("working");
	});

	it("says that Postern has stopped: by itself when it ends, by its unit when it dies", async () => {
		await house.end("SIGTERM");
		expect(await seen()).toBe("stopped");
		expect(await seen("postern:red")).toBe("stopped");
		await house.start();
		// What was seen is said again after a start.
		await becomes("needs-you");
		await house.end("SIGKILL");
		expect(await seen()).toBe("needs-you");
		const unit = await readFile(path.join(import.meta.dirname, DROP_IN), "utf8");
		const [, line = ""] = /^ExecStopPost=-\/usr\/lib\/postern\/lights (.*)$/m.exec(unit) ?? [];
		await runLights(root, ...line.split(" "));
		expect(await seen()).toBe("stopped");
		expect(await seen("postern:red")).toBe("stopped");
		await house.start();
		await becomes("needs-you");
	});

	it("waits to be set up after ten seconds at the button; the mail is where it was", async () => {
		const mail = async () => (await house.json<{ id: string }[]>("queue", "list")).map(({ id }) => id);
		const before = await mail();
		expect(before.length).toBeGreaterThan(0);
		await press(5_000);
		expect((await owner.ask("/system")).status).toBe(200);
		await press(10_500);
		await becomes("setup");
		expect((await owner.ask("/system")).status).not.toBe(200);
		const code = (await readFile(path.join(house.folder, "state/setup-code"), "utf8")).trim();
		const again = new ConsoleVisitor(house);
		const passwords = { password: "another four words here", again: "another four words here" };
		await again.post("/setup/claim", passwords, "/setup");
		expect((await again.ask("/system")).status).not.toBe(200);
		await again.post("/setup/claim", { ...passwords, code }, "/setup");
		expect((await again.ask("/system")).status).toBe(200);
		await becomes("needs-you");
		expect(await mail()).toEqual(before);
		owner = again;
	});

	it.skipIf(noBrowser !== undefined)(
		"has a page that fits a phone and a desktop, and blinks only when asked",
		async () => {
			const browser = await openBrowser();
			try {
				for (const size of ["phone", "desktop"] as const) {
					const place = `http://127.0.0.1:${house.port("console")}`;
					const { page, faults, context } = await openPage(browser, place, { size });
					await page.goto("/sign-in");
					await page.fill("#name", "owner");
					await page.fill("#password", "another four words here");
					await page.click("main form button[type=submit]");
					await page.goto("/system/lights");
					const animation = () =>
						page.evaluate<string>("getComputedStyle(document.querySelector('.lamp.storage')).animationName");
					expect(await animation()).toBe("none");
					await page.check(".blink");
					expect(await animation()).toBe("lamp-storage");
					expect(await violationsOf(page)).toEqual([]);
					expect(await overflowOf(page)).toBe(0);
					const folder = process.env["POSTERN_SCREENS"];
					if (folder)
						await page.screenshot({ path: path.join(folder, `lights-${size}.png`), fullPage: true });
					expect(faults).toEqual([]);
					await leave(context);
				}
			} finally {
				await browser.close();
			}
		},
	);

	it("is none on a machine whose lights nobody has given to Postern", async () => {
		const elsewhere = await House.build({
			environment: { POSTERN_MACHINE: path.join(root, "elsewhere") },
		});
		try {
			const { exitCode, stderr } = await elsewhere.cli("lights", "test");
			expect([exitCode, stderr]).toEqual([1, expect.stringContaining("no lights that Postern may use")]);
		} finally {
			await elsewhere.close();
		}
	});
});
