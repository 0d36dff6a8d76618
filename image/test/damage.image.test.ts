/** What a cut or a bad card has done to the data: mended before anything is written, or left as it is. */
import { afterEach, describe, expect, it } from "vitest";
import { eventually } from "../../appliance/e2e/house.ts";
import { Box, PATIENCE_MS } from "./box.ts";

let box: Box | undefined;
afterEach(async () => {
	await box?.close();
	box = undefined;
});

async function boxWithData(): Promise<Box> {
	const made = await Box.make({ ports: [80] });
	box = made;
	await made.switchOn();
	await eventually(
		"the service is active",
		async () => (await made.run("systemctl is-active postern.service")) === "active",
		PATIENCE_MS,
	);
	await made.run("echo kept > /data/system/witness; echo lost > /data/system/victim; sync");
	await made.cutPower();
	return made;
}

const HOW_MOUNTED = "findmnt -n -o OPTIONS /data";
/** The kernel has met an error: the next check looks at all of it. */
const HAS_ERRORS = "set_super_value state 2";

describe("the data", () => {
	it(
		"with counts that are wrong is mended at the start, and written to again",
		async () => {
			const made = await boxWithData();
			await made.meddleWithData(
				"set_super_value free_inodes_count 7",
				"set_inode_field /system/victim links_count 3",
				HAS_ERRORS,
			);
			await made.switchOn();
			expect(await made.run(HOW_MOUNTED)).toMatch(/^rw,/m);
			expect(await made.run("cat /data/system/witness; stat -c %h /data/system/victim")).toMatch(
				/^kept\s+1$/,
			);
			expect(made.serial).toMatch(/postern-init: data \S+ was mended/);
		},
		3 * PATIENCE_MS,
	);

	it(
		"with a folder in two places, of which nobody knows the right one, is not touched and can be read",
		async () => {
			const made = await boxWithData();
			await made.meddleWithData("link /system /again", HAS_ERRORS);
			await made.switchOn();
			expect(await made.run(HOW_MOUNTED)).toMatch(/^ro,/m);
			expect(await made.run("cat /data/system/witness")).toContain("kept");
			expect(made.serial).toMatch(/postern-init: data \S+ is damaged and can only be read/);
		},
		3 * PATIENCE_MS,
	);
});
