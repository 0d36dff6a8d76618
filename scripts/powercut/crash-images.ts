/** Makes the disk as a power cut left it, from the disk before and the log of its writes. Cuts come in the order of the log. */
import { execFileSync } from "node:child_process";
import { closeSync, openSync, writeSync } from "node:fs";
import type { Cut } from "./cuts.ts";
import { SECTOR_BYTES, type WriteLog } from "./write-log.ts";

export class CrashImages implements Disposable {
	readonly #log: WriteLog;
	readonly #flushedFile: string;
	readonly #flushed: number;
	#applied = 0;

	/** `before` is the disk's image at the log's beginning; it is written to from now on. */
	constructor(before: string, log: WriteLog) {
		this.#log = log;
		this.#flushedFile = before;
		this.#flushed = openSync(before, "r+");
	}

	/** Writes the image to `file`. */
	make({ flushed, kept }: Cut, file: string): void {
		for (; this.#applied < flushed; this.#applied += 1) {
			this.#write(this.#flushed, this.#applied, 0, Number.POSITIVE_INFINITY);
		}
		copySparsely(this.#flushedFile, file);
		if (kept.length === 0) return;
		const image = openSync(file, "r+");
		try {
			for (const { write, from, to } of kept) this.#write(image, write, from, to);
		} finally {
			closeSync(image);
		}
	}

	[Symbol.dispose](): void {
		closeSync(this.#flushed);
	}

	#write(descriptor: number, index: number, from: number, to: number): void {
		const write = this.#log.writes[index];
		if (write === undefined || write.sectors === 0) return;
		const data = this.#log
			.data(write)
			.subarray(from * SECTOR_BYTES, Math.min(to, write.sectors) * SECTOR_BYTES);
		if (data.length > 0) writeSync(descriptor, data, 0, data.length, (write.sector + from) * SECTOR_BYTES);
	}
}

/** Most of a disk is empty, and nothing is gained by writing that. */
export function copySparsely(from: string, to: string): void {
	execFileSync("cp", ["--sparse=always", "--reflink=auto", from, to]);
}
