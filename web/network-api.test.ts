/** The API for programs on the network: only with a key, and only what the key may. */
import { describe, expect, it } from "vitest";
import type { KeyScope } from "../appliance/console-services.ts";
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

	it("takes no browser's session for a key", async () => {
		expect((await consoleWith("read").get("/api/v1/status", "owner")).status).toBe(401);
	});

	it("slows guessing", async () => {
		expect((await ask(consoleWith("read"), "/api/v1/status", { key: "pst_guess" })).status).toBe(429);
	});

	it.each<[string, string, KeyScope]>([
		["GET", "/api/v1/queue", "read"],
		["POST", "/api/v1/queue/actions", "mail"],
		["POST", "/api/v1/devices", "devices"],
		["DELETE", "/api/v1/strangers/192.168.1.77", "devices"],
		["DELETE", "/api/v1/mailboxes/plc", "devices"],
		["DELETE", "/api/v1/accounts/alerts@contoso.com", "accounts"],
		["POST", "/api/v1/reload", "settings"],
	])("%s %s needs the scope for it", async (method, path, scope) => {
		const others = (["read", "mail", "devices", "accounts", "settings", "metrics"] as const).filter(
			(one) => one !== scope,
		);
		expect((await ask(consoleWith(...others), path, { method })).status).toBe(403);
		expect((await ask(consoleWith(scope), path, { method })).status).not.toBe(403);
	});

	it.each([
		["POST", "/api/v1/console/password"],
		["GET", "/api/v1/console/password"],
		["POST", "/api/v1/backups"],
		["POST", "/api/v1/backups/received"],
		["POST", "/api/v1/backups/apply"],
		["GET", "/api/v1/../../etc/passwd"],
		["POST", "/api/v1/status"],
		["GET", "/api/v2/status"],
	])("%s %s is nobody's", async (method, path) => {
		const pages = consoleWith("read", "mail", "devices", "accounts", "settings", "metrics");
		expect([403, 404, 303]).toContain((await ask(pages, path, { method })).status);
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
