import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { uploadOfBytes, uploadOfStream } from "./base64-upload.ts";

async function* streamed(chunks: readonly Uint8Array[]): AsyncGenerator<Buffer> {
	for (const chunk of chunks) yield Buffer.from(chunk);
}

describe("a base64 upload", () => {
	it("is the base64 of the message however it is cut, of the length it said, at each opening", async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 20 })), async (chunks) => {
				const whole = Buffer.concat(chunks);
				const upload = uploadOfStream(whole.length, () => streamed(chunks));
				for (let times = 0; times < 2; times++) {
					const parts: Buffer[] = [];
					for await (const part of upload.open()) parts.push(Buffer.from(part as Buffer));
					expect(Buffer.concat(parts).toString()).toBe(whole.toString("base64"));
					expect(Buffer.concat(parts)).toHaveLength(upload.lengthBytes);
				}
				expect(uploadOfBytes(whole).open().toString()).toBe(whole.toString("base64"));
			}),
		);
	});

	it("knows whether its last byte was handed over", async () => {
		const upload = uploadOfStream(6, () => streamed([Buffer.from("abc"), Buffer.from("def")]));
		const body = (upload.open() as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
		await body.next();
		expect(upload.isComplete()).toBe(false);
		await body.next();
		await body.next();
		expect(upload.isComplete()).toBe(true);
		upload.open();
		expect(upload.isComplete()).toBe(false);
	});

	it("keeps its last bytes back until it is known that the card gave all, and says what failed", async () => {
		const upload = uploadOfStream(6, async function* () {
			yield Buffer.from("abcdef");
			throw new Error("short");
		});
		let sentBytes = 0;
		const sending = (async () => {
			for await (const part of upload.open()) sentBytes += Buffer.from(part as Buffer).length;
		})();
		await expect(sending).rejects.toThrow("short");
		expect([sentBytes, upload.isComplete(), upload.failure()?.message]).toEqual([4, false, "short"]);
	});
});
