/** Moving in, on a real state folder that no appliance uses. */
import { copyFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { OpenedMoving } from "../cli/command.ts";
import type { MovingDraft, MovingItem, MovingReport } from "../console-services/moving.ts";
import { openOfflineMoving } from "../offline-moving.ts";
import type { DocumentKind } from "../store/documents.ts";
import { Storage } from "../store/storage.ts";
import { loadCertificate } from "../system/certificate.ts";

const HASH = "$2b$12$abcdefghijklmnopqrstuu1vOOZxWw38vlxntcI5716rPDL8C0t2K";
const KINDS: readonly DocumentKind[] = ["account", "device", "mailbox", "setting"];

let folder: string;
let opened: OpenedMoving | undefined;
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), "postern-moving-"));
});
afterEach(async () => {
	await opened?.close();
	opened = undefined;
	await rm(folder, { recursive: true });
});

async function move(items: readonly MovingItem[], isTrial = false, toml = ""): Promise<MovingReport> {
	const configFile = path.join(folder, "postern.toml");
	await writeFile(configFile, `state_dir = ${JSON.stringify(path.join(folder, "state"))}\n${toml}`);
	opened = await openOfflineMoving({ configFile, environment: {} });
	const draft: MovingDraft = { source: "m365proxy", items, next: ["Stop the other one."] };
	const report = await opened.service.move(draft, { isTrial });
	await opened.close();
	opened = undefined;
	return report;
}

/** What the next start finds. */
async function onCard() {
	const storage = await Storage.open({
		stateDir: path.join(folder, "state"),
		onFatal: (error) => {
			throw error;
		},
	});
	const found = await Promise.all(KINDS.map(async (kind) => [kind, await storage.list(kind)] as const));
	await storage.close();
	return Object.fromEntries(
		found.map(([kind, documents]) => [
			kind,
			Object.fromEntries(documents.map(({ key, value }) => [key, value])),
		]),
	);
}

const outcomes = ({ rows }: MovingReport) =>
	Object.fromEntries(rows.map(({ what, outcome }) => [what, outcome]));
const noteOf = ({ rows }: MovingReport, what: string) => rows.find((row) => row.what === what)?.note;

const record = (
	kind: "account" | "device" | "mailbox",
	value: Record<string, unknown>,
	what: string = kind,
) => ({ kind, what, as: what, note: "", record: value }) as const;
const setting = (what: string, add: Record<string, string[]>, put: Record<string, string> = {}) =>
	({ kind: "settings", what, as: what, note: "", add, put }) as const;

const ACCOUNT = record("account", {
	address: "licensed@contoso.com",
	shared_mailboxes: ["scan@contoso.com"],
});
const LOGIN = { username: "scan@contoso.com", password_hash: HASH, account: "licensed@contoso.com" };
const DEVICE = record("device", { ...LOGIN, name: "scan@contoso.com", from: ["scan@contoso.com"] });
const MAILBOX = record("mailbox", { ...LOGIN, mailbox: "scan@contoso.com" });
const PORT = setting("port", { "smtp.listen": ["127.0.0.1:10025"] });
const ALL: readonly MovingItem[] = [
	// Accounts go first whatever the order.
	DEVICE,
	MAILBOX,
	ACCOUNT,
	PORT,
	{ kind: "left", what: "logging", why: "not needed" },
];

