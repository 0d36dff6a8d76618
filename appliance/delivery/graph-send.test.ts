/** What the simulation does not show: requests seen byte by byte, and connections that break within them. */
import { once } from "node:events";
import http from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { attemptOf, message, openRig, type Rig } from "./delivery-rig.ts";

const open: (() => void | Promise<void>)[] = [];
afterEach(async () => {
	for (const close of open.splice(0).reverse()) await close();
});

interface Seen {
	readonly method: string;
	readonly url: string;
	readonly headers: http.IncomingHttpHeaders;
	readonly body: string;
}

type Answer = (request: http.IncomingMessage, response: http.ServerResponse, seen: readonly Seen[]) => void;

async function graph(answer: Answer): Promise<{ rig: Rig; seen: Seen[] }> {
	const seen: Seen[] = [];
	const server = http.createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on("data", (chunk: Buffer) => chunks.push(chunk));
		request.on("error", () => undefined);
		request.on("end", () => {
			const { method = "", url = "", headers } = request;
			seen.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
			answer(request, response, seen);
		});
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const rig = openRig({ graphUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
	open.push(async () => {
		await rig.close();
		server.closeAllConnections();
		server.close();
	});
	return { rig, seen };
}

function json(response: http.ServerResponse, status: number, body: unknown): void {
	response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

/** The To and Bcc fields of a request. */
function namedIn(request: Seen | undefined): string {
	const mime = Buffer.from(request?.body ?? "", "base64").toString();
	return [...mime.matchAll(/^(?:To|Bcc): .*(?:\r\n .*)*/gm)].join("\n");
}

describe("a sendMail request", () => {
	it("is the documented one", async () => {
		const { rig, seen } = await graph((_request, response) =>
			response.writeHead(202, { "request-id": "r-1" }).end(),
		);
		const mail = message();
		const report = await rig.deliver("graph", attemptOf(mail));
		expect(report.outcomes).toMatchObject([
			{ outcome: "delivered", reply: { code: 250, text: "Accepted r-1" } },
		]);
		expect(seen).toHaveLength(1);
		expect(seen[0]).toMatchObject({
			method: "POST",
			url: "/v1.0/me/sendMail",
			headers: { "content-type": "text/plain", authorization: "Bearer graph-token" },
			body: Buffer.from(mail).toString("base64"),
		});
		expect(seen[0]?.headers["content-length"]).toBe(String(seen[0]?.body.length));
		expect(seen[0]?.headers["client-request-id"]).toMatch(/^[\da-f-]{36}$/);
	});

	it("refused with nested codes in another case is understood", async () => {
		const error = {
			code: "generalException",
			message: "m",
			innererror: { innerError: { code: "ERRORSENDASDENIED" } },
		};
		const { rig } = await graph((_request, response) => json(response, 403, { error }));
		const report = await rig.deliver("graph", attemptOf(message()));
		expect(report.outcomes).toMatchObject([{ outcome: "failed", reply: { code: 550, enhanced: "5.7.60" } }]);
	});

	it("answered by something else's HTML page is tried again, not given up", async () => {
		const { rig } = await graph((_request, response) =>
			response.writeHead(404).end("<html>Hotel login</html>"),
		);
		expect((await rig.deliver("graph", attemptOf(message()))).outcomes).toMatchObject([
			{ outcome: "deferred" },
		]);
	});

	it("whose recipients are refused as a whole is split until the bad one is found", async () => {
		const { rig, seen } = await graph((_request, response, requests) => {
			if (!namedIn(requests.at(-1)).includes("bad@")) response.writeHead(202).end();
			else
				json(response, 400, {
					error: { code: "ErrorInvalidRecipients", message: "At least one recipient is not valid." },
				});
		});
		const recipients = ["a@x.example", "b@x.example", "bad@x.example", "d@x.example", "e@x.example"];
		const report = await rig.deliver(
			"graph",
			attemptOf(message({ to: recipients.join(", ") }), { recipients }),
		);
		expect(report.outcomes.map(({ outcome }) => outcome)).toEqual([
			"delivered",
			"delivered",
			"failed",
			"delivered",
			"delivered",
		]);
		const served = seen.map(namedIn).filter((names) => !names.includes("bad@"));
		for (const recipient of recipients.filter((each) => !each.startsWith("bad"))) {
			expect(served.filter((names) => names.includes(recipient))).toHaveLength(1);
		}
	});

	it("names only who is still to be sent to, and never whom no header can name", async () => {
		const { rig, seen } = await graph((_request, response) => response.writeHead(202).end());
		const all = ["a@x.example", "postmaster", "c@x.example"];
		const report = await rig.deliver(
			"graph",
			attemptOf(message({ to: "a@x.example, c@x.example" }), {
				recipients: all.slice(1),
				allRecipients: all,
			}),
		);
		expect(report.outcomes).toMatchObject([
			{ recipient: "postmaster", outcome: "failed", reply: { code: 501 } },
			{ recipient: "c@x.example", outcome: "delivered" },
		]);
		const mime = Buffer.from(seen[0]?.body ?? "", "base64").toString();
		expect(mime).toMatch(
			/^From: .*\r\nTo: c@x\.example\r\nX-Postern-Original-To: a@x\.example, c@x\.example\r\n/,
		);
	});
});

describe("a connection that breaks", () => {
	const large = message({ body: `${"x".repeat(998)}\r\n`.repeat(2500) });

	it("within the request: it was not sent", async () => {
		const broken = Promise.withResolvers<void>();
		const server = http.createServer((request) => {
			request.once("data", () => request.socket.destroy());
			request.socket.once("close", () => broken.resolve());
		});
		server.listen(0, "127.0.0.1");
		await once(server, "listening");
		const rig = openRig({ graphUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
		open.push(async () => {
			await rig.close();
			server.close();
		});
		let readings = 0;
		const attempt = attemptOf(large, {
			async *openBody() {
				readings += 1;
				yield Buffer.from(large.slice(0, 1_000_000));
				if (readings > 1) await broken.promise;
				yield Buffer.from(large.slice(1_000_000));
			},
		});
		const report = await rig.deliver("graph", attempt);
		expect(report.outcomes).toMatchObject([
			{ outcome: "deferred", ownerText: expect.stringMatching(/Nothing was delivered/) },
		]);
		expect(report.trouble).toBeUndefined();
	});

	it("behind the request: nobody knows", async () => {
		const { rig } = await graph((request) => request.socket.destroy());
		expect((await rig.deliver("graph", attemptOf(large))).outcomes).toMatchObject([{ outcome: "unknown" }]);
	});
});

describe("looking whether it was sent", () => {
	const foundItems = { value: [{ id: "AAA=", sentDateTime: new Date().toISOString() }] };

	it("asks for the Message-ID, quoted, in Sent Items and then in Drafts", async () => {
		const { rig, seen } = await graph((_request, response, requests) =>
			requests.length < 3 ? json(response, 200, { value: [] }) : response.writeHead(202).end(),
		);
		const report = await rig.deliver("graph", attemptOf(message({ id: "<it's&me@x>" }), { maybeSent: true }));
		expect(report.outcomes).toMatchObject([{ outcome: "delivered" }]);
		const urls = seen.map(({ url }) => decodeURIComponent(url).replace("/v1.0/me/", ""));
		expect(urls).toEqual([
			"mailFolders/sentitems/messages?$filter=internetMessageId eq '<it''s&me@x>'&$select=id,sentDateTime,toRecipients,ccRecipients,bccRecipients&$top=10",
			"mailFolders/drafts/messages?$filter=internetMessageId eq '<it''s&me@x>'&$select=id,sentDateTime,toRecipients,ccRecipients,bccRecipients&$top=10",
			"sendMail",
		]);
		expect(seen[0]?.url).toContain("it%27%27s%26me");
	});

	it("waits for a copy that lies in Drafts", async () => {
		const { rig, seen } = await graph((request, response) =>
			json(response, 200, request.url?.includes("drafts") === true ? foundItems : { value: [] }),
		);
		const report = await rig.deliver("graph", attemptOf(message(), { maybeSent: true }));
		expect(report.outcomes).toMatchObject([
			{ outcome: "unknown", reason: expect.stringContaining("Drafts") },
		]);
		expect(seen.every(({ method }) => method === "GET")).toBe(true);
	});

	it.each([429, 503, 401])("answered %d leaves it open, and sends nothing", async (status) => {
		const { rig, seen } = await graph((_request, response) => response.writeHead(status).end());
		const report = await rig.deliver("graph", attemptOf(message(), { maybeSent: true }));
		expect(report.outcomes).toMatchObject([{ outcome: "unknown" }]);
		expect(report.trouble).toBeDefined();
		expect(seen.some(({ method }) => method === "POST")).toBe(false);
	});

	it("needs no permission for Graph of an account that sends over SMTP", async () => {
		const { rig, seen } = await graph((_request, response) => response.writeHead(500).end());
		rig.tokens.troubles.graph = { kind: "blocked", reason: "AADSTS65001", ownerText: "" };
		const report = await rig.deliver("smtp", attemptOf(message(), { maybeSent: true }));
		// Nobody listens for SMTP here: it was about to be sent.
		expect(report).toMatchObject({ outcomes: [{ outcome: "deferred" }], trouble: { kind: "unreachable" } });
		expect(seen).toEqual([]);
	});

	it.each(["graph", "outlook"] as const)(
		"leaves the doubt while the sign-in for %s is dead, and nothing goes out blind",
		async (resource) => {
			const { rig, seen } = await graph((_request, response) => json(response, 200, { value: [] }));
			const trouble = { kind: "needs-sign-in", reason: "AADSTS700082", ownerText: "Sign in again." } as const;
			rig.tokens.troubles[resource] = trouble;
			const report = await rig.deliver("smtp", attemptOf(message(), { maybeSent: true }));
			expect(report).toMatchObject({
				outcomes: [{ outcome: "unknown" }],
				trouble: { kind: "needs-sign-in", ownerText: "Sign in again." },
			});
			expect(seen).toEqual([]);
		},
	);
});
