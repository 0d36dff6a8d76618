/** Lines of history as queue/ writes them, and as anybody might have. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { stepOf } from "./history-steps.ts";

const at = "2026-11-20T11:00:00.000Z";

describe("stepOf", () => {
	it.each([
		["held", "by the owner", { kind: "held" }],
		["removed", "not delivered, and kept for as long as keep_failed says", { kind: "removed" }],
		[
			"coalesced",
			"waits until 2026-11-20T11:05:00.000Z, unless a newer one replaces it",
			{ kind: "waits", count: 0 },
		],
		[
			"coalesced",
			"waits until 2026-11-20T11:05:00.000Z, in place of 12 earlier since 2026-11-20T11:00:00.000Z",
			{ kind: "waits", count: 12 },
		],
		[
			"coalesced",
			"replaced by 3KQ5V8W2JG, which came within the time",
			{ kind: "replaced", by: "3KQ5V8W2JG" },
		],
		["report", "about 3KQ5V8W2JG: failed", { kind: "report", about: "3KQ5V8W2JG", action: "failed" }],
		["something new", "of a later version", { kind: "other" }],
		["coalesced", "in words of a later version", { kind: "other" }],
	])("knows %s (%s)", (event, detail, step) => {
		expect(stepOf({ at, event, detail })).toEqual(step);
	});

	it("keeps what else was found out", () => {
		const detail =
			"a@x.org: delivered (250 2.0.0 OK (queued)); found in Sent Items, so it was sent to one recipient again";
		expect(stepOf({ at, event: "attempt 2 via graph", detail })).toEqual({
			kind: "attempt",
			number: "2",
			via: "graph",
			outcomes: [{ recipient: "a@x.org", outcome: "delivered", reply: "250 2.0.0 OK (queued)" }],
			note: "found in Sent Items, so it was sent to one recipient again",
		});
	});

	it("gives back every outcome of an attempt", () => {
		const outcome = fc.record({
			recipient: fc.emailAddress(),
			outcome: fc.constantFrom("delivered", "deferred", "failed", "unknown"),
			reply: fc.stringMatching(/^[245]50 [245]\.\d\.\d [\w .,()]{0,40}[\w.]$/),
		});
		fc.assert(
			fc.property(fc.array(outcome, { minLength: 1, maxLength: 5 }), (outcomes) => {
				const detail = outcomes.map((one) => `${one.recipient}: ${one.outcome} (${one.reply})`).join("; ");
				expect(stepOf({ at, event: "attempt 1 via smtp", detail })).toMatchObject({ outcomes, note: "" });
			}),
		);
	});

	it("takes any text", () => {
		const event = fc.oneof(
			fc.string(),
			fc.constantFrom("attempt 1 via graph", "coalesced", "report", "held"),
		);
		fc.assert(
			fc.property(event, fc.string({ unit: "grapheme" }), (name, detail) => {
				expect(stepOf({ at, event: name, detail }).kind).toMatch(/^\w+$/);
			}),
		);
	});
});
