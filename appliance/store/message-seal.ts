/**
 * Sums by which a message that has changed on the card is known (CRC-32; SQLite itself has none): of its body, and of who it is from and goes
 * to. For the writer, which notes them, and for whoever reads a message to send it. Not against people: those could change the sums as well.
 */
import { crc32 } from "node:zlib";

export interface Seal {
	/** Null: of a program that noted none. */
	readonly body: number | null;
	readonly envelope: number | null;
}

export function envelopeSum(reversePath: string, recipients: readonly string[]): number {
	return crc32([reversePath, ...recipients].join("\n"));
}

/** Of bytes that come one after the other; begins at 0. */
export function nextBodySum(sum: number, bytes: Uint8Array): number {
	return crc32(bytes, sum);
}
