/** What the kernel is asked to blink, by the program and by the image's shell script: on files that stand for its LEDs. */
import { chmod, mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { activeTrigger, darkPattern, patternText } from "./kernel-pattern.ts";
import { MEANINGS, RHYTHMS } from "./rhythms.ts";
import { openSysfsLeds } from "./sysfs-leds.ts";
import { ledFolder, patternOf, putLed, runLights } from "./testing-leds.ts";

let root: string;
let usesBoardLight = true;
beforeEach(async () => {
	usesBoardLight = true;
	root = await mkdtemp(path.join(tmpdir(), "postern-leds-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const open = () => openSysfsLeds({ root, usesBoardLight: () => usesBoardLight });
/** Half a second of each brightness, in steps. */
const DARK = "0 10000 0 0";

describe("a rhythm for the kernel", () => {
	it("is steps, not slopes: each brightness is said twice", () => {
		expect(patternText([200, 300], 255)).toBe("255 200 255 0 0 300 0 0");
		expect(patternText([10_000], 1)).toBe("1 10000 1 0");
		expect(darkPattern()).toBe(DARK);
	});

	it("is wanted where the kernel says so", () => {
		expect(activeTrigger("none timer [pattern] mmc0\n")).toBe("pattern");
		expect(activeTrigger("none\n")).toBe("");
	});
});

describe("the lights of a board", () => {
	it("are its own, and those at pins; the red one knows only trouble", async () => {
		for (const name of ["ACT", "PWR", "postern:green", "postern:red", "eth0:link"]) await putLed(root, name);
		const driver = await open();
		expect(driver.lights).toEqual(["ACT", "postern:green", "postern:red"]);
		await driver.show("sending");
		expect(await patternOf(root, "ACT")).toBe("255 1000 255 0 0 200 0 0");
		expect(await patternOf(root, "postern:green")).toBe("255 1000 255 0 0 200 0 0");
		expect(await patternOf(root, "postern:red")).toBe(DARK);
		await driver.show("storage");
		expect(await patternOf(root, "postern:red")).toBe(await patternOf(root, "ACT"));
		expect([await patternOf(root, "PWR"), await patternOf(root, "eth0:link")]).toEqual(["", ""]);
	});

	it.each(["ACT", "led0", "PWR", "led1"])("may be called %s", async (name) => {
		await putLed(root, name);
		expect((await open()).lights).toEqual([name]);
	});

	it("stay dark where the owner wants the board dark, and not those at pins", async () => {
		for (const name of ["ACT", "postern:green"]) await putLed(root, name);
		usesBoardLight = false;
		await (await open()).show("needs-you");
		expect(await patternOf(root, "ACT")).toBe(DARK);
		expect(await patternOf(root, "postern:green")).toBe("255 200 255 0 0 300 0 0 255 200 255 0 0 1500 0 0");
	});

	it("are left alone where nobody has prepared them, or where there are none", async () => {
		expect((await open()).lights).toEqual([]);
		await putLed(root, "ACT", "mmc0");
		expect((await open()).lights).toEqual([]);
		await (await open()).show("working");
		expect(await patternOf(root, "ACT")).toBe("");
	});

	it.skipIf(process.getuid?.() === 0)("are none of ours without the right to write", async () => {
		await putLed(root, "ACT");
		await chmod(path.join(ledFolder(root, "ACT"), "pattern"), 0o444);
		expect((await open()).lights).toEqual([]);
	});

	it("that have gone are an error, and no file is made", async () => {
		await putLed(root, "ACT");
		const driver = await open();
		await rm(ledFolder(root, "ACT"), { recursive: true });
		await expect(driver.show("working")).rejects.toThrow("ENOENT");
	});
});

describe("the script of the image", () => {
	it("prepares a light for Postern's group, and shows that it starts", async () => {
		await putLed(root, "ACT", "mmc0");
		await runLights(root, "prepare", "ACT");
		expect(await readFile(path.join(ledFolder(root, "ACT"), "trigger"), "utf8")).toBe("pattern\n");
		expect(await patternOf(root, "ACT")).toBe(patternText(RHYTHMS.starting, 255));
		expect((await stat(path.join(ledFolder(root, "ACT"), "pattern"))).mode & 0o777).toBe(0o664);
		expect(await readFile(path.join(root, "as-root"), "utf8")).toBe(
			`modprobe -q ledtrig-pattern\nchgrp postern ${ledFolder(root, "ACT")}/pattern\n`,
		);
	});

	it.each(MEANINGS)("shows %s as the program does", async (meaning) => {
		for (const name of ["ACT", "PWR", "postern:green", "postern:red", "eth0:link"]) await putLed(root, name);
		await (await open()).show(meaning);
		const lights = ["ACT", "postern:green", "postern:red", "PWR", "eth0:link"];
		const byProgram = await Promise.all(lights.map((name) => patternOf(root, name)));
		for (const name of lights) await putLed(root, name);
		await runLights(root, "show", meaning);
		const byScript = await Promise.all(lights.map((name) => patternOf(root, name)));
		expect(byScript).toEqual(byProgram);
	});

	it("takes no light that is not ours, and does not mind that there is none", async () => {
		await runLights(root, "show", "stopped");
		for (const name of ["ACT", "PWR", "eth0:link"]) await putLed(root, name, "mmc0");
		await runLights(root, "prepare", "PWR");
		await runLights(root, "prepare", "eth0:link");
		expect(await patternOf(root, "PWR")).toBe("");
		expect(await patternOf(root, "eth0:link")).toBe("");
	});
});
