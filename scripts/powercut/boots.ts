/**
 * The machine's boot, as programs in this room see it. A cut is followed by another one, and Postern goes by that: its
 * attempt journal is believed in the boot that wrote it alone.
 */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

/** random(4) */
const BOOT_ID = "/proc/sys/kernel/random/boot_id";

export class Boots {
	readonly #file: string;

	private constructor(file: string) {
		this.#file = file;
		this.next();
	}

	static async begin(folder: string): Promise<Boots> {
		const boots = new Boots(path.join(folder, "boot-id"));
		await promisify(execFile)("mount", ["--bind", boots.#file, BOOT_ID]);
		return boots;
	}

	/** In place: the mount is of this very file. */
	next(): void {
		writeFileSync(this.#file, `${randomUUID()}\n`);
	}
}
