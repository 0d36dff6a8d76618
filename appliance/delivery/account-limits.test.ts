import { describe, expect, it } from "vitest";
import { PUBLISHED_LIMITS } from "../accounts/model.ts";
import { parseReply } from "../mail/reply.ts";
import { limitsOf } from "./account-limits.ts";
import { classifyGraph, classifySmtp } from "./classify.ts";
import { accountOf } from "./delivery-rig.ts";

describe("the limits of an account", () => {
	it("are Microsoft's, and for both ways out, because large messages of Graph accounts go over SMTP", () => {
		const { windows, app } = limitsOf(accountOf("graph"));
		expect(windows.map(({ unit, most, perMs }) => [unit, most, perMs / 60_000])).toEqual([
			["messages", 30, 1],
			["requests", 10_000, 10],
			["uploadBytes", 150_000_000, 5],
			["recipients", 10_000, 1_440],
		]);
		expect(app).toEqual({ key: "client", concurrency: 4 });
		expect(windows[3]?.ownerText).toBe("Microsoft's limit of 10,000 recipients a day");
		expect(limitsOf(accountOf("smtp")).app).toBeUndefined();
	});

	it("are called the account's own where the owner set others", () => {
		const account = { ...accountOf("smtp"), limits: { ...PUBLISHED_LIMITS, messagesPerMinute: 5 } };
		expect(limitsOf(account).windows[0]?.ownerText).toBe(
			"the account's limit of 5 messages a minute over SMTP",
		);
	});
});

describe("an answer that names how much runs at once", () => {
	it.each([
		"432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded [Hostname=AM0PR01]",
		"432 4.3.2 Concurrent connections limit exceeded. Visit https://aka.ms/concurrent_sending for more information.",
	])("%s", (said) => {
		const { outcome, trouble } = classifySmtp(parseReply(said), "message");
		expect([outcome, trouble?.kind, trouble?.tooManyAtOnce]).toEqual(["deferred", "throttled", true]);
	});

	it("is told from one that speaks of the rate", () => {
		const said = parseReply("432 4.3.2 STOREDRV.ClientSubmit; message rate limit exceeded");
		expect(classifySmtp(said, "message").trouble).toMatchObject({ kind: "throttled" });
		expect(classifySmtp(said, "message").trouble?.tooManyAtOnce).toBeUndefined();
		const answer = {
			kind: "answer",
			status: 429,
			codes: ["applicationthrottled"],
			requestId: "",
			retryAfterMs: 3_000,
			body: undefined,
			bytes: Buffer.alloc(0),
		} as const;
		const crowded = "Application is over its MailboxConcurrency limit.";
		expect(classifyGraph({ ...answer, message: crowded }).trouble).toMatchObject({
			kind: "throttled",
			retryAfterMs: 3_000,
			tooManyAtOnce: true,
		});
		expect(
			classifyGraph({ ...answer, message: "Too many requests." }).trouble?.tooManyAtOnce,
		).toBeUndefined();
	});
});
