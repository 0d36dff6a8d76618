/** The API for programs on the network: only with a key, and only what the key may. */
import { describe, expect, it } from "vitest";
import { KEY_SCOPES, type KeyScope, type Role } from "../appliance/console-services.ts";
import { UserError } from "../appliance/errors.ts";
import { testConsole } from "./testing/fake-console.ts";

const TOTALS = { accepted: 5, delivered: 3, failed: 1, refused: 2, acceptedBytes: 900 };

function consoleWith(...scopes: readonly KeyScope[]) {
	return testConsole({
		services: {
			traffic: { totals: () => TOTALS },
			keys: {
				find: (secret) => {
					if (secret === "pst_guess")
						throw new UserError("sign-in-locked", "There were too many wrong tries.");
					if (secret !== "pst_good") return undefined;
					return {
						...{ id: "k", label: "monitor", scopes, createdBy: "owner", lastUsedAt: null, expiresAt: null },
						createdAt: "2026-11-20T08:00:00.000Z",
					};
				},
			},
		},
	});
}

const ask = (
	pages: ReturnType<typeof testConsole>,
	path: string,
	{ key = "pst_good", ...init }: RequestInit & { key?: string } = {},
) =>
	pages.app.request(path, {
		...init,
		headers: { Host: "postern.local", ...(key === "" ? {} : { Authorization: `Bearer ${key}` }) },
	});

describe("the API on the network", () => {
	it("gives a program with a key what the command line gets", async () => {
		const response = await ask(consoleWith("read"), "/api/v1/status");
		expect(response.status).toBe(200);
		expect(await response.json()).toMatchObject({ name: "postern" });
	});

	it.each(["", "pst_wrong"])("asks for a key (%j)", async (key) => {
		const response = await ask(consoleWith("read"), "/api/v1/status", { key });
		expect(response.status).toBe(401);
		expect(response.headers.get("www-authenticate")).toContain("Bearer");
		expect(await response.json()).toMatchObject({ error: { code: "key-needed" } });
	});

	it("takes a browser's session for what its person may do", async () => {
		const status = async (path: string, role: Role) => (await consoleWith().get(path, role)).status;
		expect(await status("/api/v1/status", "viewer")).toBe(200);
		expect(await status("/api/v1/keys", "operator")).toBe(403);
		expect(await status("/metrics", "viewer")).toBe(403);
	});

	it.each([
		[{}, 403],
		[{ Origin: "http://postern.local:8080" }, 403],
		[{ Origin: "https://elsewhere.example" }, 403],
		[{ Origin: "http://postern.local" }, 200],
	])("lets a session change something only from a page of this box (%j)", async (headers, status) => {
		const response = await consoleWith().app.request("/api/v1/reload", {
			...{ method: "POST" },
			headers: { Host: "postern.local", Cookie: "postern=owner", ...headers },
		});
		expect(response.status).toBe(status);
	});

	it("leaves what a proxy in front was told to the proxy", async () => {
		const response = await consoleWith().get("/api/v1/status", "owner", { Authorization: "Basic YTpi" });
		expect(response.status).toBe(200);
	});

	it("goes by the key where one is shown, whoever is signed in", async () => {
		const response = await consoleWith("read").get("/api/v1/keys", "owner", {
			Authorization: "Bearer pst_good",
		});
		expect(response.status).toBe(403);
	});

	it("slows guessing", async () => {
		expect((await ask(consoleWith("read"), "/api/v1/status", { key: "pst_guess" })).status).toBe(429);
	});

	it.each<[string, string, KeyScope]>([
		["GET", "/api/v1/queue", "read"],
		["POST", "/api/v1/queue/actions", "mail"],
		["POST", "/api/v1/devices", "devices"],
		["DELETE", "/api/v1/strangers/192.168.1.77", "devices"],
		["GET", "/api/v1/mail/q1/eml", "mail"],
		["DELETE", "/api/v1/mailboxes/plc", "accounts"],
		["DELETE", "/api/v1/accounts/alerts@contoso.com", "accounts"],
		["POST", "/api/v1/reload", "settings"],
		["GET", "/api/v1/settings", "settings"],
		["POST", "/api/v1/people", "people"],
		["DELETE", "/api/v1/keys/k", "people"],
		["DELETE", "/api/v1/joined/ada@contoso.com", "people"],
	])("%s %s needs the scope for it", async (method, path, scope) => {
		const others = KEY_SCOPES.filter((one) => one !== scope);
		expect((await ask(consoleWith(...others), path, { method })).status).toBe(403);
		expect((await ask(consoleWith(scope), path, { method })).status).not.toBe(403);
	});

	it.each([
		["POST", "/api/v1/console/password"],
		["GET", "/api/v1/console/password"],
		["POST", "/api/v1/backups"],
		["POST", "/api/v1/backups/received"],
		["POST", "/api/v1/backups/apply"],
		["POST", "/api/v1/moving"],
		["GET", "/api/v1/../../etc/passwd"],
		["POST", "/api/v1/status"],
		["GET", "/api/v2/status"],
	])("%s %s is nobody's", async (method, path) => {
		const pages = consoleWith(...KEY_SCOPES);
		expect([403, 404, 405, 303]).toContain((await ask(pages, path, { method })).status);
	});
});

