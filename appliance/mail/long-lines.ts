/**
 * Brings the lines of a message under 998 octets (RFC 5321 §4.5.3.1.6): scanners write a whole PDF as
 * one line of base64, scripts a whole log as one line of text, and Exchange refuses or cuts both. For
 * delivery/short-lines.ts, in two readings, because a part's encoding stands before its content: the
 * first finds which parts have long lines, the second writes the message anew.
 *
 * What a part says stays the same byte for byte when it is decoded: base64 is broken at 76, text
 * becomes quoted-printable, anything else base64. A part without long lines keeps its bytes, and so
 * does what is signed. Memory is bounded by a header and a chunk. Never throws.
 */
import { makeField } from "./field.ts";
import { foldLongLines } from "./fold.ts";
import { type HeaderField, isNamed, scanHeader } from "./header.ts";
import { LONGEST_LINE_BYTES, LongLineSearch } from "./line-length.ts";
import { type ByteFilter, ENCODED_LINE_BYTES, HardWrap, SoftWrap } from "./line-wrapping.ts";
import type { LeafForm } from "./mime-entity.ts";
import { type Entity, MimeWalk } from "./mime-walk.ts";
import { Base64Encoder, QuotedPrintableEncoder } from "./transfer-encoding.ts";

/** The parts with long lines, by their index in the walk. */
export type LinePlan = ReadonlySet<number>;

/** First reading. */
export class LinePlanner {
	readonly #plan = new Set<number>();
	#search = new LongLineSearch();
	readonly #walk = new MimeWalk({
		header: () => {
			this.#search = new LongLineSearch();
		},
		content: (_entity, bytes) => void this.#search.add(bytes),
		contentEnd: ({ index, body }) => {
			const mayChange = body.kind === "leaf" && body.form !== "sealed";
			if (mayChange && this.#search.end()) this.#plan.add(index);
		},
		frame: () => undefined,
	});

	write(chunk: Buffer): void {
		this.#walk.write(chunk);
	}

	end(): LinePlan {
		this.#walk.end();
		return this.#plan;
	}
}

/** Second reading: bytes in, bytes out. */
export class LineRewriter {
	readonly #plan: LinePlan;
	#out: Buffer[] = [];
	#content: ByteFilter = UNCHANGED;
	readonly #frame = new HardWrap(LONGEST_LINE_BYTES);
	readonly #walk = new MimeWalk({
		header: (entity, bytes) => this.#header(entity, bytes),
		content: (_entity, bytes) => void this.#out.push(this.#content.write(bytes)),
		contentEnd: ({ body }, atBoundary) => {
			this.#out.push(this.#content.end());
			const isWritten = this.#content !== UNCHANGED && body.kind === "leaf" && body.form === "binary";
			if (isWritten && !atBoundary) this.#out.push(LINE_END);
		},
		frame: (bytes) => void this.#out.push(this.#frame.write(bytes)),
	});

	constructor(plan: LinePlan) {
		this.#plan = plan;
	}

	write(chunk: Buffer): Buffer {
		this.#walk.write(chunk);
		return this.#take();
	}

	end(): Buffer {
		this.#walk.end();
		this.#out.push(this.#frame.end());
		return this.#take();
	}

	#header(entity: Entity, bytes: Buffer): void {
		const form = entity.body.kind === "leaf" && this.#plan.has(entity.index) ? entity.body.form : "sealed";
		this.#content = REWRITERS[form]();
		const encoding = NEW_ENCODINGS[form];
		const header = encoding === undefined ? bytes : withEncoding(bytes, encoding, entity.isMessage);
		this.#out.push(foldLongLines(header));
	}

	#take(): Buffer {
		const out = this.#out;
		this.#out = [];
		return Buffer.concat(out);
	}
}

const LINE_END = Buffer.from("\r\n");
const UNCHANGED: ByteFilter = { write: (bytes) => bytes, end: () => Buffer.alloc(0) };

const REWRITERS: Readonly<Record<LeafForm, () => ByteFilter>> = {
	base64: () => new HardWrap(ENCODED_LINE_BYTES),
	"quoted-printable": () => new SoftWrap(),
	text: () => new QuotedPrintableEncoder(),
	binary: () => new Base64Encoder(),
	sealed: () => UNCHANGED,
};

const NEW_ENCODINGS: Readonly<Partial<Record<LeafForm, string>>> = {
	text: "quoted-printable",
	binary: "base64",
};

/** The header with another transfer encoding; a message needs MIME-Version for it (RFC 2045 §4). */
function withEncoding(header: Buffer, encoding: string, isMessage: boolean): Buffer {
	const { fields, fieldsEnd } = scanHeader(header);
	const isEncoding = (field: HeaderField) => isNamed(field, "Content-Transfer-Encoding");
	const kept = fields
		.filter((field) => !isEncoding(field))
		.map(({ start, end }) => header.subarray(start, end));
	const added = [makeField("Content-Transfer-Encoding", encoding)];
	const hasVersion = fields.some((field) => isNamed(field, "MIME-Version"));
	if (isMessage && !hasVersion) added.unshift(makeField("MIME-Version", "1.0"));
	return Buffer.concat([...kept, ...added.map(({ bytes }) => bytes), header.subarray(fieldsEnd)]);
}
