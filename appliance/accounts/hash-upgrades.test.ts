/** Logins that came with a bcrypt hash: they sign in as before, and the hash is replaced on the card. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SystemClock } from "../clock.ts";
import { configSchema } from "../config/schema.ts";
import { Log } from "../log.ts";
import { Secret } from "../secret.ts";
import type { DocumentStore } from "../store/documents.ts";
import { Storage } from "../store/storage.ts";
import { Devices } from "./devices.ts";
import { Mailboxes } from "./mailboxes.ts";
import { Passwords } from "./passwords.ts";

const PASSWORD = new Secret("copier-secret");
const HASH = "$2b$04$abcdefghijklmnopqrstuu1vOOZxWw38vlxntcI5716rPDL8C0t2K";
const PEER = "192.168.1.50";

let folder: string;
let storage: Storage;
let logged: string[];
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), "postern-upgrades-"));
	storage = await Storage.open({
		stateDir: folder,
		onFatal: (error) => {
			throw error;
		},
	});
	logged = [];
});
afterEach(async () => {
	await storage.close();
	await rm(folder, { recursive: true });
});

async function open(documents: DocumentStore = storage, file: object = {}) {
	const clock = new SystemClock();
	const config = configSchema.parse(file);
	const log = new Log({ level: "debug", journal: false, write: (line) => void logged.push(line) });
	const vaultKey = { read: async () => Buffer.alloc(32), ensure: async () => Buffer.alloc(32) };
	const options = { documents, config, clock, log, vaultKey, passwords: new Passwords(clock) };
	const findAccount = () => undefined;
	return {
		devices: await Devices.open({ ...options, findAccount }),
		mailboxes: await Mailboxes.open({ ...options, findAccount }),
	};
}

async function hashesOf(kind: "device" | "mailbox"): Promise<readonly unknown[]> {
	const documents = await storage.list(kind);
	return documents.map(({ value }) => (value as { password_hash: unknown }).password_hash);
}

const DEVICE = { name: "Copier", username: "copier", password_hash: HASH, urgent: true, rate: "120/h" };
const MAILBOX = { username: "plc", mailbox: "orders@contoso.com", password_hash: HASH, newer_than: "30d" };

describe("a login that came with a bcrypt hash", () => {
	it("of a device signs in, and from then on has a hash of our own, also after a restart", async () => {
		const { devices } = await open();
		expect(await devices.take([DEVICE], { isTrial: false })).toEqual([{ outcome: "taken" }]);
		expect(await devices.authenticate("copier", new Secret("wrong"), PEER)).toMatchObject({ ok: false });
		await devices.settled();
		expect(await hashesOf("device")).toEqual([HASH]);

		expect(await devices.authenticate("Copier", PASSWORD, PEER)).toMatchObject({ ok: true });
		await devices.settled();
		expect(await hashesOf("device")).toEqual([expect.stringMatching(/^\$argon2id\$/)]);
		expect(logged.join("")).toMatch(/password-rehashed username=copier/);
		expect(logged.join("")).not.toContain("copier-secret");
		expect(devices.get("Copier")).toMatchObject({ urgent: true, rate: { count: 120 } });

		const { devices: later } = await open();
		expect(await later.authenticate("copier", PASSWORD, PEER)).toMatchObject({ ok: true });
		expect(await later.authenticate("copier", new Secret("Copier-secret"), PEER)).toMatchObject({
			ok: false,
		});
	});

	it("of a mailbox does so too, and keeps the rest of what was saved", async () => {
		const { mailboxes } = await open();
		await mailboxes.take([MAILBOX], { isTrial: false });
		expect(await mailboxes.authenticate("plc", PASSWORD, PEER)).toMatchObject({ ok: true });
		await mailboxes.settled();
		expect(await hashesOf("mailbox")).toEqual([expect.stringMatching(/^\$argon2id\$/)]);
		const { mailboxes: later } = await open();
		expect(await later.authenticate("plc", PASSWORD, PEER)).toMatchObject({ ok: true });
		expect(later.get("plc").newerThanMs).toBe(30 * 86_400_000);
	});

	it("is rehashed once, however many connections it opens", async () => {
		const { devices } = await open();
		await devices.take([DEVICE], { isTrial: false });
		const answers = await Promise.all(
			Array.from({ length: 20 }, () => devices.authenticate("copier", PASSWORD, PEER)),
		);
		expect(answers.every(({ ok }) => ok)).toBe(true);
		await devices.settled();
		expect(logged.filter((line) => line.includes("password-rehashed"))).toHaveLength(1);
	});

	it("that got a new password meanwhile keeps the new one", async () => {
		const { devices } = await open();
		await devices.take([DEVICE], { isTrial: false });
		const [, password] = await Promise.all([
			devices.authenticate("copier", PASSWORD, PEER),
			devices.renewPassword("Copier"),
		]);
		await devices.settled();
		expect(await devices.authenticate("copier", password, PEER)).toMatchObject({ ok: true });
		expect(await devices.authenticate("copier", PASSWORD, PEER)).toMatchObject({ ok: false });
	});

	it("still signs in when the card refuses the new hash, and is tried again", async () => {
		let isFull = true;
		const full: DocumentStore = {
			list: (kind) => storage.list(kind),
			put: (kind, key, value) => storage.put(kind, key, value),
			remove: (kind, key) => storage.remove(kind, key),
			change: (kind, changes) =>
				isFull && JSON.stringify(changes).includes("$argon2id")
					? Promise.reject(new Error("the card is full"))
					: storage.change(kind, changes),
		};
		const { devices } = await open(full);
		await devices.take([DEVICE], { isTrial: false });
		expect(await devices.authenticate("copier", PASSWORD, PEER)).toMatchObject({ ok: true });
		await devices.settled();
		expect(logged.join("")).toMatch(/password-not-saved username=copier error="?the card is full/);
		expect(await hashesOf("device")).toEqual([HASH]);
		isFull = false;
		expect(await devices.authenticate("copier", PASSWORD, PEER)).toMatchObject({ ok: true });
		await devices.settled();
		expect(await hashesOf("device")).toEqual([expect.stringMatching(/^\$argon2id\$/)]);
	});

	it("in the configuration file signs in and stays as its owner wrote it", async () => {
		const { devices } = await open(storage, { device: [{ ...DEVICE, from: "keep" }] });
		expect(await devices.authenticate("copier", PASSWORD, PEER)).toMatchObject({ ok: true });
		await devices.settled();
		expect(await storage.list("device")).toEqual([]);
		expect(await devices.authenticate("copier", PASSWORD, PEER)).toMatchObject({ ok: true });
	});
});
