/** Two boxes on real state folders: what one exports, the other has; who leads; and what is refused without a trace. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Accounts } from "../accounts/accounts.ts";
import { Devices } from "../accounts/devices.ts";
import { Mailboxes } from "../accounts/mailboxes.ts";
import { Passwords } from "../accounts/passwords.ts";
import { Backups } from "../backup/backups.ts";
import { SystemClock } from "../clock.ts";
import type { Setting } from "../console-services.ts";
import { silentLog } from "../log.ts";
import { SIGN_IN_KIND, type SignInRecord } from "../microsoft/sign-in-record.ts";
import type { OthersSignIn } from "../microsoft/sign-ins.ts";
import { Vault } from "../microsoft/vault.ts";
import { sharedVaultKey } from "../microsoft/vault-key.ts";
import { Secret } from "../secret.ts";
import { Storage } from "../store/storage.ts";
import { PairDesk } from "./pair-desk.ts";

const PASSPHRASE = new Secret("correct horse battery staple");
const ACCOUNT = "alerts@contoso.example";
const SIGN_IN: SignInRecord = {
	...{ msalCache: "a refresh token", homeAccountId: "1", signedInAs: ACCOUNT, signedInAt: 1 },
	...{ lastRefreshAt: 1, clientId: "c", loginUrl: "https://login.example", extras: [] },
	grant: { state: "live" },
};
const CONFIG = { account: [], device: [], mailbox: [], microsoft: { client_id: "c", tenant: "common" } };

const ended: (() => Promise<void> | void)[] = [];
let leader: Box;
let other: Box;
beforeEach(async () => {
	leader = await Box.open("postern-a");
	other = await Box.open("postern-b");
});
afterEach(async () => {
	for (const end of ended.splice(0).reverse()) await end();
});

class Box {
	readonly stateDir: string;
	storage!: Storage;
	devices!: Devices;
	accounts!: Accounts;
	mailboxes!: Mailboxes;
	pair!: PairDesk;
	name: string;
	writes = 0;
	readonly takenOver: OthersSignIn[] = [];
	readonly forgotten: string[] = [];
	readonly settings = new Map<string, unknown>();
	readonly locked = new Set<string>();

	private constructor(name: string, stateDir: string) {
		this.name = name;
		this.stateDir = stateDir;
	}

	static async open(name: string): Promise<Box> {
		const box = new Box(name, mkdtempSync(path.join(tmpdir(), "postern-pair-")));
		ended.push(() => rmSync(box.stateDir, { recursive: true, force: true }));
		await box.start();
		ended.push(() => box.stop());
		return box;
	}

	async start(): Promise<void> {
		const { stateDir } = this;
		const onFatal = (error: Error) => {
			throw error;
		};
		this.storage = await Storage.open({ stateDir, onFatal });
		const { storage } = this;
		const clock = new SystemClock();
		const parts = { documents: storage, clock, log: silentLog(), passwords: new Passwords(clock) };
		const config = CONFIG as never;
		this.accounts = await Accounts.open({ ...parts, config });
		const findAccount = (address: string) => this.accounts.find(address);
		const vaultKey = sharedVaultKey(this.place);
		this.devices = await Devices.open({ ...parts, config, findAccount, vaultKey });
		this.mailboxes = await Mailboxes.open({ ...parts, config, findAccount, vaultKey });
		this.pair = await PairDesk.open({
			storage: {
				list: (kind) => storage.list(kind),
				read: (question) => storage.read(question),
				put: (...put) => this.counted(storage.put(...put)),
				change: (...change) => this.counted(storage.change(...change)),
				remove: (...remove) => this.counted(storage.remove(...remove)),
			},
			place: this.place,
			name: () => this.name,
			accounts: () => this.accounts.list().map(({ address }) => address),
			settings: {
				list: async () => ["queue.retry", "name", "sign_up.deny"].map((key) => this.setting(key)),
				change: async (changes) => {
					for (const [key, value] of Object.entries(changes)) {
						if (value === null) await storage.remove("setting", key);
						else await storage.put("setting", key, value);
					}
					return { needRestart: [] };
				},
			},
			signIns: {
				takeOver: async (theirs) => {
					this.takenOver.push(theirs);
					return this.takenOver.length === 1;
				},
				forget: async (address) => {
					this.forgotten.push(`sign-in ${address}`);
				},
			},
			mailboxes: () => this.mailboxes.list(),
			forgetMailbox: async ({ username }) => {
				this.forgotten.push(`mailbox ${username}`);
			},
			reload: async () => {
				await this.accounts.reload(config);
				await this.devices.reload(config);
				await this.mailboxes.reload(config);
			},
			now: () => Date.UTC(2026, 10, 20, 12),
			log: silentLog(),
		});
	}

	async stop(): Promise<void> {
		await this.devices.settled();
		await this.mailboxes.settled();
		await this.storage.close();
	}

	get place() {
		return { stateDir: this.stateDir, credentialsDir: "" };
	}

	counted<Result>(write: Promise<Result>): Promise<Result> {
		this.writes += 1;
		return write;
	}

	setting(key: string): Setting {
		return {
			...{ key, value: this.settings.get(key) ?? null, isLocked: this.locked.has(key), description: "" },
			...{ origin: "default", type: "text", choices: [], needsRestart: false },
		};
	}

	async exported(signIns = false): Promise<Buffer> {
		const pieces: Uint8Array[] = [];
		for await (const piece of (await this.pair.export(PASSPHRASE, { signIns })).content) pieces.push(piece);
		return Buffer.concat(pieces);
	}

	take(file: Buffer, passphrase = PASSPHRASE) {
		return this.pair.take(inPieces(file), passphrase);
	}

	async documents(kind: "device" | "account" | "mailbox" | "setting" | "pair") {
		return Object.fromEntries((await this.storage.list(kind)).map(({ key, value }) => [key, value]));
	}

	/** What an owner would put on it. */
	async furnish(): Promise<Secret> {
		await this.accounts.save({ address: ACCOUNT });
		const { password } = await this.devices.add({
			...{ name: "Copier", addresses: ["192.0.2.7"], account: ACCOUNT, switches: { cram_md5: true } },
		});
		await this.mailboxes.add({ mailbox: "orders@contoso.example", account: ACCOUNT });
		return password ?? new Secret("");
	}
}

