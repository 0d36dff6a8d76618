/**
 * The same card in a machine with UEFI: it starts through Debian's firmware for 64-bit ARM, takes an update, leaves a slot that does not
 * start, and finds its way when the state is torn. And put into a board with U-Boot it goes on where it was.
 */
import { closeSync, openSync, writeSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../appliance/e2e/house.ts";
import { WORK } from "../build/places.ts";
import { Box, PATIENCE_MS } from "./box.ts";
import { isUp } from "./site.ts";

const FIRST_COPY_AT = 1024 * 1024;
const SECTOR_BYTES = 512;

let box: Box;
beforeAll(async () => {
	box = await Box.make({ ports: [80], firmware: "uefi" });
	await box.switchOn();
	await isUp(box);
}, 2 * PATIENCE_MS);
afterAll(async () => {
	await box?.close();
});

const slot = async () => /rauc\.slot=([AB])/.exec(await box.run("cat /proc/cmdline"))?.[1];
const starts = () => box.serial.match(/postern: slot .*/g)?.map((line) => line.trim()) ?? [];

/** The health gate has found that Postern works, and RAUC has given the slot its tries back. */
async function isKept(): Promise<void> {
	await eventually(
		"the system is kept",
		async () => (await box.run("systemctl is-active postern-health-gate.service")) === "active",
		2 * PATIENCE_MS,
	);
}

describe("the image on a machine with UEFI", () => {
	it(
		"comes up with every unit well, by the firmware's own tables, and answers in a browser",
		async () => {
			await eventually(
				"all has started",
				async () => !(await box.run("systemctl is-system-running")).includes("starting"),
				2 * PATIENCE_MS,
			);
			expect(await box.run("systemctl --failed --no-legend --plain")).toBe("");
			expect(await box.run("cat /sys/firmware/efi/fw_platform_size; ls /sys/firmware")).toMatch(
				/^64\s[\s\S]*acpi/,
			);
			expect((await fetch(`http://127.0.0.1:${box.port(80)}/setup`)).status).toBe(200);
			const watchdog = "cat /sys/class/watchdog/watchdog0/identity /sys/class/watchdog/watchdog0/state";
			expect(await box.run(watchdog)).toMatch(/i6300ESB timer\s+active/);
		},
		3 * PATIENCE_MS,
	);

	it(
		"has taken a try of a state that was not there, which RAUC gives back",
		async () => {
			expect(starts()).toEqual(["postern: slot A, order A B, left A 2 B 0, state from copy 0"]);
			await isKept();
			expect(await box.run("fw_printenv BOOT_ORDER BOOT_A_LEFT")).toMatch(/BOOT_ORDER=A B\s+BOOT_A_LEFT=3/);
		},
		2 * PATIENCE_MS,
	);

	it(
		"takes an update into the other slot, starts it and keeps it",
		async () => {
			await box.take(path.join(WORK, "test.raucb"), "/data/system/sent.raucb");
			await box.restart("postern update /data/system/sent.raucb");
			expect(await slot()).toBe("B");
			expect(starts()).toContain("postern: slot B, order B A, left A 3 B 2, state from copy 1");
			await isKept();
			expect(await box.run("fw_printenv BOOT_B_LEFT")).toContain("BOOT_B_LEFT=3");
		},
		8 * PATIENCE_MS,
	);

	it(
		"starts from the second copy of the state when a cut has torn the first, and has two again",
		async () => {
			await box.cutPower();
			const card = openSync(box.card, "r+");
			writeSync(card, Buffer.alloc(SECTOR_BYTES, 0xff), 0, SECTOR_BYTES, FIRST_COPY_AT);
			closeSync(card);
			await box.switchOn();
			// What RAUC had written last was in the first alone: one try less, of the start before.
			expect(starts()).toEqual(["postern: slot B, order B A, left A 3 B 1, state from copy 2"]);
			await isKept();
			expect(await box.run("fw_printenv BOOT_ORDER BOOT_B_LEFT")).toMatch(/BOOT_ORDER=B A\s+BOOT_B_LEFT=3/);
		},
		4 * PATIENCE_MS,
	);

	it(
		"goes on in a board that has U-Boot, which does not keep to the loader for UEFI",
		async () => {
			await box.cutPower();
			box.firmware = "u-boot";
			await box.switchOn();
			await isKept();
			expect(starts()).toEqual(["postern: slot B, order B A, left A 3 B 2, state from copy 1"]);
			expect(await box.run("ls /sys/firmware")).not.toContain("efi");
		},
		3 * PATIENCE_MS,
	);

	it(
		"leaves a slot that does not start after three tries, for the one from before; and goes on from U-Boot's state",
		async () => {
			await box.cutPower();
			box.firmware = "uefi";
			await box.loseSlotFile("b", "Image");
			await box.switchOn();
			expect(await slot()).toBe("A");
			const tried = [2, 1, 0].flatMap((left) => [
				`postern: slot B, order B A, left A 3 B ${left}, state from copy 1`,
				"postern: slot B does not start",
			]);
			expect(starts()).toEqual([...tried, "postern: slot A, order B A, left A 2 B 0, state from copy 1"]);
			await isKept();
		},
		4 * PATIENCE_MS,
	);
});
