/**
 * The loader of machines with UEFI, 32 kB (boot/uefi/): compiled here, since none of Debian's knows U-Boot's state. For disk.ts.
 * The same compiler gives the same bytes, wherever it runs. Throws what the compiler says.
 */
import { copyFileSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import path from "node:path";
import { IMAGE, WORK } from "./places.ts";
import type { Toolbox } from "./toolbox.ts";

/** UEFI's default name for a program that is started without being chosen. */
const NAME = "BOOTAA64.EFI";
const SOURCES = ["header.S", "state.c", "loader.c"];
/** Neither a library nor anything that would have to be set up before the first line runs. */
const FLAGS = [
	...["-std=gnu11", "-Os", "-Wall", "-Wextra", "-Werror", "-ffreestanding", "-fshort-wchar", "-fpic"],
	...[
		"-fvisibility=hidden",
		"-mgeneral-regs-only",
		"-fno-stack-protector",
		"-fno-asynchronous-unwind-tables",
	],
	// Else a loop that copies becomes a call of the function that it is in.
	"-fno-tree-loop-distribute-patterns",
	...["-nostdlib", "-static", "-Wl,--build-id=none", "-Wl,--no-warn-rwx-segments", "-Wl,-T,loader.lds"],
];

/** Into `folder`, which is in the work folder. */
export async function makeUefiLoader(folder: string, toolbox: Toolbox): Promise<void> {
	const sources = path.join(WORK, "uefi");
	rmSync(sources, { recursive: true, force: true });
	for (const made of [sources, folder]) mkdirSync(made, { recursive: true });
	const from = path.join(IMAGE, "boot", "uefi");
	for (const name of readdirSync(from)) copyFileSync(path.join(from, name), path.join(sources, name));
	const output = `/w/${path.relative(WORK, path.join(folder, NAME))}`;
	const script = `cd /w/uefi && output=$1 && shift && aarch64-linux-gnu-gcc "$@" -o loader.elf &&
		aarch64-linux-gnu-objcopy -O binary loader.elf "$output"`;
	await toolbox.run("sh", ["-c", script, "sh", output, ...FLAGS, ...SOURCES]);
}
