/** Reads a file that somebody has named, whatever it is: no more of it than makes sense. */
import { open } from "node:fs/promises";
import { asError, errorCode } from "../errors.ts";

/**
 * Its bytes; of a larger file one more than `mostBytes`, which is enough to know. A device file such as /dev/zero must
 * not fill memory. Rejects with the system's error.
 */
export async function readBounded(file: string, mostBytes: number): Promise<Buffer> {
	const handle = await open(file, "r");
	try {
		const chunks: Buffer[] = [];
		let left = mostBytes + 1;
		while (left > 0) {
			const { bytesRead, buffer } = await handle.read(Buffer.alloc(Math.min(left, CHUNK_BYTES)));
			if (bytesRead === 0) break;
			chunks.push(buffer.subarray(0, bytesRead));
			left -= bytesRead;
		}
		return Buffer.concat(chunks);
	} finally {
		await handle.close();
	}
}

const CHUNK_BYTES = 64 * 1024;

/** What the system said, as the end of a sentence. */
export function readFailure(error: unknown): string {
	switch (errorCode(error)) {
		case "ENOENT":
			return "there is no such file";
		case "EACCES":
		case "EPERM":
			return "may not be read by this user";
		case "EISDIR":
			return "is a folder, not a file";
		default:
			return `cannot be read: ${asError(error).message}`;
	}
}
