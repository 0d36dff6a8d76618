/** Pins of lights and button: as U-Boot is told of them, and as the kernel has them. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { pinsInForce } from "../light-pins.ts";
import { askMachine } from "./door-client.ts";
import { openTestDoor, type TestDoor } from "./testing-door.ts";

let root: string;
let door: TestDoor;
beforeEach(async () => {
	root = await mkdtemp(path.join(tmpdir(), "postern-pins-"));
	door = await openTestDoor(root);
	await door.program("/usr/bin/systemctl");
	await mkdir(path.join(root, "data/system"), { recursive: true });
});
afterEach(async () => {
	await door[Symbol.asyncDispose]();
	await rm(root, { recursive: true, force: true });
});

const ask = (pins: object) =>
	askMachine({ do: "light-pins", green: null, red: null, button: null, ...pins }, { socket: door.socket });

describe("pins", () => {
	it("are left for U-Boot; those that are no longer wanted are taken away", async () => {
		expect(await ask({ green: 17, button: 3 })).toEqual({ afterRestart: true });
		expect(await readFile(path.join(root, "data/system/light-pins"), "utf8")).toBe(
			"POSTERN_GREEN_PIN 17\nPOSTERN_RED_PIN\nPOSTERN_BUTTON_PIN 3\n",
		);
		expect(await door.calls()).toEqual(["/usr/bin/systemctl start postern-light-pins.service"]);
	});

	it.each([1, 28, 2.5, "17; reset", -4])("are refused when they are %s", async (green) => {
		await expect(ask({ green })).rejects.toMatchObject({ name: "UserError" });
		expect(await door.calls()).toEqual([]);
	});

	it("are read where the kernel has them", async () => {
		expect(await pinsInForce(root)).toEqual({ green: null, red: null, button: null });
		for (const [node, pin] of [
			["postern-lights/red", 22],
			["postern-button/button", 3],
		] as const) {
			const folder = path.join(root, "sys/firmware/devicetree/base", node);
			await mkdir(folder, { recursive: true });
			await writeFile(path.join(folder, "gpios"), Buffer.from([0, 0, 0, 9, 0, 0, 0, pin, 0, 0, 0, 0]));
		}
		expect(await pinsInForce(root)).toEqual({ green: null, red: 22, button: 3 });
	});
});
