/** Configurations of m365proxy, of several versions and of none. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SystemClock } from "../clock.ts";
import type { MovingDraft, MovingItem } from "../console-services/moving.ts";
import { UserError } from "../errors.ts";
import { readSource } from "./read-source.ts";

const HASH = "$2b$12$abcdefghijklmnopqrstuu1vOOZxWw38vlxntcI5716rPDL8C0t2K";
const CLIENT = "11111111-2222-3333-4444-555555555555";

let folder: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), "postern-m365proxy-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** As its wizard writes it since 2.1, with everything answered. */
const WIZARD = {
	user: "Licensed@contoso.com",
	client_id: CLIENT,
	tenant_id: "contoso.onmicrosoft.com",
	allowed_domains: ["contoso.com", "example.com"],
	mailboxes: [
		{ username: "Scan@contoso.com", password: HASH },
		{ username: "licensed@contoso.com", password: HASH.replace("$2b$", "$2y$") },
	],
	bind: "0.0.0.0",
	smtp_port: 10025,
	pop3_port: 10110,
	smtps_port: 10465,
	pop3s_port: null,
	logging: { log_level: "INFO", log_file: "/opt/m365proxy/m365.log" },
	token_path: "/opt/m365proxy/tokens.enc",
	https_proxy: { url: "http://proxy.contoso.com:3128", username: "me", password: "p@ss:word" },
	tls: { tls_cert: "cert.pem", tls_key: "/etc/ssl/key.pem" },
};

function read(content: unknown): Promise<MovingDraft> {
	const file = path.join(folder, "config.json");
	writeFileSync(
		file,
		typeof content === "string" || Buffer.isBuffer(content) ? content : JSON.stringify(content),
	);
	return readSource("m365proxy", { file }, new SystemClock());
}

const WITHOUT_TLS = { mailboxes: WIZARD.mailboxes, user: WIZARD.user };

const recordsOf = ({ items }: MovingDraft, kind: MovingItem["kind"]) =>
	items.flatMap((item) => (item.kind === kind && "record" in item ? [item.record] : []));
const settingsOf = ({ items }: MovingDraft) =>
	Object.assign(
		{},
		...items.flatMap((item) => (item.kind === "settings" ? [item.add, item.put] : [])),
	) as object;
const leftOf = ({ items }: MovingDraft) =>
	Object.fromEntries(items.flatMap((item) => (item.kind === "left" ? [[item.what, item.why]] : [])));

async function refusalOf(content: unknown): Promise<string> {
	try {
		await read(content);
		return "read";
	} catch (thrown) {
		if (!(thrown instanceof UserError)) throw thrown;
		return `${thrown.code}: ${thrown.message}`;
	}
}

