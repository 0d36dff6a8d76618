import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { transmit } from "./message-lines.ts";

async function* chunked(text: string, sizes: readonly number[]): AsyncGenerator<Buffer> {
	const bytes = Buffer.from(text, "latin1");
	let at = 0;
	for (let turn = 0; at < bytes.length; turn += 1) {
		const size = sizes[turn % sizes.length] ?? 7;
		yield bytes.subarray(at, at + size);
		at += size;
	}
}

async function sent(text: string, sizes: readonly number[], bodyLines?: number) {
	const transmission = transmit(chunked(text, sizes), bodyLines);
	const chunks: Buffer[] = [];
	for await (const chunk of transmission.chunks) chunks.push(Buffer.from(chunk));
	return { wire: Buffer.concat(chunks).toString("latin1"), octets: transmission.octets() };
}

/** As a client takes it off the wire (RFC 1939 §3): up to the line of a single dot. */
function received(wire: string): string {
	const whole = `${wire}.\r\n`;
	const end = whole.startsWith(".\r\n") ? 0 : whole.indexOf("\r\n.\r\n") + 2;
	expect(end).toBe(whole.length - 3);
	return whole
		.slice(0, end)
		.split("\r\n")
		.map((line) => line.replace(/^\./, ""))
		.join("\r\n");
}

/** A reading of its own: every line end CRLF, the last one too. */
function expected(text: string): string {
	const lines = text.split(/\r?\n/);
	const whole = lines.join("\r\n");
	return text === "" || /\n$/.test(text) ? whole : `${whole.replace(/\r$/, "")}\r\n`;
}

const alphabet = fc.constantFrom("a", ".", "\n", "\r\n", "\r", "é", "\0", "..", "\n.");
const message = fc.array(alphabet, { maxLength: 60 }).map((parts) => parts.join(""));
const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });

describe("a message on its way to the client", () => {
	it("arrives as it lies there, whatever its lines and however it comes in pieces", async () => {
		await fc.assert(
			fc.asyncProperty(message, sizes, async (text, pieces) => {
				const { wire, octets } = await sent(text, pieces);
				const got = received(wire);
				expect(got).toBe(expected(text));
				expect(octets).toBe(got.length);
			}),
			{ numRuns: 1000 },
		);
	});

	it.each([
		[0, "A: 1\r\nB: 2\r\n\r\n"],
		[1, "A: 1\r\nB: 2\r\n\r\none\r\n"],
		[2, "A: 1\r\nB: 2\r\n\r\none\r\n.two\r\n"],
		[9, "A: 1\r\nB: 2\r\n\r\none\r\n.two\r\n\r\nthree\r\n"],
	])("TOP %d gives the header and so many lines", async (lines, top) => {
		const text = "A: 1\nB: 2\r\n\none\r\n.two\n\nthree";
		for (const pieces of [[1], [3], [100]])
			expect(received((await sent(text, pieces, lines)).wire)).toBe(top);
	});
});
