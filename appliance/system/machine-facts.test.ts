/** Facts of the machine, from what Linux writes. */
import { describe, expect, it } from "vitest";
import {
	card,
	diskOf,
	gatewaysIn,
	links,
	memory,
	mountOf,
	operatingSystem,
	wearPercentOf,
} from "./machine-facts.ts";

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

describe("the ways out", () => {
	it("are read from the kernel's tables, the best first, each once", () => {
		const four = [
			"Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT",
			"wlan0\t00000000\t0101A8C0\t0003\t0\t0\t2048\t00000000\t0\t0\t0",
			"end0\t00000000\t0102A8C0\t0003\t0\t0\t1024\t00000000\t0\t0\t0",
			"end0\t0002A8C0\t00000000\t0001\t0\t0\t1024\t00FFFFFF\t0\t0\t0",
		].join("\n");
		const none = "0".repeat(32);
		const six = [
			`${none} 00 ${none} 00 fe800000000000000000000000000001 00000400 00000001 00000000 00000003 end0`,
			`${none} 00 ${none} 00 ${none} ffffffff 00000001 00000000 00200200 lo`,
			`fd000000000000000000000000000000 40 ${none} 00 ${none} 00000100 00000001 00000000 00000001 end0`,
		].join("\n");
		expect(gatewaysIn(four, six)).toEqual(["192.168.2.1", "fe80::1", "192.168.1.1"]);
		expect(gatewaysIn("", "")).toEqual([]);
	});
});