describe("moving in", () => {
	it("takes what there is, says so, and a second time takes nothing", async () => {
		const first = await move(ALL);
		expect(outcomes(first)).toEqual({
			account: "taken",
			device: "taken",
			mailbox: "taken",
			port: "taken",
			logging: "not-taken",
		});
		expect(first.next).toEqual([
			"Sign in to licensed@contoso.com: postern account add licensed@contoso.com",
			"Stop the other one.",
		]);
		const before = await onCard();
		expect(before).toMatchObject({
			account: { "licensed@contoso.com": { shared_mailboxes: ["scan@contoso.com"] } },
			device: { "device:scan@contoso.com": { password_hash: HASH } },
			mailbox: { "scan@contoso.com": { password_hash: HASH } },
			setting: { "smtp.listen": ["[::]:25", "127.0.0.1:10025"] },
		});
		const second = await move(ALL);
		expect(second.rows.map(({ outcome }) => outcome)).toEqual([
			...Array(4).fill("already-there"),
			"not-taken",
		]);
		expect(second.next).toEqual(["Stop the other one."]);
		expect(await onCard()).toEqual(before);
	});

	it("tried out says the same and changes nothing", async () => {
		const trial = await move(ALL, true);
		expect(trial.isTrial).toBe(true);
		expect(await onCard()).toEqual({ account: {}, device: {}, mailbox: {}, setting: {} });
		expect((await move(ALL)).rows).toEqual(trial.rows);
	});

	it("overwrites nothing that is here", async () => {
		const here = record("device", { name: "Copier", username: "scan@contoso.com", urgent: true });
		await move([ACCOUNT, here]);
		const report = await move([ACCOUNT, DEVICE]);
		expect(outcomes(report)).toEqual({ account: "already-there", device: "already-there" });
		expect(noteOf(report, "device")).toContain('"Copier" has the username');
		expect(Object.keys((await onCard())["device"] ?? {})).toEqual(["device:copier"]);
	});

	it("leaves out what cannot be, with the reason and without a secret, and takes the rest", async () => {
		const report = await move([
			ACCOUNT,
			DEVICE,
			record("device", { ...LOGIN, name: "Twin" }, "twin"),
			record("device", { name: "Nobody's", username: "a", account: "gone@contoso.com" }, "stray"),
			record("device", { name: "x".repeat(200), username: "b" }, "long"),
			record("device", { name: "Open", addresses: ["0.0.0.0/0"] }, "open"),
			record("device", { name: "Unknown to all" }, "unknown"),
			record("device", { name: "Odd", username: "c", password_hash: "$2b$31$secret" }, "odd"),
			record("device", { name: "More", username: "d", is_admin: true }, "more"),
			record("account", { address: "no address" }, "bad account"),
		]);
		expect(outcomes(report)).toEqual({
			account: "taken",
			device: "taken",
			...Object.fromEntries(
				["twin", "stray", "long", "open", "unknown", "odd", "more", "bad account"].map((name) => [
					name,
					"not-taken",
				]),
			),
		});
		expect(noteOf(report, "twin")).toContain("taken from another line");
		expect(noteOf(report, "stray")).toContain("account");
		expect(noteOf(report, "open")).toContain("nearly anyone");
		expect(JSON.stringify(report)).not.toMatch(/abcdefghij|secret/);
	});

	it("opens ports besides those that are open, where nothing covers them yet", async () => {
		const report = await move([
			setting("covered", { "smtp.listen": ["192.168.1.2:25"] }),
			setting("of another role", { "smtp.listen_auto": ["[::]:587"] }),
			setting("new", { "smtp.listen_tls": ["0.0.0.0:10465", "[::]:465"] }),
			setting("bad", { "smtp.listen": ["nowhere"] }),
			setting("taken by itself", { "pop3.listen": ["0.0.0.0:10465"] }),
			setting("unheard of", { "smtp.doors": ["1"] }),
		]);
		expect(outcomes(report)).toEqual({
			covered: "already-there",
			"of another role": "taken",
			new: "taken",
			bad: "not-taken",
			"taken by itself": "not-taken",
			"unheard of": "not-taken",
		});
		expect((await onCard())["setting"]).toEqual({
			"smtp.listen_auto": ["[::]:2525", "[::]:587"],
			"smtp.listen_tls": ["[::]:465", "0.0.0.0:10465"],
		});
	});

	it("tried out finds two that exclude each other, as the real thing does", async () => {
		const items = [
			setting("first", { "smtp.listen_tls": ["0.0.0.0:10465"] }),
			setting("second", { "pop3.listen": ["0.0.0.0:10465"] }),
		];
		const trial = await move(items, true);
		expect(outcomes(trial)).toEqual({ first: "taken", second: "not-taken" });
		expect((await move(items)).rows).toEqual(trial.rows);
	});

	it("leaves alone what the configuration file sets, and says where", async () => {
		const toml = '[smtp]\nlisten = ["127.0.0.1:2500"]\n[sign_up]\ndeny = []\n';
		const rules = setting("rules", { "sign_up.allow": ["*@contoso.com"], "sign_up.deny": ["a@contoso.com"] });
		const report = await move([PORT, rules], false, toml);
		expect(outcomes(report)).toEqual({ port: "not-taken", rules: "not-taken" });
		expect(noteOf(report, "port")).toMatch(/smtp\.listen is set by file .*postern\.toml:3/);
		// Not the half that lets in.
		expect((await onCard())["setting"]).toEqual({});
	});

	it("adds rules to those that are here, and sets a text only where there is none", async () => {
		await move([setting("rules", { "sign_up.allow": ["*@contoso.com"] })]);
		const report = await move([
			setting("rules", { "sign_up.allow": ["*@Contoso.com", "*@example.com"], "sign_up.deny": ["a@b.c"] }),
			setting("proxy", {}, { "microsoft.proxy": "http://me:secret@proxy:3128" }),
		]);
		expect(outcomes(report)).toEqual({ rules: "taken", proxy: "taken" });
		expect((await onCard())["setting"]).toMatchObject({
			"sign_up.allow": ["*@contoso.com", "*@example.com"],
			"sign_up.deny": ["a@b.c"],
		});
		const again = await move([setting("proxy", {}, { "microsoft.proxy": "http://other:3128" })]);
		expect(outcomes(again)).toEqual({ proxy: "already-there" });
		expect(JSON.stringify(again)).not.toContain("secret");
	});

	it("takes a certificate that can be served, and says what is wrong with another", async () => {
		await loadCertificate({ certificateFile: "", keyFile: "", stateDir: folder, name: "postern" });
		const files = (cert: string, key: string) => ({
			"tls.certificate_file": path.join(folder, "tls", cert),
			"tls.key_file": path.join(folder, "tls", key),
		});
		await copyFile(path.join(folder, "tls/authority.key"), path.join(folder, "tls/other.key"));
		const items = [
			setting("gone", {}, files("gone.pem", "certificate.key")),
			setting("unlike", {}, files("certificate.pem", "other.key")),
			setting("good", {}, files("certificate.pem", "certificate.key")),
			setting("second", {}, files("authority.pem", "authority.key")),
		];
		for (const isTrial of [true, false]) {
			const report = await move(items, isTrial);
			expect(outcomes(report)).toEqual({
				gone: "not-taken",
				unlike: "not-taken",
				good: "taken",
				second: "already-there",
			});
			expect(noteOf(report, "gone")).toContain("no such file");
			expect(noteOf(report, "unlike")).toContain("does not belong");
		}
	});

	it("says which devices need an account named once there are several", async () => {
		await move([ACCOUNT, record("device", { name: "Old copier", username: "old" })]);
		const report = await move([record("account", { address: "second@contoso.com" })]);
		expect(report.next.join("\n")).toMatch(/several accounts now.*Old copier/);
	});
});
