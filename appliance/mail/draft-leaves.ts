/**
 * The leaves of a message, found as it streams by: what each says of itself, how large it is decoded, and
 * the texts that may become the body. For draft-reading.ts. A message within the message is one leaf.
 * Memory is bounded by the headers and `LONGEST_BODY_BYTES`.
 */
import { isUtf8 } from "node:buffer";
import libmime from "libmime";
import { type HeaderField, isNamed, scanHeader } from "./header.ts";
import { type Entity, type MimeSink, MimeWalk } from "./mime-walk.ts";
import { decoderFor, type PartDecoder } from "./part-decoder.ts";

/** A value with its parameters, decoded (RFC 2045 §5.1, RFC 2231, and encoded words where they do not belong). */
export interface Structured {
	/** In lower case. */
	readonly value: string;
	readonly params: Readonly<Record<string, string>>;
}

/** A multipart around a leaf. */
export interface Frame {
	readonly entity: number;
	/** `multipart/alternative`. */
	readonly type: string;
}

export interface Leaf {
	readonly entity: number;
	readonly type: Structured;
	/** Of Content-Disposition, in lower case; empty for none. */
	readonly disposition: Structured;
	/** Without brackets; empty for none. */
	readonly contentId: string;
	readonly encoding: string;
	/** From the outermost to the innermost. */
	readonly frames: readonly Frame[];
	/** Decoded. */
	sizeBytes: number;
	/** Decoded, of a text that may be the body; undefined when it is too long for that. */
	text: Buffer | undefined;
}

export interface LeavesReading {
	/** With the empty line behind it. */
	readonly header: Buffer;
	readonly leaves: readonly Leaf[];
	/** Types of parts that cannot be told apart or must not be taken apart. */
	readonly sealed: readonly string[];
}

/** A longer text goes as a file. */
const LONGEST_BODY_BYTES = 1024 * 1024;

export async function readLeaves(message: AsyncIterable<Buffer>): Promise<LeavesReading> {
	const collector = new LeafCollector();
	const walk = new MimeWalk(collector, { entersMessages: false });
	for await (const chunk of message) walk.write(chunk);
	walk.end();
	const { topHeader: header, leaves, sealed } = collector;
	return { header, leaves, sealed };
}

/** Decoded octets of one leaf as they stream by. */
export class LeafContent implements MimeSink {
	readonly #entity: number;
	readonly #encoding: string;
	#decoder: PartDecoder | undefined;
	#decoded: Buffer[] = [];
	#isOver = false;

	constructor(entity: number, encoding: string) {
		this.#entity = entity;
		this.#encoding = encoding;
	}

	/** The leaf has ended; nothing more comes of it. */
	get isOver(): boolean {
		return this.#isOver;
	}

	takeDecoded(): Buffer[] {
		const decoded = this.#decoded;
		this.#decoded = [];
		return decoded;
	}

	header({ index }: Entity): void {
		if (index === this.#entity) this.#decoder = decoderFor(this.#encoding);
	}

	content({ index }: Entity, bytes: Buffer): void {
		if (index === this.#entity) this.#keep(this.#decoder?.write(bytes));
	}

	contentEnd({ index }: Entity): void {
		if (index !== this.#entity) return;
		this.#keep(this.#decoder?.end());
		this.#isOver = true;
	}

	frame(): void {
		// Boundaries are nobody's content.
	}

	#keep(bytes: Buffer | undefined): void {
		if (bytes !== undefined && bytes.length > 0) this.#decoded.push(bytes);
	}
}

class LeafCollector implements MimeSink {
	topHeader: Buffer = Buffer.alloc(0);
	readonly leaves: Leaf[] = [];
	readonly sealed: string[] = [];
	#frames: Frame[] = [];
	#decoder: PartDecoder | undefined;
	#kept: Buffer[] = [];

	header(entity: Entity, bytes: Buffer): void {
		if (entity.index === 0) this.topHeader = Buffer.from(bytes);
		const leaf = leafOf(entity, bytes, this.#frames.slice(0, entity.depth));
		if (entity.body.kind === "parts") {
			this.#frames = [...leaf.frames, { entity: entity.index, type: leaf.type.value }];
			return;
		}
		// A multipart that is a leaf: signed, encrypted, or without a boundary that can be found.
		if (leaf.type.value.startsWith("multipart/") || SEALED_TYPES.has(leaf.type.value)) {
			this.sealed.push(leaf.type.value);
		}
		this.leaves.push(leaf);
		this.#decoder = decoderFor(leaf.encoding);
		this.#kept = [];
	}

	content(_entity: Entity, bytes: Buffer): void {
		this.#take(this.#decoder?.write(bytes));
	}

	contentEnd(): void {
		this.#take(this.#decoder?.end());
		const leaf = this.leaves.at(-1);
		if (leaf?.text !== undefined) leaf.text = Buffer.concat(this.#kept);
		this.#kept = [];
	}

	frame(): void {
		// What stands between the parts is shown by no reader.
	}

	#take(bytes: Buffer | undefined): void {
		const leaf = this.leaves.at(-1);
		if (leaf === undefined || bytes === undefined || bytes.length === 0) return;
		leaf.sizeBytes += bytes.length;
		if (leaf.text === undefined) return;
		if (leaf.sizeBytes > LONGEST_BODY_BYTES) {
			leaf.text = undefined;
			this.#kept = [];
		} else this.#kept.push(Buffer.from(bytes));
	}
}

/** S/MIME and parts of messages mean nothing when they are taken out of their message. */
const SEALED_TYPES: ReadonlySet<string> = new Set([
	...["application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"],
	...["message/partial", "message/external-body"],
]);

function leafOf({ index, depth }: Entity, header: Buffer, frames: readonly Frame[]): Leaf {
	const { fields } = scanHeader(header);
	const textOf = (name: string) => fieldText(header, fields, name);
	const inDigest = depth > 0 && frames.at(-1)?.type === "multipart/digest";
	const type = structured(textOf("Content-Type"), inDigest ? "message/rfc822" : "text/plain");
	const mayBeBody = type.value === "text/plain" || type.value === "text/html";
	return {
		entity: index,
		type,
		disposition: structured(textOf("Content-Disposition"), ""),
		contentId: textOf("Content-ID").replaceAll(/^[\s<]+|[\s>]+$/g, ""),
		encoding: textOf("Content-Transfer-Encoding")
			.replaceAll(/\(.*?\)/g, "")
			.trim(),
		frames,
		sizeBytes: 0,
		text: mayBeBody ? Buffer.alloc(0) : undefined,
	};
}

/** In one line; UTF-8 where it is that, else one character a byte. */
function fieldText(header: Buffer, fields: readonly HeaderField[], name: string): string {
	const field = fields.find((candidate) => isNamed(candidate, name));
	if (field === undefined) return "";
	const bytes = header.subarray(field.valueStart, field.end);
	return bytes
		.toString(isUtf8(bytes) ? "utf8" : "latin1")
		.replaceAll(/\r?\n/g, "")
		.trim();
}

function structured(text: string, otherwise: string): Structured {
	if (text === "") return { value: otherwise, params: {} };
	const { value, params } = libmime.parseHeaderValue(text);
	const named = Object.entries(params).map(([name, said]) => [
		name.toLowerCase(),
		libmime.decodeWords(String(said)),
	]);
	return { value: value.trim().toLowerCase() || otherwise, params: Object.fromEntries(named) };
}
