/**
 * The API as programs use it: the real program, a key made in the console, curl. Each answer is held against the document
 * that the program itself gives, and at the end every request of the document has been made.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ApiDescription, expectDescribed } from "../../web/testing/api-description.ts";
import { KEY_SCOPES } from "../console-services.ts";
import { isInstalled, run } from "./clients.ts";
import { submit } from "./console-tour.ts";
import { ConsoleVisitor } from "./console-visitor.ts";
import { ACCOUNT, eventually, House } from "./house.ts";

const OWNER_PASSWORD = "four words in a row";
const SECOND = "second@contoso.example";
const hasCurl = isInstalled("curl");
if (!hasCurl) console.log("skipped, the API: curl is not installed");

let house: House;
let owner: ConsoleVisitor;
let key: string;
let readKey: string;
let description: ApiDescription;
const asked = new Set<string>();

beforeAll(async () => {
	if (!hasCurl) return;
	house = await House.build({ pop3: true });
	owner = new ConsoleVisitor(house);
	await owner.claim(OWNER_PASSWORD);
	key = await owner.makeKey("everything", KEY_SCOPES);
	readKey = await owner.makeKey("looks", ["read"]);
	description = (await (await curl("/api/v1/openapi.json", [])).json()) as ApiDescription;
}, 60_000);
afterAll(() => house?.close());

/** What curl got, as it came over the wire. */
async function curl(path: string, args: readonly string[], input = ""): Promise<Response> {
	const url = `http://127.0.0.1:${house.port("console")}${path}`;
	const { output } = await run("curl", ["-sS", "-i", "-N", ...args, url], input);
	const end = output.indexOf("\r\n\r\n");
	const [first = "", ...lines] = output.slice(0, end).split("\r\n");
	const status = Number(first.split(" ")[1]);
	const headers = lines.map((line) => line.split(/: */, 2) as [string, string]);
	const body = output.slice(end + 4);
	return new Response(status === 204 ? null : body, { status, headers });
}

interface Sent {
	readonly body?: unknown;
	readonly key?: string;
	readonly args?: readonly string[];
}

/** Asks, and holds the answer against the document. */
async function ask(method: string, path: string, { body, key: shown = key, args = [] }: Sent = {}) {
	const response = await curl(
		`/api/v1${path}`,
		[
			...["-X", method, "-H", `Authorization: Bearer ${shown}`],
			...(body === undefined ? [] : ["-H", "Content-Type: application/json", "--data-binary", "@-"]),
			...args,
		],
		body === undefined ? "" : JSON.stringify(body),
	);
	const { operationId } = await expectDescribed(description, {
		...{ method, path: path.split("?")[0] ?? path },
		response: response.clone(),
	});
	asked.add(operationId);
	return response;
}

async function told<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
	const response = await ask(method, path, body === undefined ? {} : { body });
	const text = await response.text();
	expect(response.ok, `${method} ${path}: ${text}`).toBe(true);
	return JSON.parse(text) as Answer;
}

/** Of an answer that comes line by line. */
async function toldLines<Line>(path: string, body?: unknown): Promise<readonly Line[]> {
	const text = await (await ask("POST", path, body === undefined ? {} : { body })).text();
	return text
		.trimEnd()
		.split("\n")
		.map((line) => JSON.parse(line) as Line);
}

async function refused(method: string, path: string, sent: Sent = {}) {
	const response = await ask(method, path, sent);
	const { error } = (await response.json()) as { readonly error: { readonly code: string } };
	return [response.status, error.code];
}

type Rows = {
	readonly rows: readonly { id: string; state: string; subject: string }[];
	older: string | null;
};
const search = (query: string) => told<Rows>("GET", `/mail?${query}`);
const historyOf = async (id: string) =>
	(await told<{ readonly history: readonly unknown[] }>("GET", `/mail/${id}`)).history;
const hasArrived = (text: string) =>
	house.cloud.control.arrived().some((message) => JSON.stringify(message).includes(text));
const send = (to: string, subject = "A scan") => submit(house.port("relay"), to, subject);

