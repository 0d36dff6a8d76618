/** The control API as a program meets it: input is checked, refusals are readable, faults are logged. */
import { describe, expect, it } from "vitest";
import { Log, silentLog } from "../appliance/log.ts";
import { createControlApi } from "./api.ts";
import { type FakeState, fakeServices } from "./testing/fake-services.ts";
import { accountStatus, CERTIFICATE, queueRow, sessionLog, stranger } from "./testing/samples.ts";

function api(change: Partial<FakeState> = {}, log: Log = silentLog()) {
	const { services, state } = fakeServices(change);
	const app = createControlApi(services, log);
	const post = (path: string, input: unknown) =>
		app.request(path, {
			method: "POST",
			body: typeof input === "string" ? input : JSON.stringify(input),
			headers: { "Content-Type": "application/json" },
		});
	return { app, post, state };
}

async function refusalOf(response: Response): Promise<{ status: number; code: string; message: string }> {
	const { error } = (await response.json()) as { error: { code: string; message: string } };
	return { status: response.status, code: error.code, message: error.message };
}

describe("the control API", () => {
	it("checks and bounds input", async () => {
		const { post, state } = api({ queue: [queueRow()] });
		for (const input of [
			"not json",
			[],
			{ action: "explode", ids: "all" },
			{ action: "delete", ids: [] },
			{ action: "delete", ids: [3] },
			{ action: "delete", ids: "everything" },
			{ action: "delete", ids: "all", more: 1 },
		]) {
			expect(await refusalOf(await post("/api/v1/queue/actions", input))).toMatchObject({
				status: 400,
				code: "invalid-input",
			});
		}
		const large = await post("/api/v1/queue/actions", "x".repeat(300_000));
		expect(await refusalOf(large)).toMatchObject({ status: 413, code: "too-large" });
		expect(state.calls).toEqual([]);
		for (const name of ["", "..", "a\nb", "x".repeat(101)]) {
			expect((await post("/api/v1/devices", { name })).status).toBe(400);
		}
	});

	it("says what is unknown, there already, or no request at all", async () => {
		const { app, post } = api();
		expect(await refusalOf(await app.request("/api/v1/queue/zzz"))).toMatchObject({
			status: 404,
			code: "queue-unknown-id",
		});
		await post("/api/v1/devices", { name: "A", username: "a" });
		expect(await refusalOf(await post("/api/v1/devices", { name: "A", username: "a" }))).toMatchObject({
			status: 409,
			code: "device-exists",
		});
		expect(await refusalOf(await app.request("/api/v1/nothing"))).toMatchObject({
			status: 404,
			code: "no-such-request",
		});
	});

	it("keeps a fault of ours to the log", async () => {
		const lines: string[] = [];
		const log = new Log({ level: "info", journal: false, write: (line) => lines.push(line) });
		const { app } = api({ status: new Error("inside") }, log);
		const refusal = await refusalOf(await app.request("/api/v1/status"));
		expect(refusal).toMatchObject({ status: 500, code: "internal-fault" });
		expect(refusal.message).not.toContain("inside");
		expect(lines.join("")).toMatch(/control-fault method=GET path=\/api\/v1\/status error="Error: inside/);
	});

	it("streams news as lines, and refuses as usual what fails before the first", async () => {
		const { app, post } = api({ accounts: [accountStatus()] });
		const response = await post("/api/v1/accounts", { address: "alerts@contoso.com" });
		expect(response.headers.get("content-type")).toBe("application/x-ndjson");
		const lines = (await response.text()).trimEnd().split("\n");
		expect(lines.map((line) => (JSON.parse(line) as { type: string }).type)).toEqual(["prompt", "signed-in"]);
		expect((await post("/api/v1/accounts", { address: "no address" })).status).toBe(400);
		const removed = await app.request("/api/v1/accounts/alerts%40contoso.com", { method: "DELETE" });
		expect(await removed.json()).toEqual({ removed: "alerts@contoso.com" });
	});

	it("hands over what was pasted, gives the certificate, and bounds both", async () => {
		const { post, state } = api({ accounts: [accountStatus()] });
		const paste = (pasted: unknown) => post("/api/v1/accounts/a%40b.c/paste", { pasted });
		expect((await paste("?code=1")).status).toBe(200);
		const refused = await paste("nothing");
		expect(refused.status).toBeGreaterThanOrEqual(400);
		expect(await refused.json()).toMatchObject({ error: { code: "paste-unusable" } });
		expect((await paste("x".repeat(40_000))).status).toBe(400);
		expect((await paste(7)).status).toBe(400);
		expect(await (await post("/api/v1/accounts/a%40b.c/certificate", { renew: true })).json()).toEqual(
			CERTIFICATE,
		);
		expect(await (await post("/api/v1/accounts/returned", { query: "state=good" })).json()).toEqual({
			account: "alerts@contoso.com",
		});
		expect(state.calls).toEqual([
			"paste a@b.c ?code=1",
			"paste a@b.c nothing",
			"certificate a@b.c true",
			"returned state=good",
		]);
	});

	it("shows a device's sessions and strangers, allows and refuses them, and streams a test", async () => {
		const { app, post, state } = api({
			sessions: [sessionLog()],
			strangers: [stranger(), stranger({ address: "fe80::1" })],
		});
		const log = await app.request("/api/v1/devices/Copier/log");
		expect(await log.json()).toEqual([sessionLog()]);
		expect(await (await app.request("/api/v1/strangers")).json()).toHaveLength(2);
		const allowed = await post("/api/v1/strangers/192.168.1.77/allow", {
			name: "A",
			switches: { cram_md5: true },
		});
		expect([allowed.status, await allowed.json()]).toEqual([201, expect.objectContaining({ released: 0 })]);
		expect(state.calls).toContain(
			'add {"name":"A","switches":{"cram_md5":true},"addresses":["192.168.1.77"]}',
		);
		const refused = await app.request("/api/v1/strangers/fe80%3A%3A1", { method: "DELETE" });
		expect(await refused.json()).toEqual({ deleted: 0 });
		expect(await refusalOf(await post("/api/v1/strangers/10.0.0.1/allow", { name: "B" }))).toMatchObject({
			status: 404,
			code: "stranger-unknown",
		});
		const steps = await post("/api/v1/devices/A/test", { to: "you@contoso.com" });
		expect(await steps.text()).toBe('{"ok":true,"text":"Sent."}\n');
		for (const input of [{}, { to: "nobody" }, { to: "a@b\r\nBcc: c@d" }, { to: "a@b", from: "<>" }]) {
			expect((await post("/api/v1/devices/A/test", input)).status).toBe(400);
		}
		expect((await post("/api/v1/devices", { name: "C", switches: { open_relay: true } })).status).toBe(400);
	});

	it("ends a stream that fails midway with the refusal as its last line", async () => {
		const { services } = fakeServices();
		const lines: string[] = [];
		const log = new Log({ level: "info", journal: false, write: (line) => lines.push(line) });
		const app = createControlApi(
			{
				...services,
				accounts: {
					...services.accounts,
					async *test() {
						yield { ok: true, text: "begun" };
						throw new Error("inside");
					},
				},
			},
			log,
		);
		const text = await (await app.request("/api/v1/accounts/a%40b.c/test", { method: "POST" })).text();
		const [first, last] = text.trimEnd().split("\n");
		expect(first).toBe('{"ok":true,"text":"begun"}');
		expect(JSON.parse(last ?? "")).toMatchObject({ error: { code: "internal-fault" } });
		expect(lines.join("")).toContain("inside");
	});
});
