/** Updates: a signed one is taken and kept when it works, one that does not start is given up, and what is not ours is refused. */
import { closeSync, copyFileSync, openSync, readSync, truncateSync, writeSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../appliance/e2e/house.ts";
import { developmentKey, makeBundle, signingKey } from "../build/bundle.ts";
import { mirrorHere } from "../build/mirror.ts";
import { WORK } from "../build/places.ts";
import { Toolbox } from "../build/toolbox.ts";
import { Box, PATIENCE_MS } from "./box.ts";

const GOOD = path.join(WORK, "test.raucb");
const SLOT = path.join(WORK, "slot.vfat");
const TAKEN = "/data/system/update.raucb";

let box: Box;
let toolbox: Toolbox;

beforeAll(async () => {
	toolbox = await Toolbox.open(mirrorHere(), WORK);
	box = await Box.make({ ports: [25, 80] });
	await box.switchOn();
	await isKept();
}, 2 * PATIENCE_MS);
afterAll(async () => {
	await box?.close();
});

const slot = async () => /rauc\.slot=([AB])/.exec(await box.run("cat /proc/cmdline"))?.[1];

/** The health gate has found that Postern works. */
async function isKept(): Promise<void> {
	await eventually(
		"the system is kept",
		async () => (await box.run("systemctl is-active postern-health-gate.service")) === "active",
		2 * PATIENCE_MS,
	);
}

async function install(file: string): Promise<string> {
	await box.take(file, TAKEN);
	return await box.run(`rauc install ${TAKEN} 2>&1; echo ended with $?`);
}

/** As a bundle that came damaged, or was meddled with. */
function changed(name: string, change: (file: string) => void): string {
	const file = path.join(WORK, name);
	copyFileSync(GOOD, file);
	change(file);
	return file;
}

describe("an update", () => {
	it(
		"that is not ours, was changed or is cut short is refused, and changes nothing",
		async () => {
			const stranger = await makeBundle({
				...{ toolbox, slot: SLOT, version: "9.9.9", name: "stranger.raucb" },
				key: developmentKey("stranger"),
			});
			const foreign = await makeBundle({
				...{ toolbox, slot: SLOT, version: "9.9.9", name: "foreign.raucb", compatible: "another-box" },
				key: signingKey(),
			});
			const tampered = changed("tampered.raucb", (file) => {
				const descriptor = openSync(file, "r+");
				const byte = Buffer.alloc(1);
				readSync(descriptor, byte, 0, 1, 5_000_000);
				byte[0] = (byte[0] ?? 0) ^ 1;
				writeSync(descriptor, byte, 0, 1, 5_000_000);
				closeSync(descriptor);
			});
			const truncated = changed("truncated.raucb", (file) => truncateSync(file, 20_000_000));
			const before = await box.run("fw_printenv");
			for (const file of [stranger, foreign, tampered, truncated]) {
				expect(await install(file), path.basename(file)).toContain("ended with 1");
			}
			expect(await box.run("fw_printenv")).toBe(before);
			expect(await slot()).toBe("A");
		},
		4 * PATIENCE_MS,
	);

	it(
		"of ours goes into the other slot, is started, and is kept when Postern works in it",
		async () => {
			const id = await box.run("cat /etc/machine-id");
			expect(await install(GOOD)).toContain("ended with 0");
			await box.restart();
			expect(await slot()).toBe("B");
			await isKept();
			expect(await box.run("fw_printenv BOOT_ORDER BOOT_B_LEFT")).toMatch(/BOOT_ORDER=B A\s+BOOT_B_LEFT=3/);
			expect(await box.run("cat /etc/machine-id")).toBe(id);
		},
		6 * PATIENCE_MS,
	);

	it(
		"that does not start is tried three times and given up for the system from before",
		async () => {
			const broken = path.join(WORK, "broken.vfat");
			copyFileSync(SLOT, broken);
			await toolbox.run("mdel", ["-i", "/w/broken.vfat", "::/Image"]);
			const bundle = await makeBundle({
				...{ toolbox, slot: broken, version: "9.9.9", name: "broken.raucb" },
				key: signingKey(),
			});
			expect(await install(bundle)).toContain("ended with 0");
			await box.restart();
			expect(await slot()).toBe("B");
			expect(box.serial.match(/postern: slot A does not start/g)).toHaveLength(3);
			await isKept();
		},
		6 * PATIENCE_MS,
	);
});