async function* inPieces(file: Buffer): AsyncGenerator<Buffer> {
	for (let at = 0; at < file.length; at += 100) yield file.subarray(at, at + 100);
}

/** The other goes by the leader, and has had its first turn. */
async function pairUp(): Promise<Secret> {
	const password = await leader.furnish();
	await other.pair.follow("postern-a");
	await other.take(await leader.exported());
	return password;
}

describe("a box that goes by another", () => {
	it("has its devices, accounts and logins, and their passwords, CRAM-MD5's too", async () => {
		const password = await leader.furnish();
		const { password: fetching } = await leader.mailboxes.add({ mailbox: "scans@contoso.example" });
		await other.pair.follow("postern-a");
		const taken = await other.take(await leader.exported());
		expect(taken).toMatchObject({
			...{ from: "postern-a", isChanged: true, left: [] },
			accounts: { added: [ACCOUNT], changed: [], removed: [] },
			devices: { added: ["Copier"] },
			mailboxes: { added: ["orders", "scans"] },
		});
		expect(await other.devices.authenticate("copier", password, "192.0.2.7")).toMatchObject({ ok: true });
		expect(other.devices.byAddress("192.0.2.7")?.account).toBe(ACCOUNT);
		expect(other.devices.recoverable("copier")?.reveal()).toBe(password.reveal());
		expect(await other.mailboxes.authenticate("scans", fetching, "192.0.2.9")).toMatchObject({ ok: true });
		await other.stop();
		await other.start();
		expect(other.devices.recoverable("copier")?.reveal()).toBe(password.reveal());
		expect(other.pair.state()).toEqual({ follows: "postern-a", inStepAt: null });
	});

	it("writes nothing when nothing has changed", async () => {
		await pairUp();
		other.writes = 0;
		expect(await other.take(await leader.exported())).toMatchObject({ isChanged: false });
		expect(other.writes).toBe(0);
		expect(other.pair.state().inStepAt).toBe("2026-11-20T12:00:00.000Z");
	});

	it("loses what the leader has lost, and what it had of its own", async () => {
		await pairUp();
		await other.devices.add({ name: "Of the other", addresses: ["192.0.2.8"] });
		await leader.devices.remove("Copier");
		await leader.mailboxes.remove("orders");
		const { password } = await leader.devices.add({ name: "Camera", addresses: [] });
		const taken = await other.take(await leader.exported());
		expect(taken.devices).toEqual({ added: ["Camera"], changed: [], removed: ["Copier", "Of the other"] });
		expect(other.forgotten).toEqual(["mailbox orders"]);
		expect(other.devices.list().map(({ name }) => name)).toEqual(["Camera"]);
		expect(await other.devices.authenticate("camera", password ?? PASSPHRASE, "192.0.2.1")).toMatchObject({
			ok: true,
		});
	});

	it("has a changed password with the next turn", async () => {
		const before = await pairUp();
		const after = await leader.devices.renewPassword("Copier");
		expect((await other.take(await leader.exported())).devices.changed).toEqual(["Copier"]);
		expect(await other.devices.authenticate("copier", before, "192.0.2.1")).toMatchObject({ ok: false });
		expect(await other.devices.authenticate("copier", after, "192.0.2.1")).toMatchObject({ ok: true });
	});

	it("loses an account with its sign-in", async () => {
		await pairUp();
		await leader.accounts.save({ address: "second@contoso.example" });
		await other.take(await leader.exported());
		await leader.accounts.remove("second@contoso.example");
		expect((await other.take(await leader.exported())).accounts.removed).toEqual(["second@contoso.example"]);
		expect(other.forgotten).toEqual(["sign-in second@contoso.example"]);
		expect(other.accounts.list()).toHaveLength(1);
	});

	it("gets the sign-ins where the export has them", async () => {
		await leader.furnish();
		await new Vault(leader.place, SIGN_IN_KIND).write(ACCOUNT, SIGN_IN);
		await other.pair.follow("postern-a");
		expect((await other.take(await leader.exported(false))).signIns).toEqual([]);
		expect((await other.take(await leader.exported(true))).signIns).toEqual([ACCOUNT]);
		expect(other.takenOver).toEqual([{ sort: "person", account: ACCOUNT, record: SIGN_IN }]);
		expect(await other.take(await leader.exported(true))).toMatchObject({ isChanged: false, signIns: [] });
	});

	it("shares the settings that mail depends on, but for those in its own file, and its own", async () => {
		await leader.furnish();
		await leader.storage.put("setting", "queue.retry", "1m, 5m");
		await leader.storage.put("setting", "sign_up.deny", ["eve@contoso.example"]);
		await leader.storage.put("setting", "name", "postern-a");
		await leader.storage.put("setting", "smtp.listen", ["[::]:2525"]);
		other.locked.add("queue.retry");
		await other.storage.put("setting", "name", "postern-b");
		await other.pair.follow("postern-a");
		const taken = await other.take(await leader.exported());
		expect(taken.settings).toEqual(["sign_up.deny"]);
		expect(taken.left).toEqual([expect.stringContaining("queue.retry stands in this box's own file")]);
		expect(await other.documents("setting")).toEqual({
			...{ name: "postern-b", "sign_up.deny": ["eve@contoso.example"] },
		});
		await leader.storage.remove("setting", "sign_up.deny");
		expect((await other.take(await leader.exported())).settings).toEqual(["sign_up.deny"]);
		expect(await other.documents("setting")).toEqual({ name: "postern-b" });
	});
});

