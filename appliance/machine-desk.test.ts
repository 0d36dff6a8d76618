/** The machine as the console shows it: a whole appliance in this process, signed in to the simulated Microsoft 365. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import Database from "better-sqlite3";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { Passwords } from "./accounts/passwords.ts";
import { Appliance } from "./appliance.ts";
import { SystemClock } from "./clock.ts";
import { SmtpPeer } from "./e2e/smtp-peer.ts";
import { SIGN_IN_KIND } from "./microsoft/sign-in-record.ts";
import { Vault } from "./microsoft/vault.ts";
import { type Sandbox, startSandbox } from "./sandbox/sandbox.ts";
import { Secret } from "./secret.ts";

const ACCOUNT = "alerts@contoso.example";
const OWNER_PASSWORD = "the owner's own password";
let folder: string;
let stateDir: string;
let sandbox: Sandbox;
let appliance: Appliance;
let ended = 0;
/** A service of systemd's, as far as the appliance can see; without its notification socket being there. */
const environment: NodeJS.ProcessEnv = { INVOCATION_ID: "1f2e3d" };

beforeAll(async () => {
	vi.spyOn(process.stderr, "write").mockReturnValue(true);
	folder = mkdtempSync(path.join(tmpdir(), "postern-machine-"));
	stateDir = path.join(folder, "state");
	sandbox = await startSandbox();
	const configFile = path.join(folder, "postern.toml");
	const hash = await new Passwords(new SystemClock()).hash(new Secret(OWNER_PASSWORD));
	writeFileSync(path.join(folder, "ca.pem"), sandbox.caPem);
	writeFileSync(configFile, configuration(hash.reveal()));
	appliance = await Appliance.start({
		...{ configFile, environment },
		onEnd: () => {
			ended += 1;
		},
		onFatal: (error) => {
			throw error;
		},
	});
	for await (const news of appliance.services.accounts.add(
		{ address: ACCOUNT },
		new AbortController().signal,
	)) {
		if (news.type === "prompt") sandbox.control.approve(news.userCode, ACCOUNT);
	}
});
afterAll(async () => {
	await appliance?.stop();
	await sandbox?.close();
	rmSync(folder, { recursive: true, force: true });
});

const configuration = (hash: string) => `
name = "postern"
state_dir = ${JSON.stringify(stateDir)}
[console]
listen = []
listen_tls = []
password_hash = ${JSON.stringify(hash)}
[smtp]
listen = ["127.0.0.1:0"]
listen_submission = []
listen_tls = []
listen_auto = []
[pop3]
listen = []
listen_tls = []
[microsoft]
cloud = "custom"
authority = ${JSON.stringify(sandbox.authorityUrl)}
graph = ${JSON.stringify(sandbox.graphUrl)}
smtp = ${JSON.stringify(sandbox.smtpAddress)}
pop = ${JSON.stringify(sandbox.popAddress)}
ca_file = ${JSON.stringify(path.join(folder, "ca.pem"))}
client_id = ${JSON.stringify(sandbox.clientId)}
tenant = ${JSON.stringify(sandbox.tenant)}
proxy = "http://clerk:proxy-passw0rd@proxy.example:3128"
[[device]]
name = "Scanner"
username = "scanner"
password = "written in the file"
`;

/** Every secret that this box has been given or has made. */
async function allSecrets(): Promise<readonly string[]> {
	const { devices, mailboxes, hooks, keys, people } = appliance.services;
	const { password: ofDevice } = await devices.add({
		...{ name: "Camera", addresses: [], username: "camera", switches: { cram_md5: true } },
	});
	const { password: ofMailbox } = await mailboxes.add({ mailbox: ACCOUNT, options: { apop: true } });
	const draft = { url: "http://127.0.0.1:9/t0ken-in-the-path", events: ["failed"], offlineAfterMinutes: 5 };
	const { secret: ofHook } = await hooks.add({ ...draft, events: ["failed"] });
	const { secret: ofKey } = await keys.add({
		...{ label: "Monitoring", scopes: ["read"], expiresAt: null, createdBy: "owner" },
	});
	const { password: ofPerson } = await people.add({ name: "anna", role: "viewer" });
	const signIn = await new Vault({ stateDir, credentialsDir: "" }, SIGN_IN_KIND).read(ACCOUNT);
	const tokens = signIn.state === "present" ? secretsIn(JSON.parse(signIn.record.msalCache)) : [];
	expect(tokens.length).toBeGreaterThan(1);
	const vaultKey = readFileSync(path.join(stateDir, "vault.key"));
	const given = [ofDevice, ofMailbox, ofHook.reveal(), ofKey.reveal(), ofPerson.reveal()];
	return [
		...given.filter((secret) => secret !== null),
		...tokens,
		...secretsIn(saved()),
		...[vaultKey.toString("hex"), vaultKey.toString("base64"), "t0ken-in-the-path"],
		...[OWNER_PASSWORD, "proxy-passw0rd", "written in the file", "$argon2"],
		...["BEGIN PRIVATE", "BEGIN RSA PRIVATE"],
	];
}

