import { describe, expect, it } from "vitest";
import type { Cost } from "../queue/limits.ts";
import { Secret } from "../secret.ts";
import { GraphClient } from "./graph-client.ts";
import type { HttpAnswer } from "./http.ts";

const ACCOUNT = "alerts@contoso.com";

/** A client whose box believes that it is 1970, and whose Graph gives these answers. */
function openClient(answers: readonly Pick<HttpAnswer, "status" | "headers">[]) {
	const costs: Cost[] = [];
	let asked = 0;
	const client = new GraphClient({
		http: {
			request: () => {
				const answer = answers[asked] ?? { status: 202, headers: {} };
				asked += 1;
				return Promise.resolve({ ok: true, body: Buffer.alloc(0), ...answer });
			},
			close: () => undefined,
		},
		tokens: {
			accessToken: () =>
				Promise.resolve({ ok: true, token: new Secret("t"), expiresAtMs: 1e15, speaksFor: "person" }),
		},
		graphUrl: () => "https://graph.microsoft.com",
		clock: { now: () => 0, monotonicMs: () => 0, sleep: () => Promise.resolve() },
		meter: {
			run: (account, cost, _signal, ask) => {
				expect(account).toBe(ACCOUNT);
				costs.push(cost);
				return ask();
			},
		},
	});
	const send = () =>
		client.request({
			account: ACCOUNT,
			method: "POST",
			path: "/me/sendMail",
			body: () => Buffer.from("mail"),
			bodyLength: 4,
		});
	return { send, costs };
}

describe("a request to Graph", () => {
	it("has each of its tries counted, with the bytes it uploads", async () => {
		const { send, costs } = openClient([{ status: 401, headers: {} }]);
		await send();
		expect(costs).toEqual([
			{ requests: 1, uploadBytes: 4 },
			{ requests: 1, uploadBytes: 4 },
		]);
	});

	it("reads a date in Retry-After by Graph's clock, not by the box's own", async () => {
		const headers = {
			date: "Fri, 20 Nov 2026 08:00:00 GMT",
			"retry-after": "Fri, 20 Nov 2026 08:00:07 GMT",
		};
		expect(await openClient([{ status: 429, headers }]).send()).toMatchObject({ retryAfterMs: 7_000 });
	});
});
