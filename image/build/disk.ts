/**
 * The disk: a boot partition for the board's firmware, two slots of which each is a whole system in one file system, and the
 * data. For image.ts. Made without mounting anything; the same root gives the same bytes.
 */
import {
	closeSync,
	copyFileSync,
	mkdirSync,
	openSync,
	readSync,
	rmSync,
	truncateSync,
	writeFileSync,
	writeSync,
} from "node:fs";
import path from "node:path";
import { seedExample } from "../../appliance/config/seed/example.ts";
import { IMAGE, WORK } from "./places.ts";
import { BOOT_PARTS } from "./root.ts";
import type { Toolbox } from "./toolbox.ts";
import { makeUefiLoader } from "./uefi-loader.ts";

const MEGABYTE = 1024 * 1024;
const BOOT_MEGABYTES = 64;
const SLOT_MEGABYTES = 256;
const DATA_MEGABYTES = 64;
/** The loaders' state lies before it, at 1 and at 5 MiB (boot/boot.cmd, boot/uefi/loader.c). */
const FIRST_MEGABYTE = 8;
/** Of the partitions, in MiB. */
export const STARTS = {
	boot: FIRST_MEGABYTE,
	a: FIRST_MEGABYTE + BOOT_MEGABYTES,
	b: FIRST_MEGABYTE + BOOT_MEGABYTES + SLOT_MEGABYTES,
	data: FIRST_MEGABYTE + BOOT_MEGABYTES + 2 * SLOT_MEGABYTES,
} as const;
/** Of the partition table; partitions are found by it. Two cards in one board are told apart by the order of their controllers. */
const DISK_ID = "50057e12";

/** 32-bit boards and those that Debian's kernel does not know are left out. */
const TREES = [
	...[
		"bcm2837-rpi-3-a-plus",
		"bcm2837-rpi-3-b",
		"bcm2837-rpi-3-b-plus",
		"bcm2837-rpi-zero-2-w",
		"bcm2837-rpi-cm3-io3",
	],
	...["bcm2711-rpi-4-b", "bcm2711-rpi-400", "bcm2711-rpi-cm4-io", "bcm2712-rpi-5-b", "bcm2712-d-rpi-5-b"],
];
const FIRMWARE = ["bootcode.bin", "start.elf", "fixup.dat", "start4.elf", "fixup4.dat"];

export interface DiskOptions {
	readonly root: string;
	readonly toolbox: Toolbox;
	readonly epochSeconds: number;
	/** Of the root's compression, 9 for what owners get: a test has no time for it. */
	readonly level?: number;
}

const inside = (file: string) => `/w/${path.relative(WORK, file)}`;

/** kernel, initrd and root in one file system: they cannot be of different versions. Gives its path. */
export async function makeSlot(options: DiskOptions, name: string): Promise<string> {
	const { root, toolbox, epochSeconds, level = 9 } = options;
	const folder = fresh(`${name}.files`);
	copyFileSync(path.join(WORK, "initrd.img"), path.join(folder, "initrd.img"));
	copyFileSync(path.join(BOOT_PARTS, "Image"), path.join(folder, "Image"));
	await toolbox.run("mkfs.erofs", [
		...[
			`-zzstd,level=${level}`,
			"-C65536",
			`-T${epochSeconds}`,
			"-U00000000-0000-4000-8000-000000000001",
			"--quiet",
		],
		...[inside(path.join(folder, "root.erofs")), inside(root)],
	]);
	return await makeFat(options, {
		folder,
		name: `${name}.vfat`,
		label: "POSTERN-SYS",
		id: "50057e02",
		megabytes: SLOT_MEGABYTES,
	});
}

async function makeBootPartition(options: DiskOptions): Promise<string> {
	const { toolbox } = options;
	const folder = fresh("boot.files");
	const parts = (...names: readonly string[]) => path.join(BOOT_PARTS, ...names);
	for (const name of FIRMWARE) copyFileSync(parts("firmware", name), path.join(folder, name));
	for (const name of TREES) copyFileSync(parts("trees", `${name}.dtb`), path.join(folder, `${name}.dtb`));
	copyFileSync(parts("u-boot", "rpi_arm64", "u-boot.bin"), path.join(folder, "u-boot.bin"));
	copyFileSync(path.join(IMAGE, "boot", "config.txt"), path.join(folder, "config.txt"));
	writeFileSync(path.join(folder, "postern.toml"), seedExample());
	copyFileSync(path.join(IMAGE, "boot", "boot.cmd"), path.join(WORK, "boot.cmd"));
	const script = [
		"-A",
		"arm64",
		"-T",
		"script",
		"-C",
		"none",
		"-n",
		"postern",
		"-d",
		"/w/boot.cmd",
		"/w/boot.files/boot.scr",
	];
	await toolbox.run("mkimage", script, { SOURCE_DATE_EPOCH: `${options.epochSeconds}` });
	await makeUefiLoader(path.join(folder, "EFI", "BOOT"), toolbox);
	return await makeFat(options, {
		folder,
		name: "boot.vfat",
		label: "POSTERN",
		id: "50057e01",
		megabytes: BOOT_MEGABYTES,
	});
}

