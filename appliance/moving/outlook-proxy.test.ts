/** Databases and environments of microsoft-smtp-oauth2-proxy, of each version and of none. */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Passwords } from "../accounts/passwords.ts";
import { SystemClock } from "../clock.ts";
import type { MovingDraft, MovingItem } from "../console-services/moving.ts";
import { UserError } from "../errors.ts";
import { Secret } from "../secret.ts";
import { readSource } from "./read-source.ts";

const PASSWORD = "0123456789abcdef0123456789abcdef";
const APP = "11111111-2222-3333-4444-555555555555";
const TABLE = (more = "") => `CREATE TABLE tokens (uid TEXT NOT NULL PRIMARY KEY, username TEXT NOT NULL,
	email TEXT NOT NULL, smtp_password TEXT NOT NULL, smtp_password_updated_at TIMESTAMP, app_id TEXT NOT NULL,
	cache TEXT NOT NULL, expires_at TIMESTAMP NULL, ${more} created_at TIMESTAMP, updated_at TIMESTAMP);
	CREATE INDEX idx_tokens_email ON tokens (email);`;
const VERSION_1 = `${TABLE()} PRAGMA user_version = 1;`;
const VERSION_2 = `${TABLE("retry_refresh INTEGER NOT NULL DEFAULT 0,")} PRAGMA user_version = 2;`;
/** One that grew up: the column was added. */
const UPGRADED = `${VERSION_1} ALTER TABLE tokens ADD COLUMN retry_refresh INTEGER NOT NULL DEFAULT 0; PRAGMA user_version = 2;`;

let folder: string;
let file: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), "postern-outlook-proxy-"));
	file = path.join(folder, "db.sqlite");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function build(
	schema: string,
	...users: readonly (readonly [email: unknown, password: unknown, updated?: string])[]
) {
	const database = new DatabaseSync(file);
	database.exec(schema);
	for (const [index, [email, password, updated = "2026-01-01"]] of users.entries()) {
		database
			.prepare(
				"INSERT INTO tokens (uid, username, email, smtp_password, app_id, cache, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
			)
			.run(
				`u${index}`,
				"hint",
				email as string,
				password as string,
				APP,
				'{"RefreshToken":"0.AX-secret"}',
				updated,
			);
	}
	database.close();
}

function read(environment?: string): Promise<MovingDraft> {
	const environmentFile = path.join(folder, ".env");
	if (environment !== undefined) writeFileSync(environmentFile, environment);
	return readSource(
		"outlook-proxy",
		{ file, ...(environment !== undefined && { environmentFile }) },
		new SystemClock(),
	);
}

async function refusalOf(work: Promise<unknown>): Promise<string> {
	try {
		await work;
		return "read";
	} catch (thrown) {
		if (!(thrown instanceof UserError)) throw thrown;
		return `${thrown.code}: ${thrown.message}`;
	}
}

const recordsOf = ({ items }: MovingDraft, kind: MovingItem["kind"]) =>
	items.flatMap((item) => (item.kind === kind && "record" in item ? [item.record] : []));
const leftOf = ({ items }: MovingDraft) =>
	Object.fromEntries(items.flatMap((item) => (item.kind === "left" ? [[item.what, item.why]] : [])));
const settingsOf = ({ items }: MovingDraft) =>
	Object.assign(
		{},
		...items.flatMap((item) => (item.kind === "settings" ? [item.add, item.put] : [])),
	) as Record<string, unknown>;

async function rulesOf(environment: string) {
	const draft = await read(environment);
	const { "sign_up.allow": allow = [], "sign_up.deny": deny = [] } = settingsOf(draft);
	return { allow, deny, left: leftOf(draft) };
}

