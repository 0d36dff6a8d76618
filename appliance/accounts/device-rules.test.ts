/** Changing a saved device, on a real store. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SystemClock } from "../clock.ts";
import { configSchema } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import { silentLog } from "../log.ts";
import type { Secret } from "../secret.ts";
import { Storage } from "../store/storage.ts";
import { Accounts } from "./accounts.ts";
import { DeviceRuleDesk } from "./device-rules.ts";
import { Devices } from "./devices.ts";

let folder: string;
let storage: Storage;
let accountsGone = false;
beforeEach(async () => {
	accountsGone = false;
	folder = await mkdtemp(join(tmpdir(), "postern-rules-"));
	storage = await Storage.open({
		stateDir: folder,
		onFatal: (error) => {
			throw error;
		},
	});
});
afterEach(async () => {
	await storage.close();
	await rm(folder, { recursive: true });
});

async function open() {
	const config = configSchema.parse({
		device: [{ name: "Of the file", addresses: ["192.168.1.9"], quota: "500MB/d" }],
		account: [{ address: "alerts@contoso.com" }],
	});
	const log = silentLog();
	const accounts = await Accounts.open({ config, documents: storage, log });
	const devices = await Devices.open({
		...{ config, documents: storage, log, clock: new SystemClock() },
		findAccount: (address) => (accountsGone ? undefined : accounts.find(address)),
		vaultKey: { read: async () => Buffer.alloc(32, 1), ensure: async () => Buffer.alloc(32, 1) },
	});
	return { devices, rules: new DeviceRuleDesk({ devices, onChanged: () => undefined }) };
}

async function codeOf(work: Promise<unknown>): Promise<string> {
	try {
		await work;
	} catch (error) {
		if (error instanceof UserError) return error.code;
		throw error;
	}
	return "done";
}

const signsIn = async (devices: Devices, username: string, password: Secret | null) =>
	password !== null && (await devices.authenticate(username, password, "192.168.1.50")).ok;

describe("a saved device", () => {
	it("gets other rules, which hold at once and after a restart, and keeps its password", async () => {
		const { devices, rules } = await open();
		const { password } = await devices.add({ name: "Copier", addresses: [], username: "copier" });
		await rules.change("copier", {
			...{ from: ["scan@contoso.com"], recipients: ["*@contoso.com"], rate: "120/h", quota: "1GB/d" },
			...{ coalesce: "5m", urgent: true, switches: { auth_without_tls: true } },
		});
		const again = await open();
		for (const { devices: known, rules: desk } of [{ devices, rules }, again]) {
			expect(known.find("Copier")).toMatchObject({
				...{ from: ["scan@contoso.com"], recipients: ["*@contoso.com"], urgent: true, coalesceMs: 300_000 },
				compatibility: { authWithoutTls: true },
			});
			expect(await desk.rules("Copier")).toMatchObject({ rate: "120/h", quota: "1GB/d", coalesce: "5m" });
			expect(await signsIn(known, "copier", password)).toBe(true);
		}
	});

	it("gives back what it shows: sending the rules again changes nothing", async () => {
		const { devices, rules } = await open();
		await devices.add({ name: "Copier", addresses: ["192.168.1.50"], switches: { lf_line_ends: true } });
		await rules.change("Copier", { rate: "7/m", quota: "1500kB/w", coalesce: "90s" });
		const shown = await rules.rules("Copier");
		await rules.change("Copier", shown);
		expect(await rules.rules("Copier")).toEqual(shown);
	});

	it("takes limits off with null", async () => {
		const { devices, rules } = await open();
		await devices.add({ name: "Copier", addresses: ["192.168.1.50"] });
		await rules.change("Copier", { rate: "7/m" });
		await rules.change("Copier", { rate: null });
		expect(devices.find("Copier")?.rate).toBeUndefined();
	});

	it("is renamed, and is nobody under its old name", async () => {
		const { devices, rules } = await open();
		const { password } = await devices.add({ name: "Copier", addresses: [], username: "copier" });
		await rules.rename("Copier", "Copier, 2nd floor");
		const again = await open();
		expect(again.devices.list().map(({ name }) => name)).toEqual(["Of the file", "Copier, 2nd floor"]);
		expect(await signsIn(again.devices, "copier", password)).toBe(true);
	});

	it("gets a new password; the old one is worth nothing", async () => {
		const { devices, rules } = await open();
		const { password } = await devices.add({ name: "Copier", addresses: [], username: "copier" });
		const next = await rules.newPassword("Copier");
		expect(await signsIn(devices, "copier", password)).toBe(false);
		expect(await signsIn(devices, "copier", next)).toBe(true);
	});

	it("with CRAM-MD5 turned on later can be asked for its password after a new one was made", async () => {
		const { devices, rules } = await open();
		await devices.add({ name: "Copier", addresses: [], username: "copier" });
		await rules.change("Copier", { switches: { cram_md5: true } });
		const next = await rules.newPassword("Copier");
		expect((await open()).devices.recoverable("copier")?.reveal()).toBe(next.reveal());
	});

	it("keeps its recoverable password under another username, and gives it up with CRAM-MD5", async () => {
		const { devices, rules } = await open();
		const { password } = await devices.add({ name: "Copier", addresses: [], switches: { cram_md5: true } });
		await rules.change("Copier", { username: "scanner" });
		for (const known of [devices, (await open()).devices]) {
			expect(known.recoverable("scanner")?.reveal()).toBe(password?.reveal());
			expect(known.recoverable("copier")).toBeUndefined();
			expect(known.problems()).toEqual([]);
		}
		await rules.change("Copier", { switches: { cram_md5: false } });
		const onCard = JSON.stringify(await storage.list("device"));
		expect(onCard).toContain("password_hash");
		expect(onCard).not.toContain("recoverable_password");
		await rules.change("Copier", { switches: { cram_md5: true } });
		expect(devices.recoverable("scanner")).toBeUndefined();
	});

	it("leaves no password behind to the next one that takes its username", async () => {
		const { devices, rules } = await open();
		const switches = { cram_md5: true };
		const { password } = await devices.add({ name: "Copier", addresses: [], username: "copier", switches });
		await rules.change("Copier", { username: "scanner" });
		await devices.add({ name: "Camera", addresses: ["192.168.1.60"] });
		await rules.change("Camera", { username: "copier", switches });
		expect(devices.recoverable("copier")).toBeUndefined();
		expect(await signsIn(devices, "copier", password)).toBe(false);
	});

	it("keeps what it has besides: no rule is its name or its password", async () => {
		const { devices, rules } = await open();
		const { password } = await devices.add({ name: "Copier", addresses: [], username: "copier" });
		for (const key of ["name", "password", "password_hash", "recoverable_password", "rat", "__proto__"]) {
			const odd: object = JSON.parse(`{"${key}":"x"}`);
			expect([key, await codeOf(rules.change("Copier", odd))]).toEqual([key, "device-invalid"]);
		}
		expect(await signsIn(devices, "copier", password)).toBe(true);
	});

	it("can be changed although its account has gone, and gets no other that is not there", async () => {
		const { devices, rules } = await open();
		await devices.add({ name: "Copier", addresses: ["192.168.1.50"], account: "alerts@contoso.com" });
		accountsGone = true;
		await rules.change("Copier", { rate: "7/m" });
		expect(await codeOf(rules.change("Copier", { account: "other@contoso.com" }))).toBe("account-unknown");
		expect(await codeOf(rules.change("Copier", { kind: "toaster" }))).toBe("device-kind-unknown");
	});

	it("of a range that would let in nearly anyone is refused", async () => {
		const { devices, rules } = await open();
		await devices.add({ name: "Copier", addresses: ["192.168.1.50"] });
		expect(await codeOf(rules.change("Copier", { addresses: ["0.0.0.0/0"] }))).toBe("device-invalid");
		expect(devices.byAddress("8.8.8.8")).toBeUndefined();
	});

	it("is told of to whom it concerns when it was changed, and only then", async () => {
		const { devices } = await open();
		const told: string[] = [];
		const desk = new DeviceRuleDesk({ devices, onChanged: () => void told.push("changed") });
		await devices.add({ name: "Copier", addresses: ["192.168.1.50"] });
		await desk.change("Copier", { urgent: true });
		await codeOf(desk.change("Copier", { rate: "often" }));
		expect(told).toEqual(["changed"]);
	});

	it("is refused what does not fit, and stays as it was", async () => {
		const { devices, rules } = await open();
		await devices.add({ name: "Copier", addresses: ["192.168.1.50"] });
		await devices.add({ name: "Camera", addresses: ["192.168.1.60"] });
		const before = devices.find("Copier");
		expect(await codeOf(rules.change("Copier", { rate: "often" }))).toBe("device-invalid");
		expect(await codeOf(rules.change("Copier", { addresses: ["192.168.1.60"] }))).toBe("device-exists");
		expect(await codeOf(rules.change("Copier", { addresses: [] }))).toBe("device-invalid");
		expect(await codeOf(rules.change("Copier", { account: "nobody@contoso.com" }))).toBe("account-unknown");
		expect(await codeOf(rules.rename("Copier", "camera"))).toBe("device-exists");
		expect(await codeOf(rules.newPassword("Copier"))).toBe("device-invalid");
		expect(devices.find("Copier")).toEqual(before);
	});

	it("of the configuration file is changed there", async () => {
		const { rules } = await open();
		expect(await codeOf(rules.change("Of the file", { rate: "1/h" }))).toBe("device-locked");
		expect(await codeOf(rules.rename("Of the file", "Other"))).toBe("device-locked");
		expect(await rules.rules("Of the file")).toMatchObject({ quota: "500MB/d" });
	});
});
