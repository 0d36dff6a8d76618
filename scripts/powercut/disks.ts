/**
 * The box's card: an ext4 image that is mounted plainly, or over a storage daemon of QEMU that logs each write. For rooms
 * (room.ts), whose mounts nobody else sees and which vanish with them.
 *
 * Throws what the programs say that it needs: mkfs.ext4, mount, losetup, qemu-storage-daemon.
 */
import { type ChildProcess, execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, stat, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Small, as it is copied for each crash image. */
const DISK_BYTES = 64 * 1024 * 1024;
const EXPORT_LIMIT_MS = 20_000;
const EXPORT_LOOK_MS = 50;
/** As the firmware mounts its own (image.md): a power cut must find what a real box has. */
const MOUNT_OPTIONS = "noatime,nodev,nosuid,data=ordered,errors=remount-ro";

export async function makeDisk(image: string): Promise<void> {
	await writeFile(image, "");
	await truncate(image, DISK_BYTES);
	// Nothing is left for later, which would be in the log.
	await run("mkfs.ext4", ["-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image]);
}

/** The journal is replayed, as a box does at its start. Unmounted, it lets go of the image. */
export async function mountDisk(image: string, folder: string): Promise<AsyncDisposable> {
	await run("mount", ["-t", "ext4", "-o", `loop,${MOUNT_OPTIONS}`, image, folder]);
	return { [Symbol.asyncDispose]: () => unmount(folder) };
}

/** The same, and each write comes into the file `log`. */
export async function mountLoggedDisk(image: string, log: string, folder: string): Promise<AsyncDisposable> {
	const exported = path.join(path.dirname(image), "logged-disk");
	await writeFile(log, "");
	await writeFile(exported, "");
	const daemon = spawn("qemu-storage-daemon", [
		...["--blockdev", `driver=file,node-name=disk,filename=${image}`],
		...["--blockdev", `driver=file,node-name=log,filename=${log}`],
		...["--blockdev", "driver=blklogwrites,node-name=logged,file=disk,log=log,log-sector-size=512"],
		...["--export", `type=fuse,id=card,node-name=logged,mountpoint=${exported},writable=on`],
	]);
	try {
		await isExported(exported, daemon);
		const device = (await run("losetup", ["--find", "--show", exported])).stdout.trim();
		try {
			await run("mount", ["-t", "ext4", "-o", MOUNT_OPTIONS, device, folder]);
		} finally {
			// While it is mounted this only marks it.
			await run("losetup", ["--detach", device]);
		}
	} catch (error) {
		daemon.kill();
		throw error;
	}
	return {
		[Symbol.asyncDispose]: async () => {
			await unmount(folder);
			const ended = once(daemon, "exit");
			daemon.kill();
			await ended;
		},
	};
}

async function isExported(file: string, daemon: ChildProcess): Promise<void> {
	let said = "";
	daemon.stderr?.on("data", (chunk) => {
		said += String(chunk);
	});
	const deadline = performance.now() + EXPORT_LIMIT_MS;
	while ((await stat(file)).size === 0) {
		if (daemon.exitCode !== null || performance.now() > deadline) {
			throw new Error(`qemu-storage-daemon shows no disk: ${said.trim()}`);
		}
		await sleep(EXPORT_LOOK_MS);
	}
}

async function unmount(folder: string): Promise<void> {
	await run("umount", [folder]);
}

export async function makeFolder(...parts: readonly string[]): Promise<string> {
	const folder = path.join(...parts);
	await mkdir(folder, { recursive: true });
	return folder;
}
