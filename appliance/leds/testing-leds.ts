/** LEDs as the kernel shows them, as files in a folder that stands for the machine. For tests. */
import { spawnSync } from "node:child_process";
import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";

const OVERLAY = path.join(import.meta.dirname, "../../image/overlay");

/** As root has prepared it for Postern, unless the trigger is another. */
export async function putLed(root: string, name: string, trigger = "pattern"): Promise<void> {
	const folder = ledFolder(root, name);
	await mkdir(folder, { recursive: true });
	await writeFile(path.join(folder, "trigger"), `none timer ${trigger === "" ? "" : `[${trigger}]`} mmc0\n`);
	await writeFile(path.join(folder, "max_brightness"), "255\n");
	await writeFile(path.join(folder, "pattern"), "");
}

/** What the kernel was asked to blink. */
export async function patternOf(root: string, name: string): Promise<string> {
	return (await readFile(path.join(ledFolder(root, name), "pattern"), "utf8")).trim();
}

export function ledFolder(root: string, name: string): string {
	return path.join(root, "sys/class/leds", name);
}

/** The image's own shell script on that folder; programs that only root may run stand beside it as none. */
export async function runLights(root: string, ...args: readonly string[]): Promise<void> {
	const programs = path.join(root, "usr/bin");
	const table = path.join(root, "usr/share/postern/light-patterns");
	for (const folder of [programs, path.dirname(table)]) await mkdir(folder, { recursive: true });
	await writeFile(table, await readFile(path.join(OVERLAY, "usr/share/postern/light-patterns")));
	for (const name of ["modprobe", "chgrp"]) {
		await writeFile(path.join(programs, name), `#!/bin/sh\necho "${name} $*" >>'${root}/as-root'\n`);
		await chmod(path.join(programs, name), 0o755);
	}
	const env = { POSTERN_ROOT: root, PATH: `${programs}:${process.env["PATH"] ?? ""}` };
	const script = path.join(OVERLAY, "usr/lib/postern/lights");
	const { status, stderr } = spawnSync("sh", [script, ...args], { env, encoding: "utf8" });
	if (status !== 0 || stderr !== "") throw new Error(`lights ${args.join(" ")}: ${status} ${stderr}`);
}