/** What came in from outside: a device that types a wrong password, a thief at the console, the passphrase of a backup. */
async function typedSecrets(): Promise<readonly string[]> {
	const { people, backups, appliance: self } = appliance.services;
	const plain = Buffer.from("\0scanner\0typed-by-a-device").toString("base64");
	const login = ["scanner", "typed-after-login"].map((text) => Buffer.from(text).toString("base64"));
	const { listeners } = await self.status();
	const relay = listeners.find(({ role }) => role === "relay")?.address ?? "";
	const peer = await SmtpPeer.connect(Number(relay.split(":").at(-1)));
	await peer.command(`AUTH PLAIN ${plain}`);
	for (const line of ["AUTH LOGIN", ...login]) await peer.command(line);
	await peer.command("MAIL FROM:<thief@example.com>");
	await peer.command("RCPT TO:<you@example.com>");
	await peer.quit();
	const draft = { name: "owner", password: new Secret("typed-at-the-console") };
	await expect(people.signIn({ ...draft, peer: { address: "192.0.2.9", agent: "" } })).rejects.toThrow();
	const { content } = await backups.make(new Secret("passphrase of a backup"), {
		signIns: true,
		queue: true,
	});
	for await (const chunk of content) expect(chunk.length).toBeGreaterThan(0);
	const typed = ["typed-by-a-device", "typed-after-login", "typed-at-the-console", "passphrase of a backup"];
	return [...typed, plain, login[1] ?? ""];
}

/** What stands in the database besides mail. */
function saved(): unknown[] {
	const database = new Database(path.join(stateDir, "postern.db"), { readonly: true });
	const rows = database.prepare("SELECT value FROM document").all() as { readonly value: string }[];
	database.close();
	return rows.map(({ value }) => JSON.parse(value) as unknown);
}

const SECRET_KEY = /secret|hash|password|recoverable|token|sealed/i;

function secretsIn(value: unknown, isSecret = false): string[] {
	if (typeof value === "string") return isSecret && value.length >= 16 ? [value] : [];
	if (typeof value !== "object" || value === null) return [];
	return Object.entries(value).flatMap(([key, inner]) =>
		secretsIn(inner, SECRET_KEY.test(key) || (isSecret && key === "secret")),
	);
}

describe("the text for whoever helps", () => {
	it("says how the box is, and holds none of its secrets", async () => {
		const secrets = [...(await allSecrets()), ...(await typedSecrets())];
		expect(secrets.length).toBeGreaterThan(24);
		const text = await appliance.services.machine.supportBundle();
		for (const secret of secrets) expect(text).not.toContain(secret);
		for (const known of [ACCOUNT, "Camera", "Scanner", "== log", "listening", '"light": ']) {
			expect(text).toContain(known);
		}
		// What a device was refused for, word by word, but for what it signed in with.
		expect(text).toMatch(/== refused lately\n.* 127\.0\.0\.1 \(stranger\), relay: refused\n/);
		expect(text).toContain("client: MAIL FROM:<thief@example.com>");
		expect(text).toMatch(/^microsoft\.proxy = .*\*\*\*.*proxy\.example:3128.*\(file .*\)$/m);
		expect(text).toMatch(/^console\.password_hash = \*\*\* {4}\(file .*:\d+\)$/m);
	});
});

describe("the machine", () => {
	it("tells what it is, with figures that can be true", async () => {
		const state = await appliance.services.machine.state();
		expect(state.card.totalBytes).toBeGreaterThan(state.card.freeBytes);
		expect(state.memory.totalBytes).toBeGreaterThan(state.memory.availableBytes);
		expect(state.names.slice(0, 2)).toEqual(["postern", "postern.local"]);
		expect(state.postern.upSeconds).toBeLessThanOrEqual(state.upSeconds);
		expect(state.can).toEqual({ restart: false, lights: false, update: false, network: false });
	});

	it("names its certificate as a browser shows it", async () => {
		const certificate = await appliance.services.machine.certificate();
		expect(certificate.isOwners).toBe(false);
		expect(certificate.names).toEqual(expect.arrayContaining(["postern", "postern.local", "127.0.0.1"]));
		expect(certificate.fingerprintSha256).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
		expect(Date.parse(certificate.expiresAt)).toBeGreaterThan(Date.now());
	});

	it("reaches Microsoft, step by step", async () => {
		const steps = [];
		for await (const step of appliance.services.machine.checkInternet(new AbortController().signal)) {
			steps.push(step);
		}
		expect(steps.every(({ ok }) => ok)).toBe(true);
		expect(steps.map(({ text }) => text).join(" ")).toMatch(/answers.*The clock of this box is right/);
	});

	it("ends only where somebody starts it again, and has no lights", async () => {
		const { machine, lights } = appliance.services;
		await expect(machine.restart()).rejects.toMatchObject({ code: "restart-impossible" });
		await expect(lights.test(AbortSignal.abort())[Symbol.asyncIterator]().next()).rejects.toMatchObject({
			code: "no-lights",
		});
		expect(ended).toBe(0);
		environment["NOTIFY_SOCKET"] = path.join(folder, "notify");
		expect((await machine.state()).can.restart).toBe(true);
		await machine.restart();
		await expect.poll(() => ended, { timeout: 10_000 }).toBe(1);
	});
});
