/**
 * What is inside a backup: records one after the other, each a JSON header that says what it is, and content
 * of the length that the header names. `about` is the first and `end` the last.
 *
 * Reading bounds every length before it takes memory for it. A record that this version does not know is
 * of a newer one and refuses the whole file: what it means cannot be left out unseen.
 */
import * as z from "zod";
import type { ByteSource } from "./byte-source.ts";
import { damaged, tooNew } from "./refusals.ts";

const sizeBytes = z.int().min(0);
const name = z.string().min(1).max(1_024);

const ABOUT = z.strictObject({
	type: z.literal("about"),
	sizeBytes,
	madeAt: z.iso.datetime(),
	/** Of the box. */
	name: z.string().max(255),
	/** Of the program. */
	version: z.string().max(100),
	/** Last step of the schema that the rows of messages follow. */
	schema: z.int().min(1),
	hasSignIns: z.boolean(),
});
/** Content: JSON of the value. */
const DOCUMENT = z.strictObject({
	type: z.literal("document"),
	sizeBytes,
	kind: z.string().regex(/^[a-z-]{1,50}$/),
	key: name,
	/** Places in the value that hold in clear what the box keeps sealed (accounts/sealed-fields.ts). */
	opened: z.array(z.string().max(100)).max(100),
});
/** Content: the file's. Names are a fixed few (state-files.ts). */
const FILE = z.strictObject({ type: z.literal("file"), sizeBytes, name });
/** Content: JSON of the vault's record. */
const SIGN_IN = z.strictObject({
	type: z.literal("sign-in"),
	sizeBytes,
	sort: z.string().max(50),
	account: name,
});
/** Content: JSON of its rows. Its body is the next record. */
const MESSAGE = z.strictObject({ type: z.literal("message"), sizeBytes, id: z.int().min(1) });
/** Content: the body, as it is in the spool. */
const BODY = z.strictObject({ type: z.literal("body"), sizeBytes, id: z.int().min(1) });
const END = z.strictObject({ type: z.literal("end"), sizeBytes });

const HEADER = z.discriminatedUnion("type", [ABOUT, DOCUMENT, FILE, SIGN_IN, MESSAGE, BODY, END]);
const ANY_HEADER = z.looseObject({ type: z.string() });
const KNOWN_TYPES = new Set<string>(HEADER.options.map(({ shape }) => shape.type.value));

export type RecordHeader = z.output<typeof HEADER>;
type About = z.output<typeof ABOUT>;
export type BackupAbout = Omit<About, "type" | "sizeBytes">;

export interface BackupRecord {
	readonly header: RecordHeader;
	/** All of it in memory: for small records. Throws `backup-damaged` when it is longer than that. */
	json(): Promise<unknown>;
	/** Piece by piece. */
	content(): AsyncIterable<Buffer>;
}

const LENGTH_BYTES = 4;
const MOST_HEADER_BYTES = 16 * 1024;
/** The rows of a message to thousands of recipients, with all that happened to it. */
const MOST_JSON_BYTES = 32 * 1024 * 1024;

/** Without its content, which the caller gives after it. */
export function headerBytes(header: RecordHeader): Buffer {
	const json = Buffer.from(JSON.stringify(header));
	const length = Buffer.alloc(LENGTH_BYTES);
	length.writeUInt32BE(json.length);
	return Buffer.concat([length, json]);
}

/** A record whose content is a value. */
export function jsonRecord<Header extends RecordHeader>(
	header: Omit<Header, "sizeBytes">,
	value: unknown,
): Buffer {
	const content = Buffer.from(JSON.stringify(value));
	return Buffer.concat([
		headerBytes({ ...header, sizeBytes: content.length } as unknown as RecordHeader),
		content,
	]);
}

/**
 * The records up to `end`. The content of one is gone when the next is asked for. Throws `backup-damaged` also
 * for bytes after the end, `backup-too-new`.
 */
export async function* readRecords(source: ByteSource): AsyncGenerator<BackupRecord> {
	for (;;) {
		const header = await readHeader(source);
		if (header.type === "end") {
			if (header.sizeBytes !== 0 || !(await source.atEnd())) throw damaged();
			return;
		}
		const content = source.pieces(header.sizeBytes);
		let readBytes = 0;
		const counted = async function* () {
			for await (const piece of content) {
				readBytes += piece.length;
				yield piece;
			}
			if (readBytes !== header.sizeBytes) throw damaged();
		};
		yield { header, content: counted, json: () => readJson(header, counted()) };
		if (readBytes !== header.sizeBytes) throw new Error(`a ${header.type} of a backup was not read`);
	}
}

async function readHeader(source: ByteSource): Promise<RecordHeader> {
	const length = await source.take(LENGTH_BYTES);
	if (length.length < LENGTH_BYTES) throw damaged();
	const headerSizeBytes = length.readUInt32BE();
	if (headerSizeBytes > MOST_HEADER_BYTES) throw damaged();
	const value = parseJson(await source.take(headerSizeBytes));
	const { data: any } = ANY_HEADER.safeParse(value);
	if (any !== undefined && !KNOWN_TYPES.has(any.type)) throw tooNew();
	const parsed = HEADER.safeParse(value);
	if (!parsed.success) throw damaged(parsed.error);
	return parsed.data;
}

async function readJson(header: RecordHeader, content: AsyncIterable<Buffer>): Promise<unknown> {
	if (header.sizeBytes > MOST_JSON_BYTES) throw damaged();
	const pieces: Buffer[] = [];
	for await (const piece of content) pieces.push(piece);
	return parseJson(Buffer.concat(pieces));
}

function parseJson(bytes: Buffer): unknown {
	try {
		return JSON.parse(bytes.toString("utf8"));
	} catch (error) {
		throw damaged(error);
	}
}
