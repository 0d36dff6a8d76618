import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SIGN_IN_KIND, type SignInRecord } from "./sign-in-record.ts";
import { Vault } from "./vault.ts";

let stateDir = "";
beforeEach(async () => {
	stateDir = await mkdtemp(join(tmpdir(), "postern-vault-"));
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const ACCOUNT = "alerts@contoso.com";
const RECORD: SignInRecord = {
	msalCache: '{"RefreshToken":{"secret":"1.AXEA-very-secret"}}',
	homeAccountId: "oid.tid",
	signedInAs: ACCOUNT,
	signedInAt: 1,
	lastRefreshAt: 2,
	clientId: "client",
	loginUrl: "https://login.microsoftonline.com",
	extras: [],
	grant: { state: "live" },
};

function vault(credentialsDir = ""): Vault<SignInRecord> {
	return new Vault({ stateDir, credentialsDir }, SIGN_IN_KIND);
}

async function sealedFile(): Promise<string> {
	const [name] = await readdir(join(stateDir, "vault"));
	return join(stateDir, "vault", name ?? "");
}

describe("the vault", () => {
	it("gives back what was written, to another run, too", async () => {
		expect(await vault().read(ACCOUNT)).toEqual({ state: "absent" });
		await vault().write(ACCOUNT, RECORD);
		expect(await vault().read(ACCOUNT)).toEqual({ state: "present", record: RECORD });
		await vault().write(ACCOUNT, { ...RECORD, lastRefreshAt: 3 });
		expect(await vault().read(ACCOUNT)).toMatchObject({ record: { lastRefreshAt: 3 } });
		expect(await readdir(join(stateDir, "vault"))).toHaveLength(1);
	});

	it("keeps nothing in clear, and lets nobody else read it", async () => {
		await vault().write(ACCOUNT, RECORD);
		const bytes = await readFile(await sealedFile());
		for (const word of ["secret", "alerts", "contoso", "RefreshToken"]) {
			expect(bytes.includes(word)).toBe(false);
		}
		expect((await stat(await sealedFile())).mode & 0o777).toBe(0o600);
		expect((await stat(join(stateDir, "vault"))).mode & 0o777).toBe(0o700);
		expect((await stat(join(stateDir, "vault.key"))).mode & 0o777).toBe(0o600);
	});

	it("seals the same record differently each time", async () => {
		await vault().write(ACCOUNT, RECORD);
		const first = await readFile(await sealedFile());
		await vault().write(ACCOUNT, RECORD);
		expect(first.equals(await readFile(await sealedFile()))).toBe(false);
	});

	it("takes its key from a systemd credential, raw or as text, and then keeps none itself", async () => {
		const credentialsDir = join(stateDir, "credentials");
		await mkdir(credentialsDir);
		const key = Buffer.alloc(32, 7);
		await writeFile(join(credentialsDir, "postern-vault-key"), `${key.toString("base64")}\n`);
		await vault(credentialsDir).write(ACCOUNT, RECORD);
		expect(await readdir(stateDir)).not.toContain("vault.key");
		await writeFile(join(credentialsDir, "postern-vault-key"), key);
		expect(await vault(credentialsDir).read(ACCOUNT)).toMatchObject({ state: "present" });
	});

	it("makes one key, also when several accounts sign in at once", async () => {
		const accounts = Array.from({ length: 8 }, (_, index) => `account-${index}@contoso.com`);
		const shared = vault();
		await Promise.all(accounts.map((account) => shared.write(account, RECORD)));
		for (const account of accounts) {
			expect(await vault().read(account)).toMatchObject({ state: "present" });
		}
		expect((await readdir(stateDir)).sort()).toEqual(["vault", "vault.key"]);
	});

	it("does not take a credential that is no key, and makes none in its place", async () => {
		await writeFile(join(stateDir, "postern-vault-key"), "too short");
		expect(await vault(stateDir).read(ACCOUNT)).toEqual({ state: "absent" });
		await expect(vault(stateDir).write(ACCOUNT, RECORD)).rejects.toThrow(/not a key/);
		expect(await readdir(stateDir)).not.toContain("vault.key");
	});

	it("removes an account for good", async () => {
		await vault().write(ACCOUNT, RECORD);
		await vault().remove(ACCOUNT);
		await vault().remove("never@was.here");
		expect(await vault().read(ACCOUNT)).toEqual({ state: "absent" });
		expect(await readdir(join(stateDir, "vault"))).toEqual([]);
	});
});

describe("what cannot be read is reported, left alone, and set aside by the next sign-in", () => {
	async function spoilt(spoil: () => Promise<void>): Promise<string> {
		await vault().write(ACCOUNT, RECORD);
		const before = await readFile(await sealedFile());
		await spoil();
		const reading = await vault().read(ACCOUNT);
		expect(reading.state).toBe("unreadable");
		expect(before.equals(await readFile(await sealedFile()))).toBe(true);
		await vault().write(ACCOUNT, RECORD);
		expect(await vault().read(ACCOUNT)).toMatchObject({ state: "present" });
		const names = await readdir(join(stateDir, "vault"));
		expect(names.filter((name) => name.includes(".set-aside-"))).toHaveLength(1);
		return reading.state === "unreadable" ? reading.reason : "";
	}

	it("a missing key", async () => {
		expect(await spoilt(() => rm(join(stateDir, "vault.key")))).toMatch(/key is missing/);
	});

	it("a wrong key", async () => {
		expect(await spoilt(() => writeFile(join(stateDir, "vault.key"), Buffer.alloc(32)))).toMatch(
			/does not fit/,
		);
	});

	it("a key cut short by a power failure, which is itself set aside", async () => {
		expect(await spoilt(() => writeFile(join(stateDir, "vault.key"), ""))).toMatch(/not a key/);
		expect((await readdir(stateDir)).filter((name) => name.startsWith("vault.key.set-aside-"))).toHaveLength(
			1,
		);
	});

	it("a damaged file, at any byte", async () => {
		await vault().write(ACCOUNT, RECORD);
		const path = await sealedFile();
		const whole = await readFile(path);
		for (let at = 0; at < whole.length; at += 7) {
			const damaged = Buffer.from(whole);
			damaged[at] = (damaged[at] ?? 0) ^ 0x40;
			await writeFile(path, damaged);
			expect((await vault().read(ACCOUNT)).state).toBe("unreadable");
			await writeFile(path, whole.subarray(0, at));
			expect((await vault().read(ACCOUNT)).state).toBe("unreadable");
		}
	});

	it("another account's file in its place", async () => {
		await vault().write("other@contoso.com", RECORD);
		const other = await sealedFile();
		await vault().write(ACCOUNT, RECORD);
		const names = (await readdir(join(stateDir, "vault"))).map((name) => join(stateDir, "vault", name));
		const mine = names.find((name) => name !== other) ?? "";
		await writeFile(mine, await readFile(other));
		expect((await vault().read(ACCOUNT)).state).toBe("unreadable");
	});
});