describe("who leads", () => {
	it("is for the owner to say: nothing is taken before, and a second box of the name is not it", async () => {
		await leader.furnish();
		const file = await leader.exported();
		await expect(other.take(file)).rejects.toMatchObject({ code: "not-following" });
		await other.pair.follow("postern-c");
		await expect(other.take(file)).rejects.toMatchObject({ code: "follows-another" });
		await other.pair.follow("postern-a");
		await other.take(file);
		const impostor = await Box.open("postern-a");
		await impostor.furnish();
		await expect(other.take(await impostor.exported())).rejects.toMatchObject({ code: "follows-another" });
		leader.name = "renamed";
		expect(await other.take(await leader.exported())).toMatchObject({ from: "renamed" });
		expect(other.devices.list()).toHaveLength(1);
	});

	it("is one box: one that goes by another is not exported, until it leads", async () => {
		await pairUp();
		await expect(other.exported()).rejects.toMatchObject({ code: "follows-another" });
		await other.pair.lead();
		await leader.pair.follow("postern-b");
		expect(await leader.take(await other.exported())).toMatchObject({ isChanged: false, from: "postern-b" });
	});

	it("is not the one that has nothing: a new card there empties no box here", async () => {
		await pairUp();
		const fresh = await Box.open("postern-a");
		await other.pair.follow("postern-a");
		await expect(other.take(await fresh.exported())).rejects.toMatchObject({ code: "leader-empty" });
		expect(other.devices.list()).toHaveLength(1);
	});
});

describe("an export", () => {
	it("holds no secret in clear, and is refused when it is cut, changed, foreign or of another passphrase", async () => {
		const password = await leader.furnish();
		await other.pair.follow("postern-a");
		const file = await leader.exported();
		for (const secret of [password.reveal(), "argon2id$v", "Copier", ACCOUNT]) {
			expect(file.includes(secret)).toBe(false);
		}
		await expect(other.take(file.subarray(0, -1))).rejects.toMatchObject({ code: "export-damaged" });
		await expect(other.take(file.subarray(0, 200))).rejects.toMatchObject({ code: "export-damaged" });
		const changed = Buffer.from(file);
		changed.writeUInt8(changed.readUInt8(file.length - 40) ^ 1, file.length - 40);
		await expect(other.take(changed)).rejects.toMatchObject({ code: "export-damaged" });
		await expect(other.take(Buffer.from("no export at all, but a text"))).rejects.toMatchObject({
			code: "export-foreign",
		});
		await expect(other.take(file, new Secret("some other words, I think"))).rejects.toMatchObject({
			code: "passphrase-wrong",
		});
		expect(other.devices.list()).toEqual([]);
		await expect(leader.pair.export(new Secret("short"), { signIns: false })).rejects.toMatchObject({
			code: "passphrase-weak",
		});
	});

	it("is no backup, and a backup is no export", async () => {
		await leader.furnish();
		await other.pair.follow("postern-a");
		const backups = new Backups({
			...{ storage: leader.storage, log: silentLog(), place: leader.place, now: () => Date.now() },
			...{ name: () => "postern-a", accounts: () => [], hasRoom: async () => true },
			restart: () => Promise.resolve(),
		});
		const { content } = await backups.make(PASSPHRASE, { signIns: false, queue: false });
		await expect(other.pair.take(content, PASSPHRASE)).rejects.toMatchObject({ code: "export-foreign" });
		await expect(backups.receive(inPieces(await leader.exported()), PASSPHRASE)).rejects.toMatchObject({
			code: "backup-foreign",
		});
	});
});
