/**
 * Reads the log that QEMU's blklogwrites keeps of a disk: every write, in the order in which the disk had them, and
 * where it was told to flush. The format is that of the kernel's dm-log-writes: a superblock, then for each
 * entry a head of four 64-bit numbers in a sector of its own, and the data behind it.
 *
 * It may be read while it grows. The storage daemon serves one request after the other, so that entries come
 * whole and in order.
 */
import { closeSync, openSync, readSync } from "node:fs";

export const SECTOR_BYTES = 512;
const HEAD_BYTES = 32;
const FLUSH = 1;
const FUA = 2;
const DISCARD = 4;

export interface LoggedWrite {
	readonly sector: number;
	/** 0: a flush and no data. */
	readonly sectors: number;
	/** What was written before it is on the card when this is done, and so is this. */
	readonly isFlush: boolean;
	/** Of its data in the log. */
	readonly offset: number;
}

export class WriteLog implements Disposable {
	readonly #descriptor: number;
	readonly #head = Buffer.alloc(HEAD_BYTES);
	readonly #writes: LoggedWrite[] = [];
	#end = SECTOR_BYTES;

	constructor(file: string) {
		this.#descriptor = openSync(file, "r");
	}

	/** How many writes the disk has had by now. To be called at the moment that counts. */
	position(): number {
		while (this.#readOn()) {
			// Until the log ends.
		}
		return this.#writes.length;
	}

	/** Those that `position` has seen. */
	get writes(): readonly LoggedWrite[] {
		return this.#writes;
	}

	data({ offset, sectors }: LoggedWrite): Buffer {
		const data = Buffer.alloc(sectors * SECTOR_BYTES);
		const length = readSync(this.#descriptor, data, 0, data.length, offset);
		// The end of the log may be a hole, for zeros.
		return data.fill(0, length);
	}

	[Symbol.dispose](): void {
		closeSync(this.#descriptor);
	}

	#readOn(): boolean {
		if (readSync(this.#descriptor, this.#head, 0, HEAD_BYTES, this.#end) < HEAD_BYTES) return false;
		const [sector = 0, sectors = 0, flags = 0] = [0, 8, 16].map((at) =>
			Number(this.#head.readBigUInt64LE(at)),
		);
		if (sectors === 0 && flags === 0) return false;
		const isDiscard = (flags & DISCARD) !== 0;
		const offset = this.#end + SECTOR_BYTES;
		// What a discard leaves behind nobody reads: the file system has freed it.
		this.#writes.push({
			...{ sector, sectors: isDiscard ? 0 : sectors, offset },
			isFlush: (flags & (FLUSH | FUA)) !== 0,
		});
		this.#end = offset + (isDiscard ? 0 : sectors * SECTOR_BYTES);
		return true;
	}
}
