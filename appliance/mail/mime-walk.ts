/**
 * Walks through a message as it streams by and tells its pieces apart: headers, contents of leaves, and
 * the frame between them (RFC 2046). For long-lines.ts. Memory is bounded by one header; how the bytes
 * are cut into chunks makes no difference; put together again the pieces are the message, byte for byte.
 *
 * Tolerant as readers are: a boundary that never comes, an outer one that comes before the inner one's
 * end, lines that only begin like one, LF line ends. Never throws.
 */
import { HEADER_LIMIT_BYTES } from "./header.ts";
import { type EntityBody, readEntity, SEALED } from "./mime-entity.ts";

export interface Entity {
	/** Counted in the order of the headers, from 0, the message itself. */
	readonly index: number;
	/** A whole message: the outermost, or one within. */
	readonly isMessage: boolean;
	/** How many multiparts it stands in. */
	readonly depth: number;
	readonly body: EntityBody;
}

export interface MimeSink {
	/** A whole header, with the empty line behind it if there is one. */
	header(entity: Entity, bytes: Buffer): void;
	/** Some of a leaf's content. */
	content(entity: Entity, bytes: Buffer): void;
	/** The leaf's content has ended, at a boundary whose line end is the frame's, or with the message. */
	contentEnd(entity: Entity, atBoundary: boolean): void;
	/** Boundaries, and what stands before the first and behind the last of them. */
	frame(bytes: Buffer): void;
}

export interface MimeWalkOptions {
	/** False: a message within the message is a leaf. */
	readonly entersMessages?: boolean;
}

interface OpenParts {
	readonly delimiter: Buffer;
	readonly isDigest: boolean;
}

interface Delimiter {
	/** Behind its line end. */
	readonly end: number;
	/** Which of the open multiparts it belongs to. */
	readonly depth: number;
	readonly closes: boolean;
}

const LF = 0x0a;
const CR = 0x0d;
const DASH = 0x2d;
/** A boundary with the blanks that may follow it. */
const LONGEST_DELIMITER_LINE = 998;
/** Deeper is no mail but an attack; what is there is passed on as it is. */
const DEEPEST = 50;

export class MimeWalk {
	readonly #sink: MimeSink;
	readonly #entersMessages: boolean;
	readonly #open: OpenParts[] = [];
	/** Of a header that is being collected: the next entity's. */
	#inHeader = true;
	#nextIsMessage = true;
	/** The leaf whose content comes; undefined between parts. */
	#leaf: Entity | undefined;
	#entities = 0;
	/** Not decided yet: part of a header, a line end before what may be a boundary, half a boundary. */
	#carry: Buffer = Buffer.alloc(0);
	/** In a body: `#carry`, or else the next byte, is at the start of a line. */
	#atLineStart = true;

	constructor(sink: MimeSink, options: MimeWalkOptions = {}) {
		this.#sink = sink;
		this.#entersMessages = options.entersMessages ?? true;
	}

	write(chunk: Buffer): void {
		this.#walk(chunk, false);
	}

