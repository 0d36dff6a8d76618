/**
 * A file system of its own for the programs under test: ext4 on a loop device, so that the bytes
 * that reach "the disk" can be counted and nothing else on the machine is in the count.
 *
 * Needs root, losetup and mkfs.ext4; throws when one is missing. The device lets go of itself when
 * the file system is unmounted, also when the bench is killed and somebody else unmounts it.
 */
import { execFile } from "node:child_process";
import { mkdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Unit of /sys/block/…/stat whatever the device's own (kernel: Documentation/block/stat.rst). */
const SECTOR_BYTES = 512;
const SECTORS_WRITTEN_FIELD = 6;

/** Sparse: only what is written takes room. Large enough for 50,000 files of a file-per-message queue. */
const USUAL_BYTES = 6_000_000_000;

const SETTLED_AFTER_QUIET_MS = 700;
const SETTLE_LIMIT_MS = 20_000;

/** Where contenders keep their state. `bytesWritten` is missing where nothing counts. */
export interface Disk extends AsyncDisposable {
	readonly folder: string;
	/** Bytes written to the device so far, after everything dirty has been written and it has come to rest. */
	readonly bytesWritten?: () => Promise<number>;
}

/** Makes image, device and file system of so many bytes below `workFolder` (on a real disk, not tmpfs). */
export async function mountLoopDisk(workFolder: string, sizeBytes = USUAL_BYTES): Promise<Disk> {
	const image = path.join(workFolder, "disk.img");
	const folder = path.join(workFolder, "disk");
	await writeFile(image, "");
	await truncate(image, sizeBytes);
	await mkdir(folder);
	// Everything mkfs would leave for later in the background is written now, out of the count.
	await run("mkfs.ext4", ["-q", "-F", "-E", "lazy_itable_init=0,lazy_journal_init=0", image]);
	const device = (await run("losetup", ["--find", "--show", image])).stdout.trim();
	try {
		await run("mount", ["-t", "ext4", device, folder]);
	} finally {
		// While it is mounted this only marks it: it goes when the file system goes.
		await run("losetup", ["--detach", device]);
	}
	const statFile = `/sys/block/${path.basename(device)}/stat`;
	return {
		folder,
		bytesWritten: () => settledBytesWritten(folder, statFile),
		[Symbol.asyncDispose]: async () => {
			// A program that is still ending may hold it a moment longer; then it goes when that one goes.
			await run("umount", [folder]).catch(() => run("umount", ["--lazy", folder]));
			await rm(image, { force: true });
		},
	};
}

/** A plain folder, for those without root: figures work, bytes are not counted. */
export async function plainFolder(workFolder: string): Promise<Disk> {
	const folder = path.join(workFolder, "disk");
	await mkdir(folder);
	return { folder, [Symbol.asyncDispose]: () => Promise.resolve() };
}

async function settledBytesWritten(folder: string, statFile: string): Promise<number> {
	const deadline = performance.now() + SETTLE_LIMIT_MS;
	let last = -1;
	for (;;) {
		await run("sync", ["--file-system", folder]);
		const written = await sectorsWritten(statFile);
		if (written === last) return written * SECTOR_BYTES;
		if (performance.now() > deadline) throw new Error("the disk did not come to rest");
		last = written;
		await sleep(SETTLED_AFTER_QUIET_MS);
	}
}

async function sectorsWritten(statFile: string): Promise<number> {
	const fields = (await readFile(statFile, "utf8")).trim().split(/\s+/);
	const sectors = Number(fields[SECTORS_WRITTEN_FIELD]);
	if (!Number.isSafeInteger(sectors)) throw new Error("the device's statistics cannot be read");
	return sectors;
}