describe("users of microsoft-smtp-oauth2-proxy", () => {
	it.each([
		["1", VERSION_1],
		["2", VERSION_2],
		["1, brought to 2", UPGRADED],
	])("of version %s become accounts and devices that keep their passwords", async (_, schema) => {
		build(schema, ["Someone@outlook.com", PASSWORD]);
		const draft = await read();
		expect(recordsOf(draft, "account")).toEqual([
			{ address: "someone@outlook.com", transport: "smtp", tenant: "consumers", client_id: APP },
		]);
		const [device] = recordsOf(draft, "device");
		expect(device).toMatchObject({ username: "someone@outlook.com", account: "someone@outlook.com" });
		const hash = new Secret(String(device?.["password_hash"]));
		const check = { username: "a", password: new Secret(PASSWORD), source: "x" };
		const passwords = new Passwords(new SystemClock());
		expect(await passwords.check({ ...check, credential: { kind: "hash", hash } })).toBe("right");
		expect(JSON.stringify(draft)).not.toContain(PASSWORD);
		expect(JSON.stringify(draft)).not.toContain("RefreshToken");
	});

	it("stand in it several times: the one that was changed last comes first", async () => {
		build(VERSION_2, ["a@outlook.com", "older", "2026-01-01"], ["A@outlook.com", PASSWORD, "2026-02-01"]);
		const draft = await read();
		const names = draft.items.flatMap((item) => (item.kind === "device" ? item.what : []));
		expect(names).toEqual(["user A@outlook.com", "user a@outlook.com"]);
	});

	it("are left where their address or their password is none", async () => {
		build(VERSION_2, ["nobody", PASSWORD], ["b@outlook.com", ""], ["c@outlook.com", "x".repeat(300)]);
		const draft = await read();
		expect(recordsOf(draft, "device")).toEqual([]);
		expect(recordsOf(draft, "account")).toHaveLength(2);
		expect(Object.keys(leftOf(draft))).toEqual([
			"user c@outlook.com: password",
			"user b@outlook.com: password",
			"user nobody",
			"environment",
		]);
	});

	it("are read without a trace: not a byte and not a file beside it changes", async () => {
		build(`PRAGMA journal_mode = WAL; ${VERSION_2}`, ["a@outlook.com", PASSWORD]);
		const sum = () => createHash("sha256").update(readFileSync(file)).digest("hex");
		const before = sum();
		expect(recordsOf(await read(), "device")).toHaveLength(1);
		expect(sum()).toBe(before);
		expect(readdirSync(folder)).toEqual(["db.sqlite"]);
	});

	it.each(["-journal", "-wal"])("are not read while the file is in use (%s)", async (ending) => {
		build(VERSION_2, ["a@outlook.com", PASSWORD]);
		writeFileSync(file + ending, "something");
		expect(await refusalOf(read())).toMatch(/^moving-busy: .*in use/);
		writeFileSync(file + ending, "");
		expect(await refusalOf(read())).toBe("read");
	});

	it.each([
		["another table", "CREATE TABLE other (a); PRAGMA user_version = 2;"],
		["no table", "PRAGMA user_version = 2;"],
		["a column less", "CREATE TABLE tokens (uid TEXT, email TEXT, app_id TEXT, updated_at TEXT);"],
		[
			"a view of that name, which would run for ever",
			"CREATE VIEW tokens AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS uid, i AS email, i AS smtp_password, i AS app_id, i AS updated_at FROM n;",
		],
		[
			"a computed column",
			"CREATE TABLE tokens (uid TEXT, email TEXT AS (hex(zeroblob(100000000))), smtp_password TEXT, app_id TEXT, updated_at TEXT);",
		],
		[
			"a virtual table",
			"CREATE VIRTUAL TABLE tokens USING fts5(uid, email, smtp_password, app_id, updated_at);",
		],
		["a newer version", VERSION_2.replace("user_version = 2", "user_version = 3")],
	])("of a database with %s are refused whole", async (_, schema) => {
		build(schema);
		expect(await refusalOf(read())).toMatch(/^moving-foreign: .*Nothing was changed/);
	});

	it("of a table whose checks are dear are read all the same", async () => {
		build(VERSION_2.replace("username TEXT NOT NULL", "username TEXT CHECK (length(username) >= 0)"), [
			"a@outlook.com",
			PASSWORD,
		]);
		expect(recordsOf(await read(), "device")).toHaveLength(1);
	});

	it("of a damaged or foreign file are refused whole", async () => {
		build(VERSION_2, ...Array.from({ length: 300 }, (_, index) => [`u${index}@outlook.com`, "x"] as const));
		const bytes = readFileSync(file);
		const damaged = Buffer.from(bytes);
		damaged.fill(0x5a, 4_200, 12_000);
		for (const content of [
			damaged,
			bytes.subarray(0, bytes.length / 2),
			Buffer.from("no database"),
			Buffer.alloc(0),
		]) {
			writeFileSync(file, content);
			expect(await refusalOf(read())).toMatch(/^moving-foreign: /);
		}
	});

	it("that are too many are refused", async () => {
		build(VERSION_2, ...Array.from({ length: 1_001 }, (_, index) => [`u${index}@outlook.com`, ""] as const));
		expect(await refusalOf(read())).toMatch(/^moving-foreign: .*1000 users/);
	});

	it("may be other things than texts, or huge, and nothing comes of it", async () => {
		build(VERSION_2, [Buffer.from([1, 2]), PASSWORD], ["x".repeat(100_000), PASSWORD], [5, PASSWORD]);
		expect(recordsOf(await read(), "account")).toEqual([]);
	});
});

