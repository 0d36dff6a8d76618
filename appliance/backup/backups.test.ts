/** Backups of real state folders: what comes back on another card, and what is refused without a trace. */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import fc from "fast-check";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { Devices } from "../accounts/devices.ts";
import { Mailboxes } from "../accounts/mailboxes.ts";
import { Passwords } from "../accounts/passwords.ts";
import {
	HOOK_SECRETS,
	ONE_TIME_CODES,
	RecoverableSecrets,
	type SecretPurpose,
} from "../accounts/recoverable-secrets.ts";
import { textAt } from "../accounts/sealed-fields.ts";
import { SystemClock } from "../clock.ts";
import type { BackupParts } from "../console-services.ts";
import { silentLog } from "../log.ts";
import { SIGN_IN_KIND, type SignInRecord } from "../microsoft/sign-in-record.ts";
import { Vault } from "../microsoft/vault.ts";
import { sharedVaultKey } from "../microsoft/vault-key.ts";
import { Spool } from "../queue/spool.ts";
import { Secret } from "../secret.ts";
import { Storage } from "../store/storage.ts";
import { Backups } from "./backups.ts";

const PASSPHRASE = new Secret("correct horse battery staple");
const ACCOUNT = "alerts@contoso.example";
const EVERYTHING: BackupParts = { signIns: true, queue: true };
const LARGE = Buffer.alloc(300_000, "Scan of a large page. ");
const SIGN_IN: SignInRecord = {
	...{
		msalCache: "a refresh token",
		homeAccountId: "1",
		signedInAs: ACCOUNT,
		signedInAt: 1,
		lastRefreshAt: 1,
	},
	...{ clientId: "c", loginUrl: "https://login.example", extras: [], grant: { state: "live" } },
};

const ended: (() => Promise<void> | void)[] = [];
afterEach(async () => {
	for (const end of ended.splice(0).reverse()) await end();
});

class Box {
	readonly stateDir: string;
	readonly storage: Storage;
	readonly backups: Backups;
	restarts = 0;
	hasRoom = true;

	private constructor(stateDir: string, storage: Storage) {
		this.stateDir = stateDir;
		this.storage = storage;
		this.backups = new Backups({
			...{ storage, log: silentLog(), place: this.place },
			name: () => "postern",
			accounts: () => [ACCOUNT, "nobody@contoso.example"],
			hasRoom: async () => this.hasRoom,
			now: () => Date.UTC(2026, 10, 20, 12),
			restart: async () => {
				this.restarts += 1;
			},
		});
	}

	static async open(stateDir = mkdtempSync(path.join(tmpdir(), "postern-backup-"))): Promise<Box> {
		const onFatal = (error: Error) => {
			throw error;
		};
		const box = new Box(stateDir, await Storage.open({ stateDir, onFatal }));
		ended.push(() => rmSync(stateDir, { recursive: true, force: true }));
		ended.push(() => box.storage.close());
		return box;
	}

	get place() {
		return { stateDir: this.stateDir, credentialsDir: "" };
	}

	/** Closed and opened again. */
	async restarted(): Promise<Box> {
		await this.backups.stop();
		ended.pop();
		ended.pop();
		await this.storage.close();
		return Box.open(this.stateDir);
	}

	async backup(parts: BackupParts, passphrase = PASSPHRASE): Promise<Buffer> {
		const { content } = await this.backups.make(passphrase, parts);
		const chunks: Uint8Array[] = [];
		for await (const chunk of content) chunks.push(chunk);
		return Buffer.concat(chunks);
	}

	receive(file: Buffer, passphrase = PASSPHRASE) {
		return this.backups.receive(inPieces(file), passphrase);
	}

	/** All names below the state folder, with what is in them. */
	snapshot(): Record<string, string> {
		const names = readdirSync(this.stateDir, { recursive: true }) as string[];
		const entries = names.map((name) => {
			const file = path.join(this.stateDir, name);
			if (statSync(file).isDirectory()) return [name, "folder"] as const;
			return [name, createHash("sha256").update(readFileSync(file)).digest("hex")] as const;
		});
		return Object.fromEntries(entries);
	}

