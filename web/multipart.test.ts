/** Uploads as browsers send them, and as nobody should. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { partsOf, textOf } from "./multipart.ts";

const BOUNDARY = "----WebKitFormBoundaryx7Ma";
const TYPE = `multipart/form-data; boundary=${BOUNDARY}`;

async function* inPieces(bytes: Buffer, pieceBytes: number): AsyncGenerator<Buffer> {
	for (let at = 0; at < bytes.length; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

function formOf(file: Buffer, fileName = "a.postern-backup"): Buffer {
	return Buffer.concat([
		Buffer.from(
			`--${BOUNDARY}\r\nContent-Disposition: form-data; name="passphrase"\r\n\r\nfünf Wörter\r\n` +
				`--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${fileName}"\r\n` +
				"Content-Type: application/octet-stream\r\n\r\n",
		),
		file,
		Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
	]);
}

async function read(bytes: Buffer, pieceBytes = 7, type: string | undefined = TYPE) {
	const found: Record<string, string> = {};
	for await (const part of partsOf(inPieces(bytes, pieceBytes), type)) {
		found[part.fileName ?? part.name] = Buffer.from(await textOf(part, 1_000_000)).toString("latin1");
	}
	return found;
}

describe("a form with a file", () => {
	it("is read as it was sent, however the network cuts it", async () => {
		const pieces = fc.integer({ min: 1, max: 400 });
		// Much of what a file may have in common with what ends it.
		const content = fc
			.array(fc.constantFrom("\r\n", "--", "\r\n--", BOUNDARY.slice(0, 9), "\r", "x", "é\0"))
			.map((parts) => Buffer.from(parts.join("")));
		await fc.assert(
			fc.asyncProperty(content, pieces, async (file, pieceBytes) => {
				const bytes = formOf(file);
				const found: Record<string, Buffer> = {};
				for await (const part of partsOf(inPieces(bytes, pieceBytes), TYPE)) {
					const chunks: Uint8Array[] = [];
					for await (const chunk of part.content) chunks.push(chunk);
					found[part.name] = Buffer.concat(chunks);
				}
				expect(found["passphrase"]?.toString()).toBe("fünf Wörter");
				expect(found["file"]?.equals(file)).toBe(true);
			}),
		);
	});

	it("has a name for its file; without a file the name is empty", async () => {
		expect(Object.keys(await read(formOf(Buffer.from("x"))))).toEqual(["passphrase", "a.postern-backup"]);
		expect(await read(formOf(Buffer.alloc(0), ""))).toMatchObject({ "": "" });
	});

	it("may be left before its end, and what is not read of a part is skipped", async () => {
		const names: string[] = [];
		for await (const { name } of partsOf(inPieces(formOf(Buffer.alloc(9_999)), 100), TYPE)) names.push(name);
		expect(names).toEqual(["passphrase", "file"]);
	});

	it.each<[string, Buffer, string | undefined]>([
		["cut in the file", formOf(Buffer.alloc(500)).subarray(0, 400), TYPE],
		["cut before its last line", formOf(Buffer.alloc(500)).subarray(0, -6), TYPE],
		["with another boundary", formOf(Buffer.from("x")), TYPE.slice(0, -1)],
		["without a boundary", formOf(Buffer.from("x")), "multipart/form-data"],
		["that is none", Buffer.from("a=b"), "application/x-www-form-urlencoded"],
		["without a type", Buffer.from("a=b"), undefined],
		["that is empty", Buffer.alloc(0), TYPE],
		[
			"with a head that never ends",
			Buffer.concat([Buffer.from(`--${BOUNDARY}\r\n`), Buffer.alloc(50_000, "a")]),
			TYPE,
		],
		[
			"without names",
			Buffer.from(`--${BOUNDARY}\r\nContent-Type: text/plain\r\n\r\nx\r\n--${BOUNDARY}--`),
			TYPE,
		],
	])("%s is refused", async (_, bytes, type) => {
		await expect(read(bytes, 50, type)).rejects.toMatchObject({ code: "upload-broken" });
	});

	it("with a field longer than any of ours is refused", async () => {
		const parts = partsOf(inPieces(formOf(Buffer.from("x")), 20), TYPE);
		const { value } = await parts.next();
		await expect(textOf(value, 5)).rejects.toMatchObject({ code: "upload-broken" });
	});
});