	end(): void {
		this.#walk(Buffer.alloc(0), true);
		if (this.#leaf !== undefined) this.#sink.contentEnd(this.#leaf, false);
	}

	#walk(chunk: Buffer, isLast: boolean): void {
		let data = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk]);
		this.#carry = Buffer.alloc(0);
		for (;;) {
			const used = this.#inHeader ? this.#header(data, isLast) : this.#body(data, isLast);
			if (used === undefined) return;
			data = data.subarray(used);
		}
	}

	/** Bytes used, or undefined when more are needed; these are carried then. */
	#header(data: Buffer, isLast: boolean): number | undefined {
		let at = 0;
		for (let hasEnded = false; !hasEnded && at <= HEADER_LIMIT_BYTES; ) {
			const delimiter = this.#delimiterAt(data, at, isLast);
			if (typeof delimiter === "object") break;
			const lineFeed = data.indexOf(LF, at);
			const isWhole = delimiter === "none" && (lineFeed !== -1 || isLast);
			if (!isWhole && data.length <= HEADER_LIMIT_BYTES) {
				this.#carry = data;
				return undefined;
			}
			hasEnded = lineFeed === -1 || lineFeed === at || (lineFeed === at + 1 && data[at] === CR);
			at = lineFeed === -1 ? data.length : lineFeed + 1;
		}
		this.#begin(data.subarray(0, at));
		return at;
	}

	#begin(header: Buffer): void {
		const isMessage = this.#nextIsMessage;
		const inDigest = !isMessage && this.#open.at(-1)?.isDigest === true;
		const isReadable = header.length <= HEADER_LIMIT_BYTES && this.#open.length < DEEPEST;
		const read = isReadable ? readEntity(header, inDigest) : SEALED;
		const body = read.kind === "message" && !this.#entersMessages ? SEALED : read;
		const entity = { index: this.#entities, isMessage, depth: this.#open.length, body };
		this.#entities += 1;
		this.#sink.header(entity, header);
		this.#inHeader = body.kind === "message";
		this.#nextIsMessage = this.#inHeader;
		this.#leaf = body.kind === "leaf" ? entity : undefined;
		this.#atLineStart = true;
		if (body.kind !== "parts") return;
		this.#open.push({ delimiter: Buffer.from(`--${body.boundary}`, "latin1"), isDigest: body.isDigest });
	}

	/** As `#header`. */
	#body(data: Buffer, isLast: boolean): number | undefined {
		let at = 0;
		// The line end in front of `at` belongs to a boundary if one follows.
		let contentEnd = 0;
		let atLineStart = this.#atLineStart;
		this.#atLineStart = false;
		while (this.#open.length > 0) {
			const delimiter = atLineStart ? this.#delimiterAt(data, at, isLast) : "none";
			if (delimiter === "undecided") {
				this.#atLineStart = contentEnd === at;
				return this.#pass(data, contentEnd);
			}
			if (delimiter !== "none") {
				this.#pass(data.subarray(0, contentEnd), contentEnd);
				this.#cross(delimiter, data.subarray(contentEnd, delimiter.end));
				return delimiter.end;
			}
			const lineFeed = data.indexOf(LF, at);
			if (lineFeed === -1) break;
			contentEnd = lineFeed > at && data[lineFeed - 1] === CR ? lineFeed - 1 : lineFeed;
			at = lineFeed + 1;
			atLineStart = true;
		}
		const mayBeLineEnd = !isLast && this.#open.length > 0 && data.at(-1) === CR;
		return this.#pass(data, mayBeLineEnd ? data.length - 1 : data.length);
	}

	/** Gives the first bytes to the sink; the rest waits for more. */
	#pass(data: Buffer, length: number): undefined {
		const bytes = data.subarray(0, length);
		if (bytes.length > 0) {
			if (this.#leaf === undefined) this.#sink.frame(bytes);
			else this.#sink.content(this.#leaf, bytes);
		}
		this.#carry = data.subarray(length);
	}

	#cross({ depth, closes }: Delimiter, bytes: Buffer): void {
		if (this.#leaf !== undefined) this.#sink.contentEnd(this.#leaf, true);
		this.#leaf = undefined;
		this.#sink.frame(bytes);
		this.#open.length = closes ? depth : depth + 1;
		this.#inHeader = !closes;
		this.#nextIsMessage = false;
		this.#atLineStart = true;
	}

	/** The boundary of an open multipart that stands in the line at `at`; the innermost, if they are alike. */
	#delimiterAt(data: Buffer, at: number, isLast: boolean): Delimiter | "none" | "undecided" {
		if (this.#open.length === 0) return "none";
		const line = data.subarray(at, at + LONGEST_DELIMITER_LINE);
		const mayBegin = line.length < 2 && !isLast && (line.length === 0 || line[0] === DASH);
		if (line[0] !== DASH || line[1] !== DASH) return mayBegin ? "undecided" : "none";
		const lineFeed = line.indexOf(LF);
		if (lineFeed === -1 && !isLast && line.length < LONGEST_DELIMITER_LINE) return "undecided";
		const end = lineFeed === -1 ? line.length : lineFeed + 1;
		for (let depth = this.#open.length - 1; depth >= 0; depth--) {
			const delimiter = this.#open[depth]?.delimiter;
			if (delimiter === undefined || !line.subarray(0, delimiter.length).equals(delimiter)) continue;
			// RFC 2046 §5.1.1: blanks may follow; anything else makes it another line.
			const behind = /^(--)?[ \t]*\r?\n?$/.exec(line.toString("latin1", delimiter.length, end));
			if (behind !== null) return { end: at + end, depth, closes: behind[1] !== undefined };
		}
		return "none";
	}
}
