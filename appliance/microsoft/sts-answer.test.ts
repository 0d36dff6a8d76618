import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readDeviceCode } from "./device-code-pacing.ts";
import type { HttpClient } from "./http.ts";
import { faultOf } from "./sign-in-errors.ts";
import { askSts } from "./sts-answer.ts";

function answering(status: number, body: string): HttpClient {
	return {
		request: () => Promise.resolve({ ok: true, status, headers: {}, body: Buffer.from(body) }),
		close: () => undefined,
	};
}

describe("an answer of the sign-in service", () => {
	it("is sorted, and explained, whatever it holds", async () => {
		const body = fc.oneof(
			fc.string(),
			fc.json(),
			fc
				.record({
					error: fc.anything(),
					error_description: fc.anything(),
					error_codes: fc.anything(),
					suberror: fc.anything(),
				})
				.map((value) =>
					JSON.stringify(value, (_key, inner) => (typeof inner === "bigint" ? String(inner) : inner)),
				),
		);
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 100, max: 599 }), body, async (status, text) => {
				const answer = await askSts(answering(status, text), { method: "POST", url: "https://x/" });
				const fault = faultOf(answer);
				expect(fault.ownerText).not.toBe("");
				expect(fault.reason).not.toMatch(/[\r\n]/);
				if (answer.kind === "answer") readDeviceCode(answer.body);
			}),
		);
	});

	it("is an error when it says so, also with HTTP 200", async () => {
		const body = JSON.stringify({ error: "invalid_client", error_codes: [7000218] });
		const answer = await askSts(answering(200, body), { method: "POST", url: "https://x/" });
		expect(answer).toMatchObject({ kind: "error", error: { error: "invalid_client", codes: [7000218] } });
	});
});

describe("a device code", () => {
	const whole = { user_code: "A1", device_code: "d", verification_uri: "https://x/link" };

	it("lacks nothing that a person needs", () => {
		expect(readDeviceCode(whole)).toMatchObject({ userCode: "A1", lifetimeMs: 900_000 });
		expect(readDeviceCode(whole)?.message).toMatch(/https:\/\/x\/link.*A1/);
		for (const name of Object.keys(whole)) {
			expect(readDeviceCode({ ...whole, [name]: undefined })).toBeUndefined();
		}
	});

	it("does not live for ever", () => {
		expect(readDeviceCode({ ...whole, expires_in: 1e12 })?.lifetimeMs).toBe(3_600_000);
	});
});
