/** Messages with lines that are too long: what they say stays, and every line fits. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasLongLine, LongLineSearch } from "./line-length.ts";
import { LinePlanner, LineRewriter } from "./long-lines.ts";
import { MimeWalk } from "./mime-walk.ts";

/** Cut at these distances, over and over. */
function chunksOf(bytes: Buffer, sizes: readonly number[]): Buffer[] {
	const chunks: Buffer[] = [];
	for (let at = 0, turn = 0; at < bytes.length; turn++) {
		const size = sizes[turn % sizes.length] ?? bytes.length;
		chunks.push(bytes.subarray(at, at + size));
		at += size;
	}
	return chunks;
}

function rewritten(message: string | Buffer, sizes: readonly number[] = [65_536]): Buffer {
	const bytes = Buffer.isBuffer(message) ? message : Buffer.from(message, "latin1");
	const planner = new LinePlanner();
	for (const chunk of chunksOf(bytes, sizes)) planner.write(chunk);
	const rewriter = new LineRewriter(planner.end());
	const out = chunksOf(bytes, sizes).map((chunk) => rewriter.write(chunk));
	return Buffer.concat([...out, rewriter.end()]);
}

/** Every leaf's content, decoded, in order. */
function leavesOf(message: Buffer): Buffer[] {
	const leaves: Buffer[] = [];
	let encoding = "";
	let content: Buffer[] = [];
	const walk = new MimeWalk({
		header: (_entity, bytes) => {
			encoding = /^content-transfer-encoding:\s*(\S+)/im.exec(bytes.toString("latin1"))?.[1] ?? "";
			content = [];
		},
		content: (_entity, bytes) => void content.push(bytes),
		contentEnd: () => void leaves.push(decoded(encoding.toLowerCase(), Buffer.concat(content))),
		frame: () => undefined,
	});
	walk.write(message);
	walk.end();
	return leaves;
}