describe("its environment", () => {
	beforeEach(() => build(VERSION_2, ["a@outlook.com", PASSWORD]));

	it("gives ports, certificate, names and proxies", async () => {
		writeFileSync(path.join(folder, "denied.txt"), "first@example.com\r\nSecond@example.com\n\n");
		const draft = await read(`# as in the example
APP_SECRETS=${APP}:very-secret-value
export SESSION_SECRET="quoted # secret"
SMTP_HOST=192.168.1.2,::1
SMTP_PORT=25, 2025
SMTP_TLS_PORT=465
SMTP_STARTTLS_PORT=587
SMTP_AUTOTLS_PORT=
SMTP_CERT_FILE=certs/smtp_cert.pem
SMTP_KEY_FILE='certs/smtp_key.pem'
HTTPS_CERT_FILE=certs/https.pem
HTTPS_KEY_FILE=certs/https.key
HTTP_PORT=3000
SMTP_PUBLIC_HOST=smtp.example.com
TRUST_PROXY=[loopback, "10.1.0.0/16"]
MY_OWN=anything
`);
		expect(settingsOf(draft)).toEqual({
			"smtp.listen": ["192.168.1.2:25", "192.168.1.2:2025", "[::1]:25", "[::1]:2025"],
			"smtp.listen_tls": ["192.168.1.2:465", "[::1]:465"],
			"smtp.listen_submission": ["192.168.1.2:587", "[::1]:587"],
			"tls.certificate_file": path.join(folder, "certs/smtp_cert.pem"),
			"tls.key_file": path.join(folder, "certs/smtp_key.pem"),
			"console.listen_tls": ["192.168.1.2:3000", "[::1]:3000"],
			"console.names": ["smtp.example.com"],
			"console.trusted_proxies": ["127.0.0.0/8", "::1", "10.1.0.0/16"],
		});
		expect(recordsOf(draft, "device")[0]).toMatchObject({ auth_without_tls: true });
		expect(leftOf(draft)).toMatchObject({
			APP_SECRETS: expect.stringContaining("without an app secret"),
			SESSION_SECRET: expect.any(String),
			HTTPS_CERT_FILE: expect.stringContaining("one certificate"),
			MY_OWN: "nothing here corresponds to it",
			"no ALLOWED_*": expect.stringContaining("nobody may"),
		});
		expect(JSON.stringify(draft)).not.toMatch(/very-secret-value|quoted/);
	});

	it("gives the rules of who may sign up, lists and files and simple expressions", async () => {
		writeFileSync(path.join(folder, "denied.txt"), "first@example.com\r\nSecond@example.com\n\n");
		const { allow, deny } = await rulesOf(
			[
				"ALLOWED_DOMAINS_LIST=Example.com, contoso.com",
				"ALLOWED_DOMAINS_REGEX=fabrikam\\.(com|net)",
				"ALLOWED_EMAILS_REGEX=.*@tail\\.example|boss@(a|b)\\.example",
				"DISALLOWED_EMAILS_LIST=not-him@example.com",
				"DISALLOWED_EMAILS_LIST_FILE=denied.txt",
			].join("\n"),
		);
		expect(allow).toEqual(["*@example.com", "*@contoso.com", "*@fabrikam.com", "*@fabrikam.net"]);
		expect(deny).toEqual(["not-him@example.com", "first@example.com", "Second@example.com".toLowerCase()]);
	});

	it.each([
		["a*", []],
		["[a-z]+\\.com", []],
		["example.com", []],
		["(a|b", []],
		["a)b", []],
		["\\d\\.com", []],
		[".*", ["*"]],
		["(?:a|b\\.(c|d))\\.example", ["*@a.example", "*@b.c.example", "*@b.d.example"]],
		["(a|b|c|d)(a|b|c|d)(a|b|c|d)(a|b|c|d)(a|b|c|d)", []],
		["(".repeat(5_000), []],
		["", []],
	])("takes the expression %s for what it is, or leaves it", async (expression, wanted) => {
		const { allow, left } = await rulesOf(`ALLOWED_DOMAINS_REGEX=${expression}\nSMTP_PORT=25`);
		expect(allow).toEqual(wanted);
		if (wanted.length === 0 && expression !== "") expect(left).toHaveProperty("ALLOWED_DOMAINS_REGEX");
	});

	it.each([
		[".*@x\\.com", ["*@x.com"]],
		[".+@(x|y)\\.com", ["*@x.com", "*@y.com"]],
		["[^@]+@x\\.com", ["*@x.com"]],
		// The second half would match no address there, and every one of the domain here.
		[".*@x\\.com|y\\.com", []],
		[".*@(x)\\.com|y\\.com", []],
		["me@x\\.com|you@x\\.com", ["me@x.com", "you@x.com"]],
	])("takes the expression %s of addresses so too", async (expression, wanted) => {
		const { allow } = await rulesOf(`ALLOWED_EMAILS_REGEX=${expression}`);
		expect(allow).toEqual(wanted);
	});

	it("is never wider than it was: a star in a list, or a rule that is lost, lets nobody in", async () => {
		expect(await rulesOf("ALLOWED_DOMAINS_LIST=*\nALLOWED_EMAILS_LIST=*,*@x.com")).toMatchObject({
			allow: [],
		});
		for (const lost of [
			"DISALLOWED_EMAILS_REGEX=temp.*@example\\.com",
			"DISALLOWED_DOMAINS_LIST_FILE=gone.txt",
		]) {
			const { allow, deny, left } = await rulesOf(
				`ALLOWED_DOMAINS_LIST=example.com\n${lost}\nDISALLOWED_EMAILS_LIST=a@example.com`,
			);
			expect(allow).toEqual([]);
			expect(deny).toEqual(["a@example.com"]);
			expect(left).toMatchObject({
				ALLOWED_DOMAINS_LIST: expect.stringContaining("would let in whom that kept out"),
			});
		}
	});

	it("with an order of its own counts what the order names", async () => {
		const { allow, deny, left } = await rulesOf(
			"RULES_ORDER=ALLOWED_EMAILS_LIST,DISALLOWED_DOMAINS_LIST\nALLOWED_EMAILS_LIST=a@b.c\nALLOWED_DOMAINS_LIST=d.e\nDISALLOWED_DOMAINS_LIST=f.g",
		);
		expect({ allow, deny }).toEqual({ allow: ["a@b.c"], deny: ["*@f.g"] });
		expect(left).toMatchObject({ RULES_ORDER: expect.any(String), ALLOWED_DOMAINS_LIST: expect.any(String) });
	});

	it.each([
		["nothing", ""],
		["a compose file", "services:\n  proxy:\n    image: x\n"],
		["variables of something else", "DATABASE_URL=postgres://me:secret@x/y\n"],
		["binary", "SMTP_PORT=25\n\0"],
	])("is refused whole when it is %s", async (_, content) => {
		const refusal = await refusalOf(read(content));
		expect(refusal).toMatch(/^moving-foreign: /);
		expect(refusal).not.toContain("secret");
	});

	it("cannot reach into the program by the names of its variables", async () => {
		const draft = await read("__proto__=x\nconstructor=y\nSMTP_PORT=25\nSMTP_TLS_PORT=x465\n");
		expect(leftOf(draft)).toHaveProperty("constructor");
		expect(leftOf(draft)["SMTP_TLS_PORT"]).toContain("no list of ports");
	});
});
