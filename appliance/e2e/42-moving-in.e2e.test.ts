/**
 * Moving in from other programs, with the real command line: devices go on with the passwords they had, and real
 * clients send with them.
 */
import { writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import bcrypt from "bcryptjs";
import { afterEach, describe, expect, it } from "vitest";
import type { MovingReport } from "../console-services.ts";
import type { ConfigOrigin } from "../services.ts";
import { isInstalled, run } from "./clients.ts";
import { eventually, House } from "./house.ts";

const NEW = "licensed@contoso.example";
const SCAN = "scan@contoso.example";
const OLD_PASSWORD = "the old password, 1998";
const BOSS = "boss@contoso.example";

let house: House | undefined;
afterEach(async () => {
	await house?.close();
	house = undefined;
});

async function build(): Promise<House> {
	house = await House.build({ onlyByPassword: true, pop3: true });
	house.cloud.control.allowSendAs(NEW, "*");
	return house;
}

function m365proxyFile(box: House): string {
	const file = path.join(box.folder, "config.json");
	const password = bcrypt.hashSync(OLD_PASSWORD, 8);
	const config = {
		user: NEW,
		client_id: box.cloud.clientId,
		tenant_id: box.cloud.tenant,
		allowed_domains: ["contoso.example"],
		mailboxes: [
			{ username: SCAN, password },
			{ username: NEW, password },
			{ username: "plain@contoso.example", password: "secret123" },
		],
		bind: "127.0.0.1",
		smtp_port: 10_025,
		pop3_port: 10_110,
		logging: { log_level: "INFO" },
		token_path: "tokens.enc",
	};
	writeFileSync(file, JSON.stringify(config));
	return file;
}

/** Everything that an import may change, as the owner sees it. */
async function everything(box: House): Promise<string> {
	const verbs = [
		["account", "list"],
		["device", "list"],
		["mailbox", "list"],
		["config", "show"],
	] as const;
	return (await Promise.all(verbs.map(async (verb) => (await box.cli(...verb, "--json")).stdout))).join("\n");
}

function swaks(box: House, user: string, password: string, from: string, to: string, subject: string) {
	return run("swaks", [
		...["--server", "127.0.0.1", "--port", String(box.port("relay")), "--auth", "PLAIN"],
		...["--auth-user", user, "--auth-password", password, "--from", from, "--to", to],
		...["--header", `Subject: ${subject}`, "--body", "from an old device"],
	]);
}

function hasArrived(box: House, subject: string): boolean {
	return box.cloud.control.arrived().some(({ message: { summary } }) => summary.subject === subject);
}

const outcomes = ({ rows }: MovingReport) =>
	Object.fromEntries(rows.map(({ what, as, outcome }) => [as === "" ? what : as, outcome]));

const haveClients = isInstalled("swaks") && isInstalled("curl");

describe.skipIf(!haveClients)("moving in from m365proxy (skipped without swaks and curl)", () => {
	it("keeps the passwords of devices: they send and fetch, and their hashes are replaced", async () => {
		const box = await build();
		const file = m365proxyFile(box);
		const before = await everything(box);
		const trial = await box.json<MovingReport>("import", "m365proxy", file, "--dry-run");
		expect(await everything(box)).toBe(before);
		expect((await swaks(box, SCAN, OLD_PASSWORD, SCAN, BOSS, "too early")).exitCode).not.toBe(0);

		const report = await box.json<MovingReport>("import", "m365proxy", file);
		expect(report.rows).toEqual(trial.rows);
		expect(outcomes(report)).toEqual({
			[`account ${NEW}`]: "taken",
			[`device ${SCAN}`]: "taken",
			[`mailbox login ${SCAN}`]: "taken",
			[`device ${NEW}`]: "taken",
			[`mailbox login ${NEW}`]: "taken",
			"mailboxes[2] plain@contoso.example": "not-taken",
			// The configuration file of this house says where to listen.
			"smtp.listen: 127.0.0.1:10025": "not-taken",
			"pop3.listen: 127.0.0.1:10110": "not-taken",
			logging: "not-taken",
			token_path: "not-taken",
		});
		expect(report.rows.find(({ what }) => what === "smtp_port")?.note).toMatch(/set by file .*postern\.toml/);
		expect(report.next[0]).toContain(`postern account add ${NEW}`);

		// Mail is taken at once, and goes when somebody has signed in.
		expect(await swaks(box, SCAN, OLD_PASSWORD, SCAN, BOSS, "first")).toMatchObject({ exitCode: 0 });
		await eventually("its hash is replaced", () => box.log.includes(`password-rehashed username=${SCAN}`));
		expect((await swaks(box, SCAN, "a guess", SCAN, BOSS, "x")).output).toContain("535");
		expect((await swaks(box, SCAN, OLD_PASSWORD, SCAN, "a@elsewhere.example", "x")).exitCode).not.toBe(0);
		expect((await swaks(box, SCAN, OLD_PASSWORD, "else@contoso.example", BOSS, "x")).exitCode).not.toBe(0);
		await box.signIn(NEW);
		await eventually("the mail arrives", () => hasArrived(box, "first"));

		await box.end("SIGTERM");
		const logged = box.log.length;
		await box.start();
		expect(await swaks(box, SCAN, OLD_PASSWORD, SCAN, BOSS, "second")).toMatchObject({ exitCode: 0 });
		await eventually("the mail arrives", () => hasArrived(box, "second"));
		expect(box.log.slice(logged)).not.toContain("password-rehashed");

		box.cloud.control.deposit(
			NEW,
			Buffer.from(`From: <${BOSS}>\r\nTo: <${NEW}>\r\nSubject: order\r\n\r\nHello\r\n`),
		);
		const fetched = await run("curl", [
			...["-sS", `pop3://127.0.0.1:${box.port("pop3")}/1`, "--login-options", "AUTH=PLAIN"],
			...["--user", `${NEW}:${OLD_PASSWORD}`],
		]);
		expect(fetched).toMatchObject({ exitCode: 0, output: expect.stringContaining("Subject: order") });
		expect(box.log).not.toContain(OLD_PASSWORD);

		const again = await box.json<MovingReport>("import", "m365proxy", file);
		expect(again.rows.filter(({ outcome }) => outcome === "taken")).toEqual([]);
		expect(again.rows.filter(({ outcome }) => outcome === "already-there")).toHaveLength(5);
	}, 180_000);

	it("changes nothing when the file is damaged", async () => {
		const box = await build();
		const file = m365proxyFile(box);
		writeFileSync(file, '{"mailboxes": [');
		const before = await everything(box);
		const refused = await box.cli("import", "m365proxy", file);
		expect(refused).toMatchObject({
			exitCode: 1,
			stdout: "",
			stderr: expect.stringContaining("Nothing was changed"),
		});
		expect(await everything(box)).toBe(before);
	}, 60_000);
});

describe.skipIf(!haveClients)(
	"moving in from microsoft-smtp-oauth2-proxy (skipped without swaks and curl)",
	() => {
		const USER = "someone@contoso.example";
		const PASSWORD = "0123456789abcdef0123456789abcdef";

		function proxyFiles(box: House): readonly [database: string, environment: string] {
			const file = path.join(box.folder, "db.sqlite");
			const database = new DatabaseSync(file);
			database.exec(
				"CREATE TABLE tokens (uid TEXT NOT NULL PRIMARY KEY, username TEXT NOT NULL, email TEXT NOT NULL, smtp_password TEXT NOT NULL, app_id TEXT NOT NULL, cache TEXT NOT NULL, updated_at TIMESTAMP); PRAGMA user_version = 2",
			);
			database
				.prepare("INSERT INTO tokens VALUES ('u', 'hint', ?, ?, ?, '{\"RefreshToken\": 1}', '2026-01-01')")
				.run(USER, PASSWORD, box.cloud.clientId);
			database.close();
			const environment = path.join(box.folder, "proxy.env");
			writeFileSync(
				environment,
				"APP_SECRETS=x:very-secret\nSMTP_PORT=25\nALLOWED_DOMAINS_LIST=contoso.example\nDISALLOWED_EMAILS_LIST=evil@contoso.example\nSMTP_PUBLIC_HOST=smtp.contoso.example\n",
			);
			return [file, environment];
		}

		it("keeps the passwords of users and the rules of who may sign up", async () => {
			const box = await build();
			const [file, environment] = proxyFiles(box);
			const before = await everything(box);
			const trial = await box.json<MovingReport>("import", "outlook-proxy", file, environment, "--dry-run");
			expect(await everything(box)).toBe(before);
			const report = await box.json<MovingReport>("import", "outlook-proxy", file, environment);
			expect(report.rows).toEqual(trial.rows);
			expect(JSON.stringify(report)).not.toMatch(/very-secret|0123456789abcdef/);
			expect(outcomes(report)).toMatchObject({
				[`account ${USER}`]: "taken",
				[`device ${USER}`]: "taken",
				"sign_up.allow: *@contoso.example; sign_up.deny: evil@contoso.example": "taken",
				"console.names: smtp.contoso.example": "taken",
				"smtp.listen: [::]:25": "not-taken",
				APP_SECRETS: "not-taken",
			});
			const origins = await box.json<ConfigOrigin[]>("config", "show");
			const inForce = (key: string) => origins.find((origin) => origin.key === key)?.value;
			expect(inForce("sign_up.allow")).toContain("*@contoso.example");
			expect(inForce("sign_up.deny")).toContain("evil@contoso.example");

			await box.signIn(USER);
			expect(await swaks(box, USER, PASSWORD, USER, "you@example.com", "from the user")).toMatchObject({
				exitCode: 0,
			});
			await eventually("the mail arrives", () => hasArrived(box, "from the user"));
			expect((await swaks(box, USER, `${PASSWORD}x`, USER, "you@example.com", "x")).output).toContain("535");
		}, 120_000);
	},
);