function decoded(encoding: string, content: Buffer): Buffer {
	if (encoding === "base64") return Buffer.from(content.toString("latin1"), "base64");
	if (encoding !== "quoted-printable") return content;
	const text = content
		.toString("latin1")
		.replaceAll(/[ \t]+(?=\r\n|$)/g, "")
		.replaceAll(/=\r?\n/g, "")
		.replaceAll(/=([\dA-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
	return Buffer.from(text, "latin1");
}

const MULTIPART = 'MIME-Version: 1.0\r\nContent-Type: Multipart/Mixed; boundary="b"\r\n\r\n';

describe("a scan as one line of base64", () => {
	const pdf = Buffer.alloc(40_000, "%PDF-1.4 ");
	const message = `${MULTIPART}--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: BASE64\r\n\r\n${pdf.toString("base64")}\r\n--b--\r\n`;

	it("is broken at 76, and nothing else changes", () => {
		const lines = pdf
			.toString("base64")
			.match(/.{1,76}/g)
			?.join("\r\n");
		expect(rewritten(message).toString("latin1")).toBe(message.replace(pdf.toString("base64"), lines ?? ""));
	});

	it("is also when the last boundary is missing", () => {
		const cut = message.replace("\r\n--b--\r\n", "");
		expect(leavesOf(rewritten(cut))).toEqual([pdf]);
		expect(hasLongLine(rewritten(cut))).toBe(false);
	});

	it("is left alone when it is signed", () => {
		const signed = message.replace("Multipart/Mixed", "multipart/signed; protocol=x");
		expect(rewritten(signed).toString("latin1")).toBe(signed);
	});
});

describe("text in long lines", () => {
	it("becomes quoted-printable, with all that belongs to it", () => {
		const text = `${"Größe 5 µm = ok. ".repeat(100)} \r\n.\r\n`;
		const got = rewritten(`Subject: x\r\n\r\n${text}`);
		expect(got.toString("latin1")).toMatch(
			/^Subject: x\r\nMIME-Version: 1\.0\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nGr=F6=DFe/,
		);
		expect(leavesOf(got)).toEqual([Buffer.from(text, "latin1")]);
	});

	it("does not make a boundary of what stood in the middle of a line", () => {
		const got = rewritten(`${MULTIPART}--b\r\n\r\n${"--b--".repeat(400)}\r\n--b--\r\n`);
		expect(leavesOf(got).map(String)).toEqual(["--b--".repeat(400)]);
	});

	it("in UTF-16 becomes base64, and a message of nothing else ends with a line end", () => {
		const text = Buffer.from("x".repeat(1500), "utf16le");
		const header = Buffer.from("Content-Type: text/plain; charset=UTF-16LE\r\n\r\n");
		const got = rewritten(Buffer.concat([header, text]));
		expect(leavesOf(got)).toEqual([text]);
		expect(got.toString("latin1")).toMatch(/base64\r\n\r\n(?:.+\r\n)+$/);
	});
});

it("lines of preamble, epilogue and header are broken as well", () => {
	const long = "word ".repeat(500);
	const message = `X: ${long}\r\n${MULTIPART}${long}\r\n--b\r\nX: ${long}\r\n\r\nshort\r\n--b--\r\n${long}`;
	const got = rewritten(message);
	expect(hasLongLine(got)).toBe(false);
	expect(got.toString("latin1").replaceAll(/\s+/g, "")).toBe(message.replaceAll(/\s+/g, ""));
	expect(leavesOf(got).map(String)).toEqual(["short"]);
});

/** A part, as its header and body stand in the message, and what its leaves say. */
interface Part {
	readonly written: string;
	readonly leaves: readonly Buffer[];
}

const bytes = fc.oneof(
	fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array)),
	fc.nat(5000).map((size) => Buffer.alloc(size, "long line \xe4")),
);
const text = fc
	.array(
		fc.oneof(
			fc.string({ unit: fc.constantFrom("a", "=", " ", "\t", "é", "-", ".", "\r"), maxLength: 30 }),
			fc.nat(3000).map((size) => "lörem ".repeat(size / 6)),
		),
		{
			maxLength: 6,
		},
	)
	.map((lines) => lines.join("\r\n"));

function leaf(type: string, encoding: string, body: string, content: Buffer): Part {
	const field = encoding === "" ? "" : `Content-transfer-encoding: ${encoding}\r\n`;
	return { written: `Content-Type: ${type}\r\n${field}\r\n${body}`, leaves: [content] };
}

const anyLeaf: fc.Arbitrary<Part> = fc.oneof(
	fc.tuple(bytes, fc.constantFrom(40, 76, 990, 1000, 100_000)).map(([content, width]) => {
		const body = content.toString("base64").replaceAll(new RegExp(`.{${width}}`, "g"), "$&\r\n");
		return leaf("application/pdf", "base64", body, content);
	}),
	fc.tuple(text, fc.constantFrom("", "8bit", "7bit")).map(([content, encoding]) => {
		return leaf("Text/plain; charset=utf-8", encoding, content, Buffer.from(content, "latin1"));
	}),
	text.map((content) => {
		const body = content.replaceAll(/[^a-z\r\n]|\r(?!\n)|[\t ](?=\r\n|$)/g, (character) => {
			return `=${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
		});
		return leaf("text/html", "quoted-printable", body, Buffer.from(content, "latin1"));
	}),
	fc.tuple(text, fc.constantFrom("binary", "")).map(([content, encoding]) => {
		return leaf("image/x-raw", encoding, content, Buffer.from(content, "latin1"));
	}),
);

let serial = 0;
const { part } = fc.letrec<{ part: Part }>((tie) => ({
	part: fc.oneof(
		{ depthSize: "small" },
		anyLeaf,
		fc
			.tuple(fc.array(tie("part"), { minLength: 1, maxLength: 3 }), fc.boolean())
			.map(([parts, ends]): Part => {
				serial += 1;
				const boundary = `b${serial}`;
				const body = parts.map(({ written }) => `--${boundary}\r\n${written}\r\n`).join("");
				// Like a boundary, and none.
				const preamble = `--${boundary}x\r\n`;
				return {
					written: `Content-Type: multipart/mixed;\r\n boundary=${boundary}\r\n\r\n${preamble}${body}${ends ? `--${boundary}--` : ""}`,
					// Without an end, the last line end is the last leaf's, unless an outer boundary takes it.
					leaves: parts.flatMap(({ leaves }) => leaves),
				};
			}),
		tie("part").map(({ written, leaves }): Part => {
			return { written: `Content-Type: message/rfc822\r\n\r\nSubject: within\r\n${written}`, leaves };
		}),
	),
}));

/** A missing end leaves the line end before it to the content; that is no difference. */
const withoutLineEnd = (content: Buffer) => content.toString("latin1").replace(/(?:\r\n)+$/, "");

const sizes = fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 5 });

describe("for any message", () => {
	it("no line is too long, and every part says the same", () => {
		fc.assert(
			fc.property(part, sizes, ({ written, leaves }, cuts) => {
				const got = rewritten(`MIME-Version: 1.0\r\n${written}`, cuts);
				expect(hasLongLine(got)).toBe(false);
				expect(leavesOf(got).map(withoutLineEnd)).toEqual(leaves.map(withoutLineEnd));
			}),
			{ numRuns: 300 },
		);
	});

	it("how it is cut into chunks makes no difference", () => {
		fc.assert(
			fc.property(part, sizes, ({ written }, cuts) => {
				expect(rewritten(written, cuts).equals(rewritten(written))).toBe(true);
			}),
		);
	});

	it("without long lines, not a byte changes", () => {
		fc.assert(
			fc.property(part, sizes, ({ written }, cuts) => {
				fc.pre(!hasLongLine(Buffer.from(written, "latin1")));
				expect(rewritten(written, cuts).toString("latin1")).toBe(written);
			}),
		);
	});

	it("junk comes through whole when its lines are short", () => {
		const unit = fc.constantFrom(
			...["\r", "\n", "\r\n", "--", "b", "--b", "--b--", " ", "x: y", "\r\n\r\n", MULTIPART],
		);
		fc.assert(
			fc.property(fc.array(unit, { maxLength: 60 }), sizes, (pieces, cuts) => {
				const message = pieces.join("");
				expect(rewritten(message, cuts).toString("latin1")).toBe(message);
			}),
		);
	});
});

it("the search for a long line finds it wherever it is, however it is cut", () => {
	const line = fc.tuple(
		fc.constantFrom(0, 1, 76, 500, 996, 997, 998, 999, 1000, 1001, 2500),
		fc.constantFrom("\n", "\r\n"),
	);
	fc.assert(
		fc.property(fc.array(line, { maxLength: 8 }), sizes, fc.boolean(), (lines, cuts, isOpen) => {
			const whole = lines.map(([size, end]) => "x".repeat(size) + end).join("");
			const message = Buffer.from(isOpen ? whole.replace(/\r?\n$/, "") : whole);
			const search = new LongLineSearch();
			for (const chunk of chunksOf(message, cuts)) search.add(chunk);
			const isLong = lines.some(([size]) => size > 998);
			expect(search.end()).toBe(isLong);
			expect(hasLongLine(message)).toBe(isLong);
		}),
	);
});
