/**
 * The boot partition of the card, which people's computers see: a few small files on FAT, read mostly, written seldom. For
 * seeding.ts.
 *
 * It is mounted read only; `write` makes it writable for as long as it takes. FAT has no journal, so a cut must find each file
 * as it was or as it should be: a new one is written under another name, flushed, and renamed; within an old one bytes are
 * written over where they stand, so that no copy of them stays behind in a part of the card that is no longer in use.
 */
import { execFile } from "node:child_process";
import { open, readFile, rename, rm } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { readBounded } from "../config/bounded-file.ts";
import { errorCode } from "../errors.ts";

const MOUNT = "/usr/bin/mount";

export interface BytePatch {
	readonly offset: number;
	readonly bytes: Buffer;
}

export class BootPartition {
	readonly #folder: string;

	constructor(folder: string) {
		this.#folder = folder;
	}

	/** Undefined where there is none; of one that is too large a byte more than `mostBytes`. */
	async read(name: string, mostBytes: number): Promise<Buffer | undefined> {
		try {
			return await readBounded(this.#file(name), mostBytes);
		} catch (thrown) {
			if (errorCode(thrown) === "ENOENT" || errorCode(thrown) === "EISDIR") return undefined;
			throw thrown;
		}
	}

	/** There with this text afterwards, or not there (undefined). Writes only where that is a change. */
	async put(name: string, text: string | undefined): Promise<void> {
		const wanted = text === undefined ? undefined : Buffer.from(text);
		const there = await this.read(name, (wanted?.length ?? 0) + 1);
		const isRight = wanted === undefined ? there === undefined : there?.equals(wanted) === true;
		if (isRight) return;
		await this.#writable(async () => {
			const file = this.#file(name);
			await rm(`${file}.new`, { force: true });
			if (wanted === undefined) {
				await rm(file, { force: true });
			} else {
				await flushed(`${file}.new`, "wx", (handle) => handle.writeFile(wanted));
				await rename(`${file}.new`, file);
			}
			await this.#flushFolder();
		});
	}

	/** Bytes of a file that is there, in their place. */
	async patch(name: string, patches: readonly BytePatch[]): Promise<void> {
		if (patches.length === 0) return;
		await this.#writable(() =>
			flushed(this.#file(name), "r+", async (handle) => {
				for (const { offset, bytes } of patches) await handle.write(bytes, 0, bytes.length, offset);
			}),
		);
	}

	#file(name: string): string {
		return path.join(this.#folder, name);
	}

	async #writable(change: () => Promise<void>): Promise<void> {
		const isReadOnly = await isMountedReadOnly(this.#folder);
		if (isReadOnly) await remount(this.#folder, "rw");
		try {
			await change();
		} finally {
			if (isReadOnly) await remount(this.#folder, "ro");
		}
	}

	async #flushFolder(): Promise<void> {
		await flushed(this.#folder, "r", async () => undefined);
	}
}

async function flushed(
	file: string,
	flags: string,
	use: (handle: Awaited<ReturnType<typeof open>>) => Promise<unknown>,
): Promise<void> {
	const handle = await open(file, flags);
	try {
		await use(handle);
		await handle.sync();
	} finally {
		await handle.close();
	}
}

/** False where it is no mount of its own: a folder, in tests. */
async function isMountedReadOnly(folder: string): Promise<boolean> {
	const mounts = await readFile("/proc/self/mounts", "utf8").catch(() => "");
	const own = mounts.split("\n").findLast((line) => line.split(" ")[1] === path.resolve(folder));
	return own !== undefined && (own.split(" ")[3] ?? "").split(",").includes("ro");
}

async function remount(folder: string, how: "ro" | "rw"): Promise<void> {
	await promisify(execFile)(MOUNT, ["-o", `remount,${how}`, folder]);
}