describe("what programs get wrong", () => {
	const all = () => consoleWith(...KEY_SCOPES);
	const send = (body: string, type = "application/json") =>
		all().app.request("/api/v1/devices", {
			...{ method: "POST", body },
			headers: { Host: "postern.local", Authorization: "Bearer pst_good", "Content-Type": type },
		});

	it.each([
		["too large a request", () => send("x".repeat(300_000)), 413, "too-large"],
		["no JSON", () => send("{name"), 400, "invalid-input"],
		["a form", () => send("name=A", "application/x-www-form-urlencoded"), 415, "wrong-content-type"],
		["an unknown path", () => ask(all(), "/api/v1/nothing"), 404, "no-such-request"],
		["another method", () => ask(all(), "/api/v1/queue", { method: "PUT" }), 405, "method-unfit"],
		["an unknown filter", () => ask(all(), "/api/v1/mail?stat=held"), 400, "invalid-input"],
		["a page that is no number", () => ask(all(), "/api/v1/mail?limit=many"), 400, "invalid-input"],
	])("%s is told in JSON", async (_what, work, status, code) => {
		const response = await work();
		expect(response.status).toBe(status);
		expect(response.headers.get("content-type")).toBe("application/json");
		expect(await response.json()).toMatchObject({ error: { code } });
	});

	it("hears under another name that it is the wrong one, in JSON", async () => {
		const response = await all().app.request("/api/v1/status", { headers: { Host: "evil.example" } });
		expect([response.status, await response.json()]).toMatchObject([
			421,
			{ error: { code: "host-foreign" } },
		]);
	});

	it("may ask what there is, and for the head of an answer alone", async () => {
		const options = await ask(all(), "/api/v1/queue/q1", { method: "OPTIONS" });
		expect([options.status, options.headers.get("allow")]).toEqual([204, "OPTIONS, GET, HEAD"]);
		expect([...options.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
		const head = await ask(all(), "/api/v1/status", { method: "HEAD" });
		expect([head.status, await head.text()]).toEqual([200, ""]);
		expect((await ask(all(), "/api/v1/status", { method: "OPTIONS", key: "" })).status).toBe(401);
	});

	it("is not kept waiting for the head of an answer that never ends", async () => {
		const head = await ask(all(), "/api/v1/changes", { method: "HEAD" });
		expect([head.status, await head.text()]).toEqual([200, ""]);
	});

	it("gives no key more than it has", async () => {
		const response = await consoleWith("people", "read").app.request("/api/v1/keys", {
			method: "POST",
			body: JSON.stringify({ label: "x", scopes: ["read", "settings"] }),
			headers: {
				...{ Host: "postern.local", Authorization: "Bearer pst_good" },
				"Content-Type": "application/json",
			},
		});
		expect([response.status, await response.json()]).toMatchObject([403, { error: { code: "key-forbids" } }]);
	});
});

describe("/metrics", () => {
	it("is for a key that may read it, in Prometheus' form", async () => {
		const response = await ask(consoleWith("metrics"), "/metrics");
		expect(response.headers.get("content-type")).toContain("version=0.0.4");
		const text = await response.text();
		expect(text).toContain('postern_messages_total{outcome="accepted"} 5\n');
		expect(text).toContain('postern_queue_messages{state="deferred"} 2\n');
		for (const line of text.trimEnd().split("\n")) {
			expect(line).toMatch(
				/^(?:# (?:HELP|TYPE) \w+ .+|\w+(?:\{\w+="[^"\n]*"(?:,\w+="[^"\n]*")*\})? [\d.]+)$/,
			);
		}
	});

	it("is closed to all others", async () => {
		expect((await ask(consoleWith("read"), "/metrics")).status).toBe(403);
		expect((await ask(consoleWith("metrics"), "/metrics", { key: "" })).status).toBe(401);
	});
});
