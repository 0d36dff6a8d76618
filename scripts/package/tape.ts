/**
 * Writes tar archives (POSIX ustar) whose bytes depend on nothing but what is put in: for container-image.ts. Throws on a
 * name that is too long for the format.
 */

export interface TapeEntry {
	/** Relative, without an end slash. */
	readonly path: string;
	readonly mode: number;
	/** Of user and group alike; 0 unless set. */
	readonly owner?: number;
	/** A file's content, where a symbolic link leads, or null for a folder. */
	readonly content: Uint8Array | string | null;
}

const BLOCK_BYTES = 512;
const MOST_NAME_BYTES = 100;
/** pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html, ustar: file, symbolic link, directory. */
const TYPES = { file: "0", link: "2", folder: "5" } as const;

/** In the order of their paths, so that a folder comes before what is in it. `epochSeconds`: the time of each entry. */
export function tape(entries: readonly TapeEntry[], epochSeconds: number): Buffer {
	const sorted = entries.toSorted((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
	const blocks = sorted.flatMap((entry) => {
		const content = entry.content instanceof Uint8Array ? entry.content : new Uint8Array();
		const rest = (BLOCK_BYTES - (content.length % BLOCK_BYTES)) % BLOCK_BYTES;
		return [header(entry, content.length, epochSeconds), content, Buffer.alloc(rest)];
	});
	return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK_BYTES)]);
}

function header(
	{ path, mode, owner = 0, content }: TapeEntry,
	sizeBytes: number,
	epochSeconds: number,
): Buffer {
	const block = Buffer.alloc(BLOCK_BYTES);
	const link = typeof content === "string" ? content : "";
	putText(block, { at: 0, text: content === null ? `${path}/` : path });
	putOctal(block, { at: 100, digits: 7, value: mode });
	putOctal(block, { at: 108, digits: 7, value: owner });
	putOctal(block, { at: 116, digits: 7, value: owner });
	putOctal(block, { at: 124, digits: 11, value: sizeBytes });
	putOctal(block, { at: 136, digits: 11, value: epochSeconds });
	putText(block, { at: 156, text: typeOf(content) });
	putText(block, { at: 157, text: link });
	putText(block, { at: 257, text: "ustar\x0000" });
	// The sum is made with blanks in its place.
	block.fill(" ", 148, 156);
	const sum = block.reduce((total, byte) => total + byte, 0);
	putOctal(block, { at: 148, digits: 6, value: sum });
	block[154] = 0;
	return block;
}

function typeOf(content: TapeEntry["content"]): string {
	if (content === null) return TYPES.folder;
	return typeof content === "string" ? TYPES.link : TYPES.file;
}

function putText(block: Buffer, { at, text }: { at: number; text: string }): void {
	if (Buffer.byteLength(text) > MOST_NAME_BYTES) throw new Error(`too long a name for an archive: ${text}`);
	block.write(text, at);
}

function putOctal(block: Buffer, { at, digits, value }: { at: number; digits: number; value: number }): void {
	block.write(value.toString(8).padStart(digits, "0"), at);
}