describe.skipIf(!hasCurl)("the API", { timeout: 60_000 }, () => {
	it("is for who has a key, within its scopes", async () => {
		expect(await refused("GET", "/status", { key: "" })).toEqual([401, "key-needed"]);
		expect(await refused("GET", "/status", { key: "pst_wrong" })).toEqual([401, "key-needed"]);
		expect(await refused("POST", "/pause", { key: readKey })).toEqual([403, "key-forbids"]);
		expect(await refused("GET", "/people", { key: readKey })).toEqual([403, "key-forbids"]);
		expect((await ask("GET", "/status", { key: readKey })).status).toBe(200);
		expect((await curl("/metrics", ["-H", `Authorization: Bearer ${readKey}`])).status).toBe(403);
		const metrics = await curl("/metrics", ["-H", `Authorization: Bearer ${key}`]);
		expect(await metrics.text()).toMatch(/^postern_queue_messages\{state="deferred"\} \d+$/m);
	});

	it("tells what a program got wrong, in JSON", async () => {
		const bearer = ["-H", `Authorization: Bearer ${key}`];
		const post = (path: string, body: string, type = "application/json") =>
			curl(path, [...bearer, "-H", `Content-Type: ${type}`, "--data-binary", "@-"], body);
		const devices = "/api/v1/devices";
		for (const [response, status, code] of [
			[await post(devices, '{"name":'), 400, "invalid-input"],
			[await post(devices, '{"name":"A","relay":true}'), 400, "invalid-input"],
			[await post(devices, "x".repeat(300_000)), 413, "too-large"],
			[await post(devices, "name=A", "application/x-www-form-urlencoded"), 415, "wrong-content-type"],
			[await curl("/api/v1/nothing", bearer), 404, "no-such-request"],
			[await curl("/api/v2/status", bearer), 404, "no-such-request"],
			[await curl("/api/v1/queue", ["-X", "PUT", ...bearer]), 405, "method-unfit"],
		] as const) {
			expect(response.headers.get("content-type")).toBe("application/json");
			expect([response.status, await response.json()]).toMatchObject([status, { error: { code } }]);
		}
		const options = await curl("/api/v1/pause", ["-X", "OPTIONS", ...bearer]);
		expect([options.status, options.headers.get("allow")]).toEqual([204, "OPTIONS, GET, HEAD, POST"]);
		const head = await curl("/api/v1/status", ["-I", ...bearer]);
		expect([head.status, await head.text()]).toEqual([200, ""]);
	});

	it("holds mail while it is paused, and sends it afterwards", async () => {
		await told("POST", "/pause");
		await send("paused@example.com");
		const [row] = (await search("text=paused@example.com")).rows;
		expect(row?.state).toBe("incoming");
		expect((await told<{ pausedSince: string }>("GET", "/pause")).pausedSince).toMatch(/^20/);
		expect(hasArrived("paused@example.com")).toBe(false);
		expect(await told("POST", "/resume")).toEqual({ pausedSince: null });
		await eventually("it goes out", () => hasArrived("paused@example.com"));
	});

	it("finds messages page by page, reads one, and acts on them", async () => {
		await told("POST", "/pause");
		for (const name of ["one", "two", "three"]) await send(`${name}@pages.example`);
		const first = await search("text=pages.example&limit=2");
		const second = await search(`text=pages.example&limit=2&before=${first.older}`);
		const ids = [...first.rows, ...second.rows].map(({ id }) => id);
		expect([first.rows.length, second.rows.length, new Set(ids).size]).toEqual([2, 1, 3]);
		const [id = "", other = ""] = ids;
		expect(await (await ask("GET", `/mail/${id}/eml`)).text()).toContain("To: three@pages.example");
		expect((await ask("GET", `/mail/${id}/eml`, { key: readKey })).status).toBe(403);
		expect(await told("POST", "/mail/actions", { action: "hold", ids: [id, "nothing"] })).toEqual({
			...{ changed: 1, skipped: 1 },
		});
		expect((await search("state=held&state=failed")).rows.map((one) => one.id)).toEqual([id]);
		await told("POST", "/mail/actions/all", { action: "hold", filter: { text: "pages.example" } });
		expect((await search("state=held")).rows).toHaveLength(3);
		expect(await told("POST", "/queue/actions", { action: "release", ids: [other] })).toEqual({ changed: 1 });
		expect(
			await told("POST", "/mail/actions/all", { action: "delete", filter: { states: ["held"] } }),
		).toEqual({ changed: 2 });
		expect(await told("GET", `/mail/${id}`)).toMatchObject({ state: "deleted", isKept: false });
		expect(await told("GET", `/queue/${id}`)).toMatchObject({ state: "deleted" });
		expect(await refused("GET", `/mail/${id}/eml`)).toEqual([410, "mail-gone"]);
		expect(await refused("GET", "/mail?before=rubbish")).toEqual([400, "mail-filter"]);
		await told("POST", "/resume");
		await eventually("the released one goes out", () => hasArrived("two@pages.example"));
	});

	it("tries again what has failed", async () => {
		await send("senddenied@example.com");
		const failed = async () => (await search("state=failed")).rows;
		await eventually("it fails", async () => (await failed()).length === 1);
		const [{ id } = { id: "" }] = await failed();
		const before = await historyOf(id);
		expect(await told("POST", "/mail/actions", { action: "retry", ids: [id] })).toMatchObject({ changed: 1 });
		await eventually("it is tried again", async () => (await historyOf(id)).length > before.length);
	});

	it("adds a device, and what it answers is enough to send with", async () => {
		const { username, password, ports } = await told<{
			readonly username: string;
			readonly password: string;
			readonly ports: readonly { readonly role: string; readonly port: number }[];
		}>("POST", "/devices", { name: "UPS, cellar", username: "ups", kind: "apc" });
		const sendAs = (secret: string, to: string) =>
			run(
				"curl",
				[
					...["-sS", "-k", "--ssl-reqd", "--user", `${username}:${secret}`, "--mail-from", ACCOUNT],
					...["--mail-rcpt", to, "--upload-file", "-"],
					`smtp://127.0.0.1:${ports.find(({ role }) => role === "submission")?.port}`,
				],
				`From: ${ACCOUNT}\r\nTo: ${to}\r\nSubject: On battery\r\n\r\nHello\r\n`,
			);
		expect((await sendAs(password, "cellar@example.com")).exitCode).toBe(0);
		await eventually("it arrives", () => hasArrived("cellar@example.com"));
		const device = `/devices/${encodeURIComponent("UPS, cellar")}`;
		expect(await told("GET", device)).toMatchObject({ username, password: null });
		const rules = await told<object>("GET", `${device}/rules`);
		expect(await told("PATCH", device, { ...rules, rate: "5/h", urgent: true })).toEqual({
			...rules,
			...{ rate: "5/h", urgent: true },
		});
		const next = await told<{ readonly password: string }>("POST", `${device}/password`);
		expect((await sendAs(password, "old@example.com")).exitCode).not.toBe(0);
		expect(
			await toldLines(`${device}/test`, { to: "test@example.com", from: ACCOUNT, password: next.password }),
		).not.toContainEqual(expect.objectContaining({ ok: false }));
		const log = JSON.stringify(await told("GET", `${device}/log`));
		for (const secret of [password, next.password]) expect(log).not.toContain(secret);
		await told("POST", `${device}/name`, { name: "UPS" });
		expect(await refused("GET", device)).toEqual([404, "device-unknown"]);
		expect(await refused("DELETE", "/devices/Scanner")).toEqual([409, "device-locked"]);
		expect(await told("DELETE", "/devices/UPS")).toEqual({ removed: "UPS" });
	});

	it("shows strangers, refuses one and makes a device of another", async () => {
		for (const address of ["127.0.0.2", "127.0.0.3"]) {
			const { exitCode } = await run("curl", [
				...["-sS", "--interface", address, "--mail-from", ACCOUNT, "--mail-rcpt", "a@example.com"],
				...["--upload-file", "-", `smtp://127.0.0.1:${house.port("relay")}`],
			]);
			expect(exitCode).not.toBe(0);
		}
		const strangers = await told<readonly { readonly address: string }[]>("GET", "/strangers");
		expect(strangers.map(({ address }) => address).sort()).toEqual(["127.0.0.2", "127.0.0.3"]);
		expect(await told("DELETE", "/strangers/127.0.0.2")).toEqual({ deleted: 0 });
		expect(await told("POST", "/strangers/127.0.0.3/allow", { name: "Camera" })).toMatchObject({
			...{ released: 0, device: { addresses: ["127.0.0.3"] } },
		});
	});

	it("changes settings, which are in force at once, and takes them back", async () => {
		await send("before@example.com", "Unkept");
		await told("PATCH", "/settings", { "queue.keep_subjects": true });
		await send("after@example.com", "Kept");
		// One that is just leaving the queue is not in the list for a moment.
		await eventually("its subject is kept, and that of the one before is not", async () => {
			const { rows } = await search("text=@example.com&limit=2");
			return rows.map(({ subject }) => subject).join() === "Kept,";
		});
		type Settings = readonly { readonly key: string; readonly value: unknown; readonly origin: string }[];
		const keepSubjects = async () =>
			(await told<Settings>("GET", "/settings")).find((one) => one.key === "queue.keep_subjects");
		expect(await keepSubjects()).toMatchObject({ value: true, origin: "console", isLocked: false });
		await told("DELETE", "/settings/queue.keep_subjects");
		expect(await keepSubjects()).toMatchObject({ value: false, origin: "default" });
		expect(await refused("PATCH", "/settings", { body: { "queue.keep_subject": true } })).toEqual([
			...[404, "setting-unknown"],
		]);
		expect(await refused("PATCH", "/settings", { body: { "microsoft.tenant": "common" } })).toEqual([
			...[409, "setting-locked"],
		]);
		expect(await told("POST", "/reload")).toEqual({ changes: [] });
	});

	it("adds people and keys, and ends them", async () => {
		const { password } = await told<{ readonly password: string }>("POST", "/people", {
			...{ name: "ann", role: "viewer" },
		});
		const ann = new ConsoleVisitor(house);
		await ann.post("/sign-in", { name: "ann", password }, "/sign-in");
		expect((await ann.ask("/api/v1/status")).status).toBe(200);
		expect((await ann.ask("/api/v1/people")).status).toBe(403);
		expect((await owner.ask("/api/v1/pause", { method: "POST" })).status).toBe(403);
		expect(await told("PATCH", "/people/ann", { role: "operator" })).toEqual({
			name: "ann",
			role: "operator",
		});
		expect((await ann.ask("/api/v1/status")).status).toBe(200);
		await told("POST", "/people/ann/password");
		expect((await ann.ask("/api/v1/status")).status).toBe(401);
		await told("DELETE", "/people/ann");
		expect(await refused("DELETE", "/people/owner")).toEqual([409, "last-owner"]);

		const less = await told<{ readonly secret: string; readonly key: { readonly id: string } }>(
			"POST",
			"/keys",
			{
				...{ label: "people", scopes: ["people"] },
			},
		);
		const more = { label: "more", scopes: ["people", "settings"] };
		expect(await refused("POST", "/keys", { key: less.secret, body: more })).toEqual([403, "key-forbids"]);
		await told("DELETE", `/keys/${less.key.id}`);
		expect(await refused("GET", "/keys", { key: less.secret })).toEqual([401, "key-needed"]);
		const labels = (await told<readonly { readonly label: string }[]>("GET", "/keys")).map(
			({ label }) => label,
		);
		expect(labels).toEqual(["everything", "looks"]);
	});

	it("says who came by self-service, and which rule decides", async () => {
		await told("PATCH", "/settings", {
			"sign_up.allow": ["*@contoso.com"],
			"sign_up.deny": ["eve@contoso.com"],
		});
		expect(await told("GET", "/joined/eve@contoso.com/judgement")).toEqual({
			...{ may: false, by: "deny", rule: "eve@contoso.com" },
		});
		expect(await told("GET", "/joined")).toEqual([]);
		expect(await refused("DELETE", "/joined/ada@contoso.com")).toEqual([404, "joined-unknown"]);
	});

	it("calls a web-hook, signed", async () => {
		const signatures: unknown[] = [];
		const server = createServer((request, response) => {
			signatures.push(request.headers["x-postern-signature"]);
			response.end();
		});
		await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
		const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
		try {
			const { hook } = await told<{ readonly hook: { readonly id: string } }>("POST", "/hooks", {
				...{ url, events: ["failed"], offlineAfterMinutes: 5 },
			});
			expect(await told("POST", `/hooks/${hook.id}/test`)).toMatchObject({ ok: true });
			expect(signatures).toEqual([expect.stringMatching(/\S/)]);
			expect(await told("GET", "/hooks")).toMatchObject([{ url, lastAnswer: expect.stringMatching(/\S/) }]);
			await told("DELETE", `/hooks/${hook.id}`);
			expect(await told("GET", "/hooks")).toEqual([]);
		} finally {
			server.close();
		}
	});

	it("signs an account in, tests it, and forgets it", async () => {
		const approving = eventually("there is a code", () => {
			const code = house.cloud.control.pendingUserCodes().at(-1);
			return code !== undefined && house.cloud.control.approve(code, SECOND);
		});
		const news = await toldLines<{ readonly type: string }>("/accounts", { address: SECOND });
		await approving;
		expect(news.map(({ type }) => type)).toEqual(expect.arrayContaining(["prompt", "signed-in"]));
		const account = `/accounts/${encodeURIComponent(SECOND)}`;
		expect(await toldLines(`${account}/test`)).toContainEqual(expect.objectContaining({ ok: true }));
		expect(await refused("POST", `${account}/paste`, { body: { pasted: "?code=1" } })).toEqual([
			...[409, "sign-in-not-waiting"],
		]);
		expect(await refused("POST", "/accounts/returned", { body: { query: "code=1" } })).toEqual([
			...[409, "sign-in-not-waiting"],
		]);
		expect(await refused("POST", `${account}/certificate`, { body: { renew: false } })).toEqual([
			...[409, "no-certificate"],
		]);
		expect(await told("DELETE", account)).toEqual({ removed: SECOND });
	});

	it("lets a program fetch a mailbox, and takes that back", async () => {
		const { password, mailbox } = await told<{
			readonly password: string;
			readonly mailbox: { readonly username: string };
		}>("POST", "/mailboxes", { mailbox: ACCOUNT, username: "plc" });
		expect(mailbox.username).toBe("plc");
		await toldLines("/mailboxes/plc/test", { password });
		expect(await told("GET", "/mailboxes")).toMatchObject([{ username: "plc" }]);
		expect(await told("DELETE", "/mailboxes/plc")).toEqual({ removed: "plc" });
	});

	it("tells of changes as they come", async () => {
		const telling = ask("GET", "/changes", { args: ["-m", "4", "--no-show-error"] });
		await send("news@example.com");
		expect(await (await telling).text()).toMatch(/^\{"topics":\[.*"mail"/m);
	});

	it("knows the machine", async () => {
		expect(await toldLines("/machine/internet-check")).toContainEqual(expect.objectContaining({ ok: true }));
		expect(await refused("POST", "/machine/restart")).toEqual([409, "restart-impossible"]);
		expect(await told("GET", "/machine/lights")).toMatchObject({ names: [], shows: expect.any(String) });
		expect(await refused("POST", "/machine/lights-test")).toEqual([409, "no-lights"]);
		const network = await told<{ keeper: string; links: unknown[] }>("GET", "/machine/network");
		expect(network).toMatchObject({ keeper: "host", settings: null, trial: null });
		const settings = {
			ipv4: { method: "dhcp" },
			ipv6: { method: "auto" },
			dns: [],
			ntp: [],
			vlan: null,
			wifi: null,
		};
		for (const [path, body] of [
			["try", settings],
			["keep"],
			["return"],
			["scan", { country: "DE" }],
		] as const) {
			const sent = body === undefined ? {} : { body };
			expect(await refused("POST", `/machine/network/${path}`, sent)).toEqual([409, "not-the-firmware"]);
		}
		expect(await refused("GET", "/machine/network", { key: readKey })).toEqual([403, "key-forbids"]);
		expect(await told("GET", "/machine/update")).toMatchObject({ keeper: "host", last: null, phase: "idle" });
		expect(await told("POST", "/machine/update/seen")).toEqual({ seen: true });
		const support = await (await ask("GET", "/machine/support")).text();
		expect(support).toContain("postern-test");
		for (const secret of [key, readKey, OWNER_PASSWORD]) expect(support).not.toContain(secret);
	});

	it("shows the log, filtered and without secrets", async () => {
		type Log = { readonly entries: readonly { readonly event: string }[]; readonly older: number | null };
		const { entries, older } = await told<Log>("GET", "/log?event=api-key-made&limit=1");
		expect(entries.map(({ event }) => event)).toEqual(["api-key-made"]);
		expect((await told<Log>("GET", `/log?event=api-key-made&before=${older}`)).entries).not.toEqual([]);
		const all = JSON.stringify(await told("GET", "/log?level=debug&limit=500"));
		for (const secret of [key, readKey, OWNER_PASSWORD]) expect(all).not.toContain(secret);
		expect(await refused("GET", "/log?level=loud")).toEqual([400, "invalid-input"]);
	});

	it("has answered every request of its document as described", async () => {
		const operations = Object.entries(description.paths).flatMap(([path, methods]) =>
			Object.entries(methods).map(([method, { operationId }]) => ({ path, method, operationId })),
		);
		for (const { path, method } of operations) {
			if (method === "get" && !path.includes("{") && path !== "/changes") {
				expect((await ask("GET", path)).status, path).toBe(200);
			}
		}
		expect(operations.filter(({ operationId }) => !asked.has(operationId))).toEqual([]);
	});
});
