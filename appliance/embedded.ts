/**
 * The files that travel with the program: inside the executable, or beside the bundle in a checkout. For whoever needs
 * one. Throws the system's error when it is not there.
 *
 * An archive is one such file: the length of its index as eight digits, the index as JSON, `{ name: [offset, length] }`
 * in bytes after it, then the parts. Whoever has opened it can go on reading after a build has put another in its place.
 */
import { openSync, readFileSync, readSync } from "node:fs";
import path from "node:path";
import { getRawAsset, isSea } from "node:sea";

export const EMBEDDED = {
	addon: "better_sqlite3.node",
	/** In the executable alone. */
	trimAddon: "trim.node",
	licenses: "LICENSES.txt",
	/** The program's text, in parts. */
	parts: "postern.parts",
	/** The same compiled beforehand, in the executable alone. */
	compiledParts: "postern.compiled",
} as const;

type EmbeddedName = (typeof EMBEDDED)[keyof typeof EMBEDDED];

/** The program is one executable. */
export const isExecutable = isSea();

export function embeddedContent(name: EmbeddedName): Uint8Array {
	return isExecutable ? new Uint8Array(getRawAsset(name)) : readFileSync(embeddedBeside(name));
}

/** The file beside the bundle; there is none beside the executable. */
export function embeddedBeside(name: EmbeddedName): string {
	return path.join(path.dirname(process.argv[1] ?? ""), name);
}

/** Gives a part by its name; undefined when the archive has none of that name. */
export type Archive = (part: string) => Buffer | undefined;

export function openArchive(name: EmbeddedName): Archive {
	const read = isExecutable ? insideExecutable(name) : inFile(embeddedBeside(name));
	const index = readIndex(read);
	return (part) => {
		const place = index.get(part);
		return place === undefined ? undefined : read(...place);
	};
}

/** All of an archive that is a file, in its order. */
export function readArchive(file: string): ReadonlyMap<string, Buffer> {
	const read = inFile(file);
	return new Map([...readIndex(read)].map(([name, place]) => [name, read(...place)]));
}

let threadParts: Archive | undefined;

/** What a thread of the built program is started with. The archive stays open: some threads come and go all day. */
export function threadProgram(part: string): string {
	threadParts ??= openArchive(EMBEDDED.parts);
	const program = threadParts(part);
	if (program === undefined) throw new Error(`there is no part ${part}`);
	return program.toString("latin1");
}

function readIndex(read: ReadAt): ReadonlyMap<string, [start: number, length: number]> {
	const indexBytes = Number(read(0, LENGTH_DIGITS).toString("latin1"));
	const start = LENGTH_DIGITS + indexBytes;
	const index = JSON.parse(read(LENGTH_DIGITS, indexBytes).toString("latin1")) as Record<
		string,
		[number, number]
	>;
	return new Map(Object.entries(index).map(([name, [offset, length]]) => [name, [start + offset, length]]));
}

/** How long the index is, as decimal digits at the very beginning. */
const LENGTH_DIGITS = 8;

/** The order of the parts is the order in the archive. */
export function archiveOf(parts: ReadonlyMap<string, Uint8Array>): Buffer {
	let offset = 0;
	const index: Record<string, [number, number]> = {};
	for (const [name, { length }] of parts) {
		index[name] = [offset, length];
		offset += length;
	}
	const head = Buffer.from(JSON.stringify(index));
	return Buffer.concat([
		Buffer.from(String(head.length).padStart(LENGTH_DIGITS, "0")),
		head,
		...parts.values(),
	]);
}

type ReadAt = (start: number, length: number) => Buffer;

/** Nothing is copied: the executable lies in memory as it is. */
function insideExecutable(name: EmbeddedName): ReadAt {
	const asset = getRawAsset(name);
	return (start, length) => Buffer.from(asset, start, length);
}

function inFile(file: string): ReadAt {
	const descriptor = openSync(file, "r");
	return (start, length) => {
		const content = Buffer.alloc(length);
		readSync(descriptor, content, 0, length, start);
		return content;
	};
}
