import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MEANING_BY_CODE } from "./sign-in-error-table.ts";
import { faultOf } from "./sign-in-errors.ts";
import type { StsAnswer } from "./sts-answer.ts";

function refusal(
	error: string,
	code?: number,
	more: { suberror?: string; status?: number; text?: string } = {},
) {
	const answer: StsAnswer = {
		kind: "error",
		status: more.status ?? 400,
		retryAfter: "",
		error: {
			error,
			description: more.text ?? (code === undefined ? "" : `AADSTS${code}: text`),
			codes: code === undefined ? [] : [code],
			suberror: more.suberror ?? "",
			traceId: "trace",
		},
	};
	return faultOf(answer);
}

describe("what a refusal means", () => {
	it.each([
		[700082, "dead-grant"],
		[50173, "dead-grant"],
		[530036, "dead-grant"],
		[50076, "needs-interaction"],
		[65001, "needs-interaction"],
		[700016, "misconfigured"],
		[7000218, "misconfigured"],
		[53003, "blocked"],
		[90033, "transient"],
	])("AADSTS%i is %s", (code, kind) => {
		expect(refusal("invalid_grant", code).kind).toBe(kind);
	});

	it("is found by the number in the text when the list of numbers is missing", () => {
		expect(refusal("invalid_grant", undefined, { text: "AADSTS50173: The grant …" }).kind).toBe("dead-grant");
	});

	it("goes by the OAuth error where the number says nothing", () => {
		expect(refusal("invalid_grant").kind).toBe("needs-interaction");
		expect(refusal("interaction_required", 424242).kind).toBe("needs-interaction");
		expect(refusal("invalid_client").kind).toBe("misconfigured");
		expect(refusal("invalid_grant", 424242, { suberror: "bad_token" }).kind).toBe("dead-grant");
	});

	it("is never the end of a grant while the service is in trouble", () => {
		expect(refusal("invalid_grant", 700082, { status: 503 }).kind).toBe("transient");
		expect(refusal("invalid_grant", 50173, { status: 429 }).kind).toBe("transient");
	});

	it("never costs the grant for something unknown", () => {
		const known = new Set(MEANING_BY_CODE.keys());
		fc.assert(
			fc.property(fc.string(), fc.nat(), fc.string(), (error, code, text) => {
				fc.pre(!known.has(code) && !/AADSTS\d/.test(text));
				expect(refusal(error, code, { text }).kind).not.toBe("dead-grant");
			}),
		);
	});

	it("has a text and a next step for the owner, without jargon", () => {
		for (const meaning of MEANING_BY_CODE.values()) {
			expect(meaning.ownerText).toMatch(/^[A-Z].*\.$/);
			expect(meaning.hint).toMatch(/^[A-Z].*\.$/);
			expect(meaning.ownerText).not.toMatch(/AADSTS|grant|token|OAuth/);
		}
	});
});

describe("what is no refusal", () => {
	it.each(["unreachable", "timeout", "reset", "tls", "aborted"] as const)("%s is waited out", (reason) => {
		const failure = { ok: false, sent: "nothing", reason, error: new Error("why") } as const;
		expect(faultOf({ kind: "failure", failure })).toMatchObject({ kind: "transient", line: true });
	});

	it("a page of something on the way is waited out and named", () => {
		const answer = { kind: "strange", status: 200, retryAfter: "", text: "<html>Welcome" } as const;
		expect(faultOf(answer)).toMatchObject({ kind: "transient", ownerText: expect.stringMatching(/between/) });
	});
});