describe("m365proxy's configuration", () => {
	it("becomes an account, logins that keep their hashes, ports, a certificate and a proxy", async () => {
		const draft = await read(WIZARD);
		expect(recordsOf(draft, "account")).toEqual([
			{
				address: "licensed@contoso.com",
				client_id: CLIENT,
				tenant: "contoso.onmicrosoft.com",
				shared_mailboxes: ["scan@contoso.com"],
			},
		]);
		const senders = ["scan@contoso.com", "licensed@contoso.com"];
		expect(recordsOf(draft, "device")[0]).toEqual({
			name: "scan@contoso.com",
			username: "scan@contoso.com",
			password_hash: HASH,
			account: "licensed@contoso.com",
			from: senders,
			recipients: ["*@contoso.com", "*@example.com"],
		});
		expect(recordsOf(draft, "mailbox")[0]).toEqual({
			username: "scan@contoso.com",
			password_hash: HASH,
			mailbox: "scan@contoso.com",
			account: "licensed@contoso.com",
		});
		expect(recordsOf(draft, "device")).toHaveLength(2);
		expect(settingsOf(draft)).toEqual({
			"smtp.listen": ["0.0.0.0:10025"],
			"smtp.listen_tls": ["0.0.0.0:10465"],
			"pop3.listen": ["0.0.0.0:10110"],
			"tls.certificate_file": path.join(folder, "cert.pem"),
			"tls.key_file": "/etc/ssl/key.pem",
			"microsoft.proxy": "http://me:p%40ss%3Aword@proxy.contoso.com:3128",
		});
		expect(Object.keys(leftOf(draft)).sort()).toEqual(["logging", "token_path"]);
		expect(leftOf(draft)["token_path"]).toContain("postern account add");
	});

	it("shows no password and no hash in what is said", async () => {
		const { items, next } = await read(WIZARD);
		const said = [...items.map(({ kind, ...item }) => ({ ...item, record: "", put: "" })), ...next];
		expect(JSON.stringify(said)).not.toMatch(/\$2|p@ss|p%40ss|word"/);
	});

	it("of 2.0 names its certificate otherwise; the README's form of the proxy is taken too", async () => {
		const draft = await read({
			...WIZARD,
			tls: { cert: "/etc/a.pem", key: "/etc/b.pem" },
			https_proxy: { url: "proxy.local:3128", user: "proxyuser", password: "x" },
		});
		expect(settingsOf(draft)).toMatchObject({
			"tls.certificate_file": "/etc/a.pem",
			"tls.key_file": "/etc/b.pem",
			"microsoft.proxy": "http://proxyuser:x@proxy.local:3128",
		});
	});

	it("without a certificate lets passwords cross in clear, as it did, and says so; TLS ports stay shut", async () => {
		const draft = await read({ ...WIZARD, tls: undefined, bind: undefined });
		expect(recordsOf(draft, "device")[0]).toMatchObject({ auth_without_tls: true });
		expect(draft.items.find(({ kind }) => kind === "device")).toMatchObject({
			note: expect.stringContaining("in clear"),
		});
		expect(settingsOf(draft)).toMatchObject({ "smtp.listen": ["127.0.0.1:10025"] });
		expect(leftOf(draft)["smtps_port"]).toContain("certificate");
	});

	it("that leaves the port out means 10025; null means none; without POP3 nobody fetches", async () => {
		expect(settingsOf(await read(WITHOUT_TLS))).toEqual({ "smtp.listen": ["127.0.0.1:10025"] });
		const shut = await read({ ...WITHOUT_TLS, smtp_port: null, pop3_port: null });
		expect(settingsOf(shut)).toEqual({});
		expect(recordsOf(shut, "mailbox")).toEqual([]);
		expect(recordsOf(shut, "device")[0]).not.toHaveProperty("recipients");
	});

	it("as its template stands is left, item by item", async () => {
		const draft = await read({
			user: "user@example.com",
			client_id: "xxxxxxxx-xxxx-xxxx-xxxxxxxxxxxx",
			tenant_id: "yyyyyyy-yyyy-yyyy-yyyyyyyyyyyy",
			smtp_port: 10025,
			allowed_domains: ["*"],
			mailboxes: [{ username: "send_as@example.com", password: "secret123" }],
		});
		expect(recordsOf(draft, "account")).toEqual([]);
		expect(recordsOf(draft, "device")).toEqual([]);
		expect(Object.keys(leftOf(draft))).toEqual(["user", "mailboxes[0]"]);
	});

	it("is taken as far as it goes where single entries are wrong", async () => {
		const draft = await read({
			...WIZARD,
			client_id: "xxxxxxxx-xxxx",
			mailboxes: [
				...WIZARD.mailboxes,
				{ username: "plain@contoso.com", password: "secret123" },
				{ username: "dear@contoso.com", password: HASH.replace("$12$", "$15$") },
				{ username: "none@contoso.com" },
				{ username: "no address", password: HASH },
				{ username: 5, password: HASH },
				"what?",
				null,
			],
			smtp_port: "10025",
			pop3_port: 70_000,
			allowed_domains: ["contoso.com", "not a domain", 7],
			something_new: { deeply: { nested: true } },
			attachment_limit_mb: 80,
		});
		expect(recordsOf(draft, "device")).toHaveLength(2);
		expect(recordsOf(draft, "mailbox")).toHaveLength(0);
		expect(recordsOf(draft, "device")[0]).toMatchObject({ recipients: ["*@contoso.com"] });
		const left = leftOf(draft);
		expect(left).toMatchObject({
			client_id: expect.stringContaining("placeholder"),
			"mailboxes[2] plain@contoso.com": expect.stringContaining("no bcrypt hash"),
			"mailboxes[3] dear@contoso.com": expect.stringContaining("cost out of bounds, 15"),
			"mailboxes[4] none@contoso.com": "it has no password",
			"mailboxes[5]": expect.stringContaining("no mail address"),
			"mailboxes[8]": expect.stringContaining("no mail address"),
			smtp_port: "no port",
			pop3_port: "no port",
			"allowed_domains[1]": "no domain",
			something_new: "nothing here corresponds to it",
			attachment_limit_mb: expect.stringContaining("max_message_size"),
		});
	});

	it("lets each login send as every mailbox, as it did: by address, or of very many by domain", async () => {
		const many = Array.from({ length: 60 }, (_, index) => ({
			username: `m${index}@contoso.com`,
			password: HASH,
		}));
		expect(recordsOf(await read({ ...WIZARD, mailboxes: many }), "device")[59]).toMatchObject({
			from: ["*@contoso.com"],
		});
	});

	it.each([
		["empty", ""],
		["cut", JSON.stringify(WIZARD).slice(0, 200)],
		["no object", "[1, 2]"],
		["of something else", '{"name": "x", "version": "1.0.0"}'],
		["with mailboxes that are no list", '{"mailboxes": {"a": 1}}'],
		["a thousand times too long", JSON.stringify({ mailboxes: Array(2_000).fill({ username: "a@b.c" }) })],
		["binary", Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d])],
		["text with a NUL", '{"mailboxes": []}\0'],
		["larger than a megabyte", `{"mailboxes": [], "x": "${"x".repeat(2 ** 20)}"}`],
	])("is refused whole when it is %s", async (_, content) => {
		expect(await refusalOf(content)).toMatch(/^moving-foreign: .*Nothing was changed/);
	});

	it("that is not there, or is a folder, is told", async () => {
		for (const file of [path.join(folder, "nothing.json"), folder]) {
			await expect(readSource("m365proxy", { file }, new SystemClock())).rejects.toMatchObject({
				code: "file-unreadable",
			});
		}
	});

	it("cannot reach into the program by the names of its keys, or by its depth", async () => {
		const draft = await read(
			`{"mailboxes": [], "__proto__": {"user": "evil@contoso.com", "polluted": true}, "constructor": 1, "toString": 2}`,
		);
		expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
		expect(recordsOf(draft, "account")).toEqual([]);
		expect(Object.keys(leftOf(draft))).toContain("toString");
		const deep = `{"mailboxes": [${"[".repeat(100_000)}${"]".repeat(100_000)}]}`;
		expect(leftOf(await read(deep))).toHaveProperty("mailboxes[0]");
		expect(leftOf(await read(`\uFEFF${JSON.stringify(WITHOUT_TLS)}`))).toHaveProperty("client_id");
	});
});
