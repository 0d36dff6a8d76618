import fc from "fast-check";
import { expect, it } from "vitest";
import { suppressedOf, waitingEvent, withCount } from "./coalesced.ts";

it("reads from a message's history how many it stands for", () => {
	const suppressed = { count: 12, sinceMs: 1_770_000_000_000 };
	expect(suppressedOf([waitingEvent(1, 2, suppressed)])).toEqual(suppressed);
	expect(suppressedOf([waitingEvent(1, 2, { count: 0, sinceMs: 1 })])).toBeUndefined();
	expect(suppressedOf([])).toBeUndefined();
});

it("puts the number into the header, in whatever pieces the message is read", async () => {
	const message = Buffer.from(`From: a@b.c\r\nSubject: Door\r\nX: y\r\n\r\n${"body\r\n".repeat(20)}`);
	const suppressed = { count: 3, sinceMs: 0 };
	const cuts = fc.array(fc.nat(message.length), { maxLength: 20 });
	await fc.assert(
		fc.asyncProperty(cuts, async (places) => {
			const sorted = [0, ...places.sort((a, b) => a - b), message.length];
			const openBody = async function* () {
				for (const [index, end] of sorted.entries()) yield message.subarray(sorted[index - 1] ?? 0, end);
			};
			const body = await withCount({ sizeBytes: message.length, openBody }, suppressed);
			for (let again = 0; again < 2; again += 1) {
				const chunks: Buffer[] = [];
				for await (const chunk of body.openBody()) chunks.push(chunk);
				const whole = Buffer.concat(chunks);
				expect(whole.length).toBe(body.sizeBytes);
				const field = "X-Postern-Suppressed: 3 since 1970-01-01T00:00:00.000Z\r\n";
				expect(whole.toString()).toBe(
					message.toString().replace("Subject: Door", `${field}Subject: [+3] Door`),
				);
			}
		}),
	);
});