interface Fat {
	readonly folder: string;
	readonly name: string;
	readonly label: string;
	readonly id: string;
	readonly megabytes: number;
}

async function makeFat(
	{ toolbox, epochSeconds }: DiskOptions,
	{ folder, name, label, id, megabytes }: Fat,
): Promise<string> {
	const file = path.join(WORK, name);
	sparse(file, megabytes * MEGABYTE);
	await toolbox.run("mkfs.vfat", ["-F", "32", "-n", label, "-i", id, "--invariant", inside(file)]);
	// mcopy keeps the files' times, and takes them in the order they are given.
	const script =
		'cd "$1" && find . -exec touch -d "@$3" {} + && for f in $(ls | LC_ALL=C sort); do mcopy -s -m -o -i "$2" "$f" ::/ || exit 1; done';
	await toolbox.run("sh", ["-c", script, "sh", inside(folder), inside(file), `${epochSeconds}`], {
		SOURCE_DATE_EPOCH: `${epochSeconds}`,
	});
	return file;
}

async function makeData({ toolbox, epochSeconds }: DiskOptions): Promise<string> {
	const file = path.join(WORK, "data.ext4");
	sparse(file, DATA_MEGABYTES * MEGABYTE);
	const uuid = "00000000-0000-4000-8000-00000000000";
	await toolbox.run(
		"mkfs.ext4",
		// Blocks of 4 kB and room for group descriptors, though it begins this small: it grows to the card's size.
		[
			"-q",
			"-b",
			"4096",
			"-L",
			"data",
			"-U",
			`${uuid}4`,
			"-m",
			"1",
			"-E",
			`hash_seed=${uuid}5,lazy_itable_init=0,resize=67108864`,
			inside(file),
		],
		{ E2FSPROGS_FAKE_TIME: `${epochSeconds}`, SOURCE_DATE_EPOCH: `${epochSeconds}` },
	);
	return file;
}

/** Slot B is empty until the first update. Gives the disk's path. */
export async function makeDisk(options: DiskOptions, slot: string, name: string): Promise<string> {
	const { toolbox } = options;
	const [boot, data] = [await makeBootPartition(options), await makeData(options)];
	const disk = path.join(WORK, name);
	sparse(disk, (STARTS.data + DATA_MEGABYTES) * MEGABYTE);
	// The boot ROM of a Pi 3 and Zero 2 W takes a partition of type c alone. The others are of a type that Windows does not show.
	const table = [
		...["label: dos", `label-id: 0x${DISK_ID}`],
		`start=${STARTS.boot}MiB, size=${BOOT_MEGABYTES}MiB, type=c, bootable`,
		`start=${STARTS.a}MiB, size=${SLOT_MEGABYTES}MiB, type=da`,
		`start=${STARTS.b}MiB, size=${SLOT_MEGABYTES}MiB, type=da`,
		`start=${STARTS.data}MiB, size=${DATA_MEGABYTES}MiB, type=83`,
	].join("\n");
	await toolbox.run("sh", ["-c", 'printf "%s\\n" "$1" | sfdisk -q "$2"', "sh", table, inside(disk)]);
	for (const [file, start] of [
		[boot, STARTS.boot],
		[slot, STARTS.a],
		[data, STARTS.data],
	] as const)
		copyInto(disk, file, start * MEGABYTE);
	return disk;
}

function fresh(name: string): string {
	const folder = path.join(WORK, name);
	rmSync(folder, { recursive: true, force: true });
	mkdirSync(folder, { recursive: true });
	return folder;
}

function sparse(file: string, sizeBytes: number): void {
	rmSync(file, { force: true });
	writeFileSync(file, "");
	truncateSync(file, sizeBytes);
}

/** Leaves out what is nothing but zeros. */
function copyInto(disk: string, file: string, offset: number): void {
	const [from, to] = [openSync(file, "r"), openSync(disk, "r+")];
	const chunk = Buffer.alloc(MEGABYTE);
	const zeros = Buffer.alloc(MEGABYTE);
	for (let at = 0; ; at += chunk.length) {
		const length = readSync(from, chunk, 0, chunk.length, at);
		if (length === 0) break;
		if (!chunk.subarray(0, length).equals(zeros.subarray(0, length)))
			writeSync(to, chunk, 0, length, offset + at);
	}
	closeSync(from);
	closeSync(to);
}
