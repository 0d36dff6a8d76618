/** Facts of the machine, from what Linux writes. */
import { describe, expect, it } from "vitest";
import { card, diskOf, links, memory, mountOf, operatingSystem, wearPercentOf } from "./machine-facts.ts";

const MOUNTS = `overlay / overlay ro,relatime 0 0
/dev/mmcblk0p3 /var/lib/postern ext4 rw,noatime 0 0
/dev/sda1 /var/lib/post ext4 rw 0 0
/dev/sdb2 /mnt/a\\040b ext4 ro,nosuid 0 0
`;

describe("the machine", () => {
	it("knows which file system holds a folder, and whether it can be written", () => {
		expect(mountOf("/var/lib/postern/spool", MOUNTS)).toEqual({ device: "mmcblk0p3", isReadOnly: false });
		expect(mountOf("/var/lib/post", MOUNTS)).toEqual({ device: "sda1", isReadOnly: false });
		expect(mountOf("/var/lib/posternx", MOUNTS)).toEqual({ device: "overlay", isReadOnly: true });
		expect(mountOf("/mnt/a b", MOUNTS)).toEqual({ device: "sdb2", isReadOnly: true });
		expect(mountOf("/x", "")).toEqual({ device: "", isReadOnly: false });
	});

	it.each([
		["mmcblk0p3", "mmcblk0"],
		["nvme0n1p2", "nvme0n1"],
		["sda1", "sda"],
		["vda", "vda"],
		["overlay", "overlay"],
	])("%s is on %s", (device, disk) => {
		expect(diskOf(device)).toBe(disk);
	});

	it.each([
		["0x01 0x02\n", "0x01\n", 20],
		["0x00 0x00\n", "0x00\n", null],
		["", "", null],
		["0x0b 0x01", "0x01", 100],
		["0x03 0x03", "0x02", 80],
		["", "0x03", 90],
	])("a card that says %j and %j is worn by %s %%", (lifeTime, endOfLife, percent) => {
		expect(wearPercentOf(lifeTime, endOfLife)).toBe(percent);
	});

	it("gives figures that can be true, on this very machine", async () => {
		const { totalBytes, availableBytes } = await memory();
		expect(totalBytes).toBeGreaterThan(availableBytes);
		expect((await card("/tmp")).totalBytes).toBeGreaterThan(1_000_000);
		expect(await operatingSystem()).toMatch(/\d/);
		for (const { mac } of await links()) expect(mac).toMatch(/^[0-9a-f:]{17}$/);
	});
});
