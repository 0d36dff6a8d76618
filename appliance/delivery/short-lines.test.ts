/** What both transports are given in place of a message with lines that are too long. */
import { describe, expect, it } from "vitest";
import { hasLongLine } from "../mail/line-length.ts";
import type { Attempt, Transport } from "../queue/transport.ts";
import { attemptOf, message } from "./delivery-rig.ts";
import { ShortLinesTransport } from "./short-lines.ts";

/** What the transport within is handed, with the bytes it reads. */
async function handed(attempt: Attempt): Promise<{ attempt: Attempt; bytes: Buffer }> {
	let given: Attempt | undefined;
	const within: Transport = {
		concurrency: 2,
		deliver: async (to) => {
			given = to;
			return { outcomes: [], via: "test" };
		},
		close: async () => undefined,
	};
	await new ShortLinesTransport(within).deliver(attempt, new AbortController().signal);
	if (given === undefined) throw new Error("nothing was handed on");
	return { attempt: given, bytes: Buffer.concat(await Array.fromAsync(given.openBody())) };
}

describe("a message", () => {
	for (const lines of [100, 20_000]) {
		it(`of ${lines} short lines is handed on byte for byte`, async () => {
			const sent = Buffer.from(message({ body: `${"x".repeat(76)}\r\n`.repeat(lines) }));
			const got = await handed(attemptOf(sent));
			expect(got.bytes.equals(sent)).toBe(true);
			expect(got.attempt.sizeBytes).toBe(sent.length);
		});

		it(`of ${lines} lines and a long one is handed on with its new size, which is right`, async () => {
			const body = `${"x".repeat(76)}\r\n`.repeat(lines) + "long ".repeat(1000);
			const got = await handed(attemptOf(message({ body })));
			expect(hasLongLine(got.bytes)).toBe(false);
			expect(got.attempt.sizeBytes).toBe(got.bytes.length);
		});
	}

	it("of small size is read from the spool once", async () => {
		let readings = 0;
		const attempt = attemptOf(message());
		const openBody = () => {
			readings += 1;
			return attempt.openBody();
		};
		await handed({ ...attempt, openBody });
		expect(readings).toBe(1);
	});

	it("that the spool holds only in part is handed on as it is, for the transport to report", async () => {
		const attempt = { ...attemptOf(message()), sizeBytes: 100_000 };
		expect((await handed(attempt)).attempt).toBe(attempt);
	});
});