	devices(): Promise<Devices> {
		return Devices.open({ ...this.#parts(), config: { device: [] } });
	}

	mailboxes(): Promise<Mailboxes> {
		return Mailboxes.open({ ...this.#parts(), config: { mailbox: [] } });
	}

	signIns(): Vault<SignInRecord> {
		return new Vault(this.place, SIGN_IN_KIND);
	}

	spool(): Promise<Spool> {
		return Spool.open({ storage: this.storage, stateDir: this.stateDir, clock: new SystemClock() });
	}

	#parts() {
		const clock = new SystemClock();
		return {
			...{ documents: this.storage, clock, log: silentLog(), passwords: new Passwords(clock) },
			findAccount: () => undefined,
			vaultKey: sharedVaultKey(this.place),
		};
	}
}

/** As a network gives it: cut anywhere. */
async function* inPieces(file: Buffer): AsyncGenerator<Uint8Array> {
	for (let at = 0; at < file.length; at += 10_007) yield file.subarray(at, at + 10_007);
}

/** By this process. */
function filesOpenIn(stateDir: string, folder: string): number {
	const open = readdirSync("/proc/self/fd").filter((name) => {
		try {
			return readlinkSync(`/proc/self/fd/${name}`).startsWith(path.join(stateDir, folder, "/"));
		} catch {
			// The descriptor with which the folder was listed.
			return false;
		}
	});
	return open.length;
}

interface Furnished {
	readonly box: Box;
	readonly password: string;
	readonly fetchPassword: string;
	readonly queueIds: readonly string[];
}

async function furnished(): Promise<Furnished> {
	const box = await Box.open();
	const devices = await box.devices();
	const { password } = await devices.add({
		...{ name: "Old camera", addresses: [], username: "Camera" },
		switches: { cram_md5: true },
	});
	const { password: fetchPassword } = await (await box.mailboxes()).add({
		mailbox: "orders@contoso.example",
		options: { apop: true },
	});
	const sealed = (purpose: SecretPurpose, owner: string) =>
		new RecoverableSecrets(sharedVaultKey(box.place), purpose).seal(new Secret(`of ${owner}`), owner);
	await box.storage.put("person", "ann", {
		...{ name: "Ann", role: "owner", password_hash: "$argon2id$", created_at: "2026-11-20T12:00:00.000Z" },
		last_sign_in_at: null,
		totp: { sealed: await sealed(ONE_TIME_CODES, "ann"), last_step: 1, recovery_hashes: [] },
	});
	await box.storage.put("hook", "h1", { url: "http://x", sealed_secret: await sealed(HOOK_SECRETS, "h1") });
	await box.storage.put("session", "s1", { name: "Ann" });
	await box.storage.put("account", ACCOUNT, { address: ACCOUNT });
	await box.storage.put("setting", "queue.retry", "1m");
	await box.signIns().write(ACCOUNT, SIGN_IN);
	await mkdir(path.join(box.stateDir, "tls"));
	for (const name of ["authority.pem", "authority.key", "certificate.pem", "certificate.key"]) {
		await writeFile(path.join(box.stateDir, "tls", name), `of the old card: ${name}`);
	}
	const spool = await box.spool();
	ended.push(() => spool.close());
	const queueIds = [];
	for (const body of [Buffer.from("Subject: small\r\n\r\nhello\r\n"), LARGE]) {
		const incoming = spool.receive();
		await incoming.body.write(body);
		await incoming.accept({
			...{ device: "Old camera", account: ACCOUNT, reversePath: "cam@contoso.example", smtpUtf8: false },
			...{ recipients: ["boss@example.com", "log@example.com"], state: "active" },
			digest: new Uint8Array([1, 2, 255]),
			dsn: { ret: "HDRS", envid: "x", recipients: {} },
		});
		queueIds.push(incoming.queueId);
	}
	return { box, password: password?.reveal() ?? "", fetchPassword: fetchPassword.reveal(), queueIds };
}

describe("a backup restored on another card", () => {
	it("brings settings, devices, logins, sign-ins, the authority and the mail", async () => {
		const { box: old, password, fetchPassword } = await furnished();
		const file = await old.backup(EVERYTHING);
		for (const secret of [password, "refresh token", "boss@example.com", "of the old card", "Scan of"]) {
			expect(file.includes(secret)).toBe(false);
		}

		const card = await Box.open();
		expect(await card.receive(file)).toEqual({
			...{ madeAt: "2026-11-20T12:00:00.000Z", name: "postern", version: "dev", hasSignIns: true },
			...{ accounts: 1, devices: 1, mailboxes: 1, people: 1, messages: 2 },
		});
		expect(await card.storage.list("setting")).toEqual([]);
		await card.backups.apply();
		expect(card.restarts).toBe(1);

		const restored = await card.restarted();
		expect(restored.storage.restored).toMatchObject({ messages: 2, known: 0 });
		expect(await restored.storage.list("setting")).toEqual([{ key: "queue.retry", value: "1m" }]);
		expect(await restored.storage.list("account")).toEqual([{ key: ACCOUNT, value: { address: ACCOUNT } }]);
		// CRAM-MD5 and APOP need the passwords themselves, which the old card sealed under its own key.
		const devices = await restored.devices();
		expect(devices.recoverable("camera")?.reveal()).toBe(password);
		const stamp = "<1@postern>";
		const digest = createHash("md5").update(`${stamp}${fetchPassword}`).digest("hex");
		const login = (await restored.mailboxes()).authenticateByApop("orders", stamp, digest, "127.0.0.1");
		expect(login).toMatchObject({ ok: true });
		const secrets = (purpose: SecretPurpose) =>
			new RecoverableSecrets(sharedVaultKey(restored.place), purpose);
		const [person] = await restored.storage.list("person");
		const code = await secrets(ONE_TIME_CODES).open(textAt(person?.value, "totp.sealed") ?? "", "ann");
		expect(code?.reveal()).toBe("of ann");
		const [hook] = await restored.storage.list("hook");
		const hookSecret = await secrets(HOOK_SECRETS).open(textAt(hook?.value, "sealed_secret") ?? "", "h1");
		expect(hookSecret?.reveal()).toBe("of h1");
		expect(await restored.storage.list("session")).toEqual([]);
		expect(await restored.signIns().read(ACCOUNT)).toEqual({ state: "present", record: SIGN_IN });
		expect(readFileSync(path.join(restored.stateDir, "tls/authority.key"), "utf8")).toBe(
			"of the old card: authority.key",
		);

		const spool = await restored.spool();
		ended.push(() => spool.close());
		const queued = await spool.list(0, 10);
		// It may have gone on where the backup was made: it is looked up before it is sent.
		expect(queued).toMatchObject([
			{
				inFile: false,
				maybeSent: true,
				state: "incoming",
				recipients: ["boss@example.com", "log@example.com"],
			},
			{ inFile: true, maybeSent: true, state: "incoming" },
		]);
		const bodies = await Promise.all(
			queued.map(async ({ id, inFile }) => Buffer.concat(await Array.fromAsync(spool.readBody(id, inFile)))),
		);
		expect(bodies[0]?.toString()).toBe("Subject: small\r\n\r\nhello\r\n");
		expect(bodies[1]?.equals(LARGE)).toBe(true);
		expect(await spool.show(queued[0]?.id ?? 0)).toMatchObject({ digest: "0102ff", dsn: { envid: "x" } });
	}, 60_000);

	it("without them brings no sign-ins and no mail, and leaves those that are there", async () => {
		const { box: old } = await furnished();
		const file = await old.backup({ signIns: false, queue: false });
		const { box: other, queueIds } = await furnished();
		await other.signIns().write(ACCOUNT, { ...SIGN_IN, msalCache: "of this card" });
		expect(await other.receive(file)).toMatchObject({ hasSignIns: false, messages: 0 });
		await other.backups.apply();
		await ended.pop()?.();
		const restored = await other.restarted();
		const spool = await restored.spool();
		ended.push(() => spool.close());
		expect((await spool.list(0, 10)).length).toBe(queueIds.length);
		expect(await restored.signIns().read(ACCOUNT)).toMatchObject({ record: { msalCache: "of this card" } });
	}, 60_000);

	it("is made and taken in while mail comes and goes", async () => {
		const { box, queueIds } = await furnished();
		const spool = await box.spool();
		ended.push(() => spool.close());
		const [, large] = await spool.list(0, 10);
		const { content } = await box.backups.make(PASSPHRASE, EVERYTHING);
		const chunks: Uint8Array[] = [];
		for await (const chunk of content) {
			chunks.push(chunk);
			// Delivered while the backup is half made.
			if (chunks.length === 1) {
				const document = '{"device":"d","account":"a","sender":"","recipients":[]}';
				const finish = {
					type: "finish",
					id: large?.id ?? 0,
					finishedAtMs: 1,
					outcome: "delivered",
					document,
				} as const;
				await spool.settle(finish, true, "urgent");
			}
		}
		const card = await Box.open();
		expect(await card.receive(Buffer.concat(chunks))).toMatchObject({ messages: queueIds.length - 1 });
	}, 60_000);
});

describe("a file that is refused", () => {
	let file: Buffer;
	let card: Box;
	beforeEach(async () => {
		card = await Box.open();
	});
	beforeAll(async () => {
		file = await (await furnished()).box.backup(EVERYTHING);
		for (const end of ended.splice(0).reverse()) await end();
	});

	async function expectRefused(bytes: Buffer, code: string | RegExp, passphrase = PASSPHRASE): Promise<void> {
		const before = card.snapshot();
		await expect(card.receive(bytes, passphrase)).rejects.toMatchObject({
			name: "UserError",
			code: expect.stringMatching(code),
		});
		expect(card.snapshot()).toEqual(before);
		await expect(card.backups.apply()).rejects.toMatchObject({ code: "no-backup" });
		expect(card.restarts).toBe(0);
	}

	function changed(at: number, flip = 1): Buffer {
		const bytes = Buffer.from(file);
		bytes.writeUInt8(bytes.readUInt8(at) ^ flip, at);
		return bytes;
	}

	it("is refused whole, whichever octet of it is damaged", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.nat({ max: file.length - 1 }),
				fc.integer({ min: 1, max: 255 }),
				async (at, flip) => {
					await expectRefused(changed(at, flip), /^backup-(damaged|foreign|too-new)$/);
				},
			),
			{ numRuns: 25 },
		);
	}, 120_000);

	it("is refused whole, wherever it is cut off", async () => {
		const borders = [0, 1, 14, 15, 16, 18, 40, file.length - 1, file.length - 16];
		for (const at of borders) {
			await expectRefused(file.subarray(0, at), /^backup-(damaged|foreign)$/);
		}
		await fc.assert(
			fc.asyncProperty(fc.nat({ max: file.length - 1 }), async (at) => {
				await expectRefused(file.subarray(0, at), /^backup-(damaged|foreign)$/);
			}),
			{ numRuns: 15 },
		);
	}, 120_000);

	it("is refused with something added, and with its parts in another order", async () => {
		await expectRefused(Buffer.concat([file, Buffer.from("x")]), "backup-damaged");
		const sealed = file.length - (file.length % 65_552);
		const [first, second] = [
			file.subarray(sealed - 131_104, sealed - 65_552),
			file.subarray(sealed - 65_552, sealed),
		];
		await expectRefused(
			Buffer.concat([file.subarray(0, sealed - 131_104), second, first, file.subarray(sealed)]),
			"backup-damaged",
		);
	}, 60_000);

	it("is told from another program's, a newer one's, and one with another passphrase", async () => {
		await expectRefused(Buffer.from("PK\u0003\u0004 a zip file, and more of it"), "backup-foreign");
		await expectRefused(Buffer.alloc(100_000), "backup-foreign");
		await expectRefused(Buffer.alloc(0), "backup-foreign");
		// The version is the octet after the first line.
		await expectRefused(changed(15, 1 ^ 2), "backup-too-new");
		await expectRefused(file, "passphrase-wrong", new Secret("correct horse battery staples"));
	}, 60_000);

	it("asks the card for room before it fills it", async () => {
		card.hasRoom = false;
		await expect(card.receive(file)).rejects.toMatchObject({ code: "backup-too-large" });
		expect(readdirSync(card.stateDir)).not.toContain("restore-staging");
	});

	it("leaves the one that was taken in before of no effect", async () => {
		await card.receive(file);
		await expect(card.receive(changed(file.length - 1))).rejects.toMatchObject({ code: "backup-damaged" });
		await expect(card.backups.apply()).rejects.toMatchObject({ code: "no-backup" });
	});
});

