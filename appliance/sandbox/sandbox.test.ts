import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type Sandbox, startSandbox } from "./sandbox.ts";

const ACCOUNT = "scanner@contoso.com";
let sandbox: Sandbox;
let token: string;

beforeAll(async () => {
	sandbox = await startSandbox();
});
afterAll(async () => {
	await sandbox.close();
});
beforeEach(async () => {
	await sandbox.control.reset();
	token = sandbox.control.mintToken(ACCOUNT);
});

async function send(to: string, id = "<1@device>", signal?: AbortSignal): Promise<Response> {
	const mime = `From: ${ACCOUNT}\r\nTo: ${to}\r\nSubject: <b>scan</b>\r\nMessage-ID: ${id}\r\n\r\n<script>hello</script>\r\n`;
	return await fetch(`${sandbox.graphUrl}/v1.0/me/sendMail`, {
		method: "POST",
		headers: { authorization: `Bearer ${token}`, "content-type": "text/plain" },
		body: Buffer.from(mime).toString("base64"),
		...(signal === undefined ? {} : { signal }),
	});
}

// biome-ignore lint/suspicious/noExplicitAny: whatever the server says is compared as it stands
async function anyJson(response: Response): Promise<any> {
	return await response.json();
}

async function control(path: string, body?: unknown) {
	const response = await fetch(`${sandbox.controlUrl}/${path}`, {
		...(body === undefined
			? {}
			: { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
	});
	return { status: response.status, json: await anyJson(response) };
}

describe("the cloud taken away", () => {
	it("refuses, and comes back on the same ports with all it had", async () => {
		await send("a@example.com");
		await control("offline", {});
		await expect(send("a@example.com")).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
		expect((await control("state")).json.doors).toEqual({ http: "refuse", smtp: "refuse", pop: "refuse" });
		await control("online", {});
		expect((await send("b@example.com", "<2@device>")).status).toBe(202);
		expect(sandbox.control.counts().messages).toBe(2);
	});

	it("cuts requests under way", async () => {
		sandbox.control.change({ latencyMs: 60_000 });
		const pending = send("a@example.com");
		const outcome = expect(pending).rejects.toThrow("fetch failed");
		while (sandbox.control.requests({ kind: "graph" }).length === 0) await delay(5);
		await sandbox.control.offline("reset");
		await outcome;
		await expect(send("a@example.com")).rejects.toThrow("fetch failed");
	});

	it("can be silent instead", async () => {
		await sandbox.control.offline("silent", ["http"]);
		await expect(send("a@example.com", "<1@x>", AbortSignal.timeout(100))).rejects.toThrow(/timeout|aborted/);
		await sandbox.control.online();
		expect((await send("a@example.com")).status).toBe(202);
	});
});

describe("failures ordered over HTTP", () => {
	it("answers 429 with Retry-After, 503 and success in form only, then works", async () => {
		await control("faults", {
			where: "graph",
			path: "sendMail",
			action: "answer",
			status: 429,
			retryAfterSeconds: 7,
			times: 2,
		});
		await control("faults", { where: "graph", path: "sendMail", action: "answer", status: 200 });
		const first = await send("a@example.com");
		expect([first.status, first.headers.get("retry-after")]).toEqual([429, "7"]);
		expect(await first.json()).toMatchObject({ error: { code: "ApplicationThrottled" } });
		expect((await send("a@example.com")).status).toBe(429);
		expect((await send("a@example.com")).status).toBe(200);
		expect(sandbox.control.counts().messages).toBe(0);
		expect((await send("a@example.com")).status).toBe(202);
	});

	it("accepts and then loses the answer, or gives another", async () => {
		sandbox.control.fail({ where: "graph", path: "sendMail", action: "accept-then-drop" });
		await expect(send("a@example.com", "<1@x>")).rejects.toThrow("fetch failed");
		sandbox.control.fail({ where: "graph", path: "sendMail", action: "accept-then-answer", status: 504 });
		const late = await send("a@example.com", "<2@x>");
		expect([late.status, (await anyJson(late)).error.code]).toEqual([504, "UnknownError"]);
		sandbox.control.fail({ where: "graph", path: "sendMail", action: "hang" });
		await expect(send("a@example.com", "<3@x>", AbortSignal.timeout(100))).rejects.toThrow();
		const ids = sandbox.control.arrived().map(({ message }) => message.summary.messageId);
		expect(ids).toEqual(["<1@x>", "<2@x>"]);
		const statuses = sandbox.control.requests({ kind: "graph" }).map(({ status }) => status);
		expect(statuses).toEqual([0, 504, 0]);
	});

	it("plays the magic recipients", async () => {
		const codes: unknown[] = [];
		for (const name of [
			"throttle",
			"throttle",
			"throttle",
			"senddenied",
			"invalid",
			"servererror",
			"toolarge",
			"full",
		]) {
			const answer = await send(`${name}@example.com`);
			codes.push(answer.status === 202 ? 202 : [answer.status, (await anyJson(answer)).error.code]);
			if (answer.status === 429) expect(answer.headers.get("retry-after")).toBe("2");
		}
		expect(codes).toEqual([
			[429, "ApplicationThrottled"],
			[429, "ApplicationThrottled"],
			202,
			[403, "ErrorSendAsDenied"],
			[400, "ErrorInvalidRecipients"],
			[503, "ServiceNotAvailable"],
			[413, "BadRequest"],
			[400, "ErrorQuotaExceeded"],
		]);
		await expect(send("lost@example.com", "<lost@x>")).rejects.toThrow("fetch failed");
		expect((await send("lost@example.com", "<lost@x>")).status).toBe(202);
		await expect(send("timeout@example.com", "<t@x>", AbortSignal.timeout(100))).rejects.toThrow();
		expect(sandbox.control.duplicates()).toEqual([
			{ messageId: "<lost@x>", recipient: "lost@example.com", times: 2 },
		]);
		expect(sandbox.control.arrived({ recipient: "timeout@example.com" })).toEqual([]);
	});

	it("throttles the fifth request at once, unless told not to", async () => {
		const busy = "busy@contoso.com";
		token = sandbox.control.mintToken(busy);
		sandbox.control.allowSendAs(busy, "*");
		sandbox.control.change({ latencyMs: 100 });
		const five = async () =>
			(await Promise.all([1, 2, 3, 4, 5].map(async (n) => await send("a@example.com", `<${n}@x>`)))).map(
				({ status }) => status,
			);
		expect((await five()).sort()).toEqual([202, 202, 202, 202, 429]);
		expect(sandbox.control.concurrency().graph).toEqual({ [busy]: 5 });
		sandbox.control.change({ enforceConcurrency: false });
		expect(await five()).toEqual([202, 202, 202, 202, 202]);
	});
});

describe("the control API", () => {
	it("lists what arrived and gives the exact bytes", async () => {
		await send("a@example.com");
		const { json } = await control(
			`messages?recipient=a@example.com&messageId=${encodeURIComponent("<1@device>")}`,
		);
		expect(json).toMatchObject([
			{ number: 1, messageId: "<1@device>", via: "graph", recipients: ["a@example.com"] },
		]);
		const raw = await fetch(`${sandbox.controlUrl}/messages/1/raw`);
		const digest = await crypto.subtle.digest("SHA-256", await raw.arrayBuffer());
		expect(Buffer.from(digest).toString("hex")).toBe(json[0].sha256);
	});

	it("says what is wrong with a request, and takes nothing but JSON", async () => {
		expect((await control("settings", { latency: 5 })).status).toBe(400);
		expect((await control("settings", { latencyMs: -5 })).status).toBe(400);
		expect((await control("nonsense", {})).status).toBe(404);
		const form = await fetch(`${sandbox.controlUrl}/offline`, { method: "POST", body: "{}" });
		expect(form.status).toBe(415);
		expect((await control("settings", { latencyMs: 1 })).json.latencyMs).toBe(1);
	});
});

describe("what is kept", () => {
	it("gives up the oldest bytes for room, and keeps hash, header and counts", async () => {
		sandbox.control.change({ keptBytes: 500, keptMessages: 4 });
		for (let n = 1; n <= 12; n += 1) await send("a@example.com", `<${n}@x>`);
		const arrived = sandbox.control.arrived();
		expect(arrived.length).toBeLessThanOrEqual(8);
		expect(arrived.at(-1)?.message.bytes).toBeDefined();
		const oldest = arrived[0]?.message;
		expect(oldest?.bytes).toBeUndefined();
		expect(oldest?.sha256).toMatch(/^[0-9a-f]{64}$/);
		expect(oldest?.summary.subject).toBe("<b>scan</b>");
		expect(sandbox.control.counts().messages).toBe(12);
		await send("a@example.com", "<1@x>");
		expect(sandbox.control.duplicates()).toEqual([
			{ messageId: "<1@x>", recipient: "a@example.com", times: 2 },
		]);
	});
});

describe("the pages", () => {
	it("show what arrived, escaped, under a strict policy", async () => {
		expect(await (await fetch(sandbox.mailboxPage)).text()).toContain("Nothing has arrived yet");
		await send("a@example.com");
		const home = await fetch(`${sandbox.authorityUrl}/`);
		expect(home.url).toBe(sandbox.mailboxPage);
		expect(home.headers.get("content-security-policy")).toContain("default-src 'none'");
		const list = await home.text();
		expect(list).toContain("&lt;b&gt;scan&lt;/b&gt;");
		expect(list).toContain("<code>throttle@</code>");
		const message = await (await fetch(`${sandbox.mailboxPage}message/1`)).text();
		expect(message).toContain("&lt;script&gt;hello&lt;/script&gt;");
		expect(message).not.toContain("<script");
		expect((await fetch(`${sandbox.mailboxPage}message/99`)).status).toBe(404);
	});

	it("let a person sign a device in, or decline", async () => {
		const begin = async () => {
			const url = `${sandbox.authorityUrl}/common/oauth2/v2.0/devicecode`;
			const scope = "https://graph.microsoft.com/Mail.Send offline_access";
			const body = new URLSearchParams({ client_id: sandbox.clientId, scope });
			return await anyJson(await fetch(url, { method: "POST", body }));
		};
		const poll = async (deviceCode: string) => {
			const form = { client_id: sandbox.clientId, grant_type: "device_code", device_code: deviceCode };
			const url = `${sandbox.authorityUrl}/common/oauth2/v2.0/token`;
			return await (await fetch(url, { method: "POST", body: new URLSearchParams(form) })).json();
		};
		const submit = async (path: string, form: Record<string, string>) =>
			await (
				await fetch(`${sandbox.authorityUrl}${path}`, { method: "POST", body: new URLSearchParams(form) })
			).text();
		const first = await begin();
		expect(await (await fetch(first.verification_uri)).text()).toContain(
			"Type the code that your device shows",
		);
		expect(await submit("/devicelogin", { code: "WRONG" })).toContain("That code did not work");
		const asked = await submit("/devicelogin", { code: ` ${first.user_code.toLowerCase()} ` });
		expect(asked).toContain("https://graph.microsoft.com/Mail.Send");
		const decision = { code: first.user_code, decision: "approve" };
		expect(await submit("/devicelogin/decision", { ...decision, address: "nobody" })).toContain(
			"Type a mail address",
		);
		const done = await submit("/devicelogin/decision", { ...decision, address: ACCOUNT });
		expect(done).toContain(`signed in as ${ACCOUNT}`);
		expect(await poll(first.device_code)).toMatchObject({ token_type: "Bearer" });
		const second = await begin();
		await submit("/devicelogin/decision", { code: second.user_code, decision: "decline" });
		expect(await poll(second.device_code)).toMatchObject({ error: "authorization_declined" });
		sandbox.control.change({ conditionalAccess: "block-in-browser" });
		const third = await begin();
		const blocked = { code: third.user_code, decision: "approve", address: ACCOUNT };
		expect(await submit("/devicelogin/decision", blocked)).toContain("53003");
		expect(await poll(third.device_code)).toMatchObject({ error: "authorization_pending" });
	});
});
