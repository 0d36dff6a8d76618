/** The first thing the kernel runs: busybox, e2fsck, the modules that find the card, and boot/init. For image.ts. */
import {
	chmodSync,
	copyFileSync,
	cpSync,
	mkdirSync,
	readdirSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import path from "node:path";
import { EARLY_MODULES, moduleFiles } from "./modules.ts";
import { IMAGE, WORK } from "./places.ts";
import { kernelOf } from "./root.ts";
import type { Toolbox } from "./toolbox.ts";

const COMMANDS = [
	...["sh", "mount", "umount", "modprobe", "sleep", "mkdir", "cat", "echo", "switch_root", "ls", "losetup"],
	...["grep", "sync", "mv", "reboot", "basename", "chown", "chmod", "ln", "test", "tr"],
];

/** busybox has no e2fsck: Debian's, with the libraries that it is linked with. */
const CHECKER = "usr/sbin/e2fsck";
const LIBRARIES = [
	...["ld-linux-aarch64.so.1", "libc.so.6", "libext2fs.so.2", "libe2p.so.2"],
	...["libcom_err.so.2", "libblkid.so.1", "libuuid.so.1"],
];

/** Writes `output` (a name in the work folder). */
export async function makeInitrd(root: string, output: string, toolbox: Toolbox): Promise<void> {
	const folder = path.join(WORK, "initrd");
	rmSync(folder, { recursive: true, force: true });
	for (const name of ["bin", "sbin", "dev", "proc", "sys", "run", "mnt/slot", "sysroot"])
		mkdirSync(path.join(folder, name), { recursive: true });
	copyFileSync(path.join(root, "usr", "bin", "busybox"), path.join(folder, "bin", "busybox"));
	for (const command of COMMANDS) symlinkSync("busybox", path.join(folder, "bin", command));
	symlinkSync("../bin/busybox", path.join(folder, "sbin", "modprobe"));
	takeChecker(root, folder);
	copyFileSync(path.join(IMAGE, "boot", "init"), path.join(folder, "init"));
	chmodSync(path.join(folder, "init"), 0o755);
	const kernel = kernelOf(root);
	const from = path.join(root, "usr", "lib", "modules", kernel);
	const to = path.join(folder, "lib", "modules", kernel);
	for (const file of moduleFiles(from, EARLY_MODULES)) {
		mkdirSync(path.dirname(path.join(to, file)), { recursive: true });
		copyFileSync(path.join(from, file), path.join(to, file));
	}
	for (const name of readdirSync(from).filter((one) => /^modules\.(builtin|order)/.test(one)))
		cpSync(path.join(from, name), path.join(to, name));
	await toolbox.run("depmod", ["-b", "/w/initrd", kernel]);
	await toolbox.run("sh", [
		"-c",
		'cd /w/initrd && find . -exec touch -h -d @0 {} + && find . | LC_ALL=C sort | cpio --quiet -o -H newc --reproducible -R 0:0 | zstd -q -19 -T1 -f -o "$1"',
		"sh",
		`/w/${output}`,
	]);
}

function takeChecker(root: string, folder: string): void {
	const libraries = path.join("lib", "aarch64-linux-gnu");
	for (const name of [libraries, "etc"]) mkdirSync(path.join(folder, name), { recursive: true });
	copyFileSync(path.join(root, CHECKER), path.join(folder, "bin", "e2fsck"));
	for (const name of LIBRARIES)
		copyFileSync(path.join(root, "usr", libraries, name), path.join(folder, libraries, name));
	symlinkSync("aarch64-linux-gnu/ld-linux-aarch64.so.1", path.join(folder, "lib", "ld-linux-aarch64.so.1"));
	// The board's clock begins anew at each start: a time in the future is no damage.
	writeFileSync(path.join(folder, "etc", "e2fsck.conf"), "[options]\nbroken_system_clock = 1\n");
}