describe("backups", () => {
	it("want a passphrase that is worth it", async () => {
		const box = await Box.open();
		for (const weak of ["", "short", "aaaaaaaaaaaaaaaa", "121212121212"]) {
			await expect(box.backups.make(new Secret(weak), EVERYTHING)).rejects.toMatchObject({
				code: "passphrase-weak",
			});
		}
	});

	it("open with the same letters typed on another keyboard", async () => {
		const box = await Box.open();
		const file = await box.backup(EVERYTHING, new Secret("Stra\u00dfe, Caf\u00e9 und M\u00fcsli"));
		await expect(
			box.receive(file, new Secret("Stra\u00dfe, Cafe\u0301 und Mu\u0308sli")),
		).resolves.toBeDefined();
	});

	it("leave no file open when whoever takes them goes in the middle of a message", async () => {
		const { box } = await furnished();
		const { content } = await box.backups.make(PASSPHRASE, EVERYTHING);
		let chunks = 0;
		let openInMiddle = 0;
		for await (const _ of content) {
			chunks += 1;
			openInMiddle = filesOpenIn(box.stateDir, "spool");
			if (chunks === 4) break;
		}
		expect(openInMiddle).toBe(1);
		expect(filesOpenIn(box.stateDir, "spool")).toBe(0);
	});

	it("that were received are shown until they are put in place, or are not wanted", async () => {
		const box = await Box.open();
		const file = await box.backup(EVERYTHING);
		expect(box.backups.received()).toBeNull();
		const summary = await box.receive(file);
		expect(box.backups.received()).toEqual(summary);
		await box.backups.forget();
		expect(box.backups.received()).toBeNull();
		expect(readdirSync(box.stateDir)).not.toContain("restore-staging");
		await box.receive(file);
		await box.backups.apply();
		expect(box.backups.received()).toBeNull();
		expect(box.backups.restored()).toBeNull();
		expect((await box.restarted()).backups.restored()).toMatchObject({ messages: 0, known: 0 });
	});

	it("that break off on their way in leave nothing behind", async () => {
		const { box } = await furnished();
		const file = await box.backup(EVERYTHING);
		const card = await Box.open();
		async function* brokenOff() {
			yield* inPieces(file.subarray(0, -100_000));
			throw new Error("the phone is out of reach");
		}
		await expect(card.backups.receive(brokenOff(), PASSPHRASE)).rejects.toThrow("out of reach");
		expect(readdirSync(card.stateDir)).not.toContain("restore-staging");
		expect(filesOpenIn(card.stateDir, "restore-staging")).toBe(0);
		await expect(card.receive(file)).resolves.toMatchObject({ messages: 2 });
	});

	it("are taken in one at a time", async () => {
		const box = await Box.open();
		const file = await box.backup(EVERYTHING);
		const first = box.receive(file);
		await expect(box.receive(file)).rejects.toMatchObject({ code: "backup-busy" });
		await first;
		// The second to be put in place at the next start counts.
		await box.backups.apply();
		await box.receive(file);
		await box.backups.apply();
		expect(box.restarts).toBe(2);
		const restored = await box.restarted();
		expect(restored.storage.restored).not.toBeNull();
	});
});
