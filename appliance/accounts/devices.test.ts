import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { SystemClock } from "../clock.ts";
import { configSchema } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import { Log } from "../log.ts";
import { Secret } from "../secret.ts";
import { Storage } from "../store/storage.ts";
import { Accounts } from "./accounts.ts";
import { suggestUsername } from "./device-records.ts";
import { Devices } from "./devices.ts";

let folder: string;
let storage: Storage;
let logged: string[];
let vaultKey = Buffer.alloc(32, 1);
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "postern-devices-"));
	storage = await openStorage();
	logged = [];
});
afterEach(async () => {
	await storage.close();
	await rm(folder, { recursive: true });
});

function openStorage(): Promise<Storage> {
	return Storage.open({
		stateDir: folder,
		onFatal: (error) => {
			throw error;
		},
	});
}

function configOf(...devices: object[]) {
	return configSchema.parse({ device: devices, account: [{ address: "alerts@contoso.com" }] });
}

async function open(...devices: object[]): Promise<Devices> {
	const config = configOf(...devices);
	const log = new Log({ level: "debug", journal: false, write: (line) => void logged.push(line) });
	const accounts = await Accounts.open({ config, documents: storage, log });
	const opened = await Devices.open({
		config,
		documents: storage,
		clock: new SystemClock(),
		log,
		findAccount: (address) => accounts.find(address),
		vaultKey: { read: async () => vaultKey, ensure: async () => vaultKey },
	});
	await opened.settled();
	return opened;
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
	try {
		await promise;
		return "none";
	} catch (error) {
		if (!(error instanceof UserError)) throw error;
		return error.code;
	}
}

const PEER = "10.0.0.99";

describe("devices of the configuration file", () => {
	it("are found by address and by name, without regard to case", async () => {
		const devices = await open(
			{ name: "Copier", addresses: ["192.168.1.50"], username: "Copier-2", password: "x" },
			{ name: "Office", addresses: ["192.168.1.0/24"] },
		);
		expect(devices.byAddress("::ffff:192.168.1.50")?.name).toBe("Copier");
		expect(devices.byAddress("192.168.1.51")?.name).toBe("Office");
		expect(devices.byAddress("192.168.2.1")).toBeUndefined();
		expect(devices.byUsername(" COPIER-2")?.name).toBe("Copier");
		expect(devices.get("copier").origin).toBe("file");
		expect(() => devices.get("plc")).toThrow(UserError);
	});

	it("sign in with the password in the file, and without it once it was saved as a hash", async () => {
		const written = { name: "Copier", username: "copier" };
		const before = await open({ ...written, password: "sesame" });
		expect(await before.authenticate("Copier", new Secret("sesame"), PEER)).toMatchObject({ ok: true });
		expect(logged.join("")).toMatch(/password-in-file device=Copier/);
		expect(logged.join("")).not.toContain("sesame");

		const cleaned = await open(written);
		expect(await cleaned.authenticate("copier", new Secret("sesame"), PEER)).toMatchObject({ ok: true });
		expect(await cleaned.authenticate("copier", new Secret("Sesame"), PEER)).toEqual({
			ok: false,
			reason: "wrong",
		});

		const changed = await open({ ...written, password: "other" });
		expect(await changed.authenticate("copier", new Secret("sesame"), PEER)).toEqual({
			ok: false,
			reason: "wrong",
		});
		const cleanedAgain = await open(written);
		expect(await cleanedAgain.authenticate("copier", new Secret("other"), PEER)).toMatchObject({ ok: true });

		await open();
		const back = await open(written);
		expect(await back.authenticate("copier", new Secret("other"), PEER)).toEqual({
			ok: false,
			reason: "wrong",
		});
	});

	it("are warned of where a setting does nothing yet or lets nearly anyone in", async () => {
		const devices = await open(
			{ name: "Quiet", addresses: ["10.0.0.1"] },
			{ name: "Forced", from: "force", rate: "120/h", quota: "500MB/d" },
			{ name: "Old", username: "old", password: "x", hide_ehlo: ["CHUNKING"], legacy_tls: true },
			{ name: "Open", addresses: ["0.0.0.0/0"] },
		);
		const linesOf = (name: string) => logged.filter((line) => line.includes(`device=${name}`));
		expect(linesOf("Quiet")).toEqual([]);
		expect(linesOf("Forced")).toEqual([]);
		expect(linesOf("Old").join()).toMatch(/device-not-in-force.*legacy_tls and hide_ehlo needs addresses/);
		expect(linesOf("Open").join()).toMatch(/device-range-open.*0\.0\.0\.0\/0.*nearly anyone/);
		expect(devices.list()).toHaveLength(4);
	});

	it("cannot be removed or replaced by saved ones", async () => {
		const devices = await open({ name: "Copier", addresses: ["10.0.0.1"], username: "copier" });
		expect(await codeOf(devices.remove("copier"))).toBe("device-locked");
		expect(await codeOf(devices.add({ name: "COPIER", addresses: [] }))).toBe("device-exists");
		expect(await codeOf(devices.add({ name: "Other", addresses: ["10.0.0.1/32"] }))).toBe("device-exists");
		expect(await codeOf(devices.add({ name: "Other", addresses: [], username: "Copier" }))).toBe(
			"device-exists",
		);
		expect(devices.list()).toHaveLength(1);
	});
});

describe("saved devices", () => {
	it("come with a password shown once and survive a restart", async () => {
		const first = await open();
		const { device, password } = await first.add({ name: "Copier, 2nd floor", addresses: [] });
		expect(device).toMatchObject({ username: "copier-2nd-floor", origin: "saved", recipients: ["*"] });
		if (password === null) throw new Error("no password");
		expect(await first.authenticate(device.username, password, PEER)).toMatchObject({ ok: true });

		await storage.close();
		storage = await openStorage();
		const second = await open();
		expect(await second.authenticate(device.username, password, PEER)).toMatchObject({ ok: true });
		await second.remove("copier, 2ND floor");
		expect(await second.authenticate(device.username, password, PEER)).toEqual({
			ok: false,
			reason: "wrong",
		});
		expect(await codeOf(second.remove("Copier, 2nd floor"))).toBe("device-unknown");
		expect(await storage.list("device")).toEqual([]);
	});

	it("need no password when known by address", async () => {
		const devices = await open();
		const { device, password } = await devices.add({
			name: "PLC",
			addresses: ["10.0.0.7/24"],
			account: "Alerts@contoso.com",
		});
		expect(password).toBeNull();
		expect(device).toMatchObject({ addresses: ["10.0.0.0/24"], username: "", account: "alerts@contoso.com" });
		expect(devices.byAddress("10.0.0.8")).toBe(device);
	});

	it("are refused with what is wrong with them", async () => {
		const devices = await open();
		await expect(devices.add({ name: "PLC", addresses: ["10.0.0.300"] })).rejects.toThrow(
			/10\.0\.0\.300.*no network address/,
		);
		expect(await codeOf(devices.add({ name: "  ", addresses: [] }))).toBe("device-invalid");
		expect(await codeOf(devices.add({ name: "P", addresses: [], username: "a b" }))).toBe("device-invalid");
		expect(await codeOf(devices.add({ name: "P", addresses: [], account: "no@contoso.com" }))).toBe(
			"account-unknown",
		);
		expect(devices.list()).toEqual([]);
		expect(await storage.list("device")).toEqual([]);
	});

	it.each(["0.0.0.0/0", "128.0.0.0/1", "::/0", "2000::/3", "::ffff:0:0/96"])(
		"are refused with %s, which makes an open relay",
		async (range) => {
			const devices = await open();
			const adding = devices.add({ name: "PLC", addresses: ["10.0.0.1", range] });
			await expect(adding).rejects.toMatchObject({
				code: "device-invalid",
				message: expect.stringMatching(/nearly anyone/),
				hint: expect.stringMatching(/192\.168\.1\.0\/24/),
			});
			expect(await storage.list("device")).toEqual([]);
		},
	);

	it("may have a network of their own", async () => {
		const devices = await open();
		await devices.add({ name: "Plant", addresses: ["10.0.0.0/8", "fd00::/16"] });
		expect(devices.byAddress("10.255.0.1")?.name).toBe("Plant");
	});

	it("of one name are saved once, however many ask at once", async () => {
		const devices = await open();
		const codes = await Promise.all(
			[1, 2, 3].map(() => codeOf(devices.add({ name: "PLC", addresses: ["10.0.0.1"] }))),
		);
		expect(codes.sort()).toEqual(["device-exists", "device-exists", "none"]);
	});

	it("give way to the file, and the owner is told", async () => {
		const devices = await open();
		await devices.add({ name: "PLC", addresses: ["10.0.0.1"] });
		await devices.add({ name: "UPS", addresses: ["10.0.0.2"] });
		await storage.put("device", "device:broken", { nonsense: true });
		await devices.reload(configOf({ name: "Copier", addresses: ["10.0.0.1"] }));
		expect(devices.list().map(({ name }) => name)).toEqual(["Copier", "UPS"]);
		expect(devices.problems()).toHaveLength(2);
		await devices.reload(configOf());
		expect(devices.list().map(({ name }) => name)).toEqual(["PLC", "UPS"]);
	});
});

describe("signing in", () => {
	it("is locked for a guesser and stays open for the device at its own address", async () => {
		const devices = await open({
			name: "Copier",
			addresses: ["10.0.0.5"],
			username: "copier",
			password: "sesame",
		});
		for (let count = 0; count < 5; count += 1) {
			const outcome = await devices.authenticate("copier", new Secret(`guess ${count}`), PEER);
			expect(outcome).toEqual({ ok: false, reason: "wrong" });
		}
		const right = new Secret("sesame");
		expect(await devices.authenticate("copier", right, PEER)).toEqual({ ok: false, reason: "locked" });
		expect(await devices.authenticate("copier", right, "10.0.0.6")).toMatchObject({ ok: true });
		expect(await devices.authenticate("copier", right, "::ffff:10.0.0.5")).toMatchObject({ ok: true });
	});

	it("works from an address not seen since the start while another guesses at the name", async () => {
		const devices = await open({ name: "Copier", username: "copier", password: "sesame" });
		for (let count = 0; count < 5; count += 1) {
			await devices.authenticate("copier", new Secret(`guess ${count}`), "127.0.0.1");
		}
		expect(await devices.authenticate("copier", new Secret("sesame"), "127.0.0.2")).toMatchObject({
			ok: true,
		});
	});

	it("looks at no more guesses when a hundred come at once, and is not busy for others", async () => {
		const devices = await open();
		const { device, password } = await devices.add({ name: "Copier", addresses: [] });
		if (password === null) throw new Error("no password");
		const guesses = Array.from({ length: 100 }, (_, index) =>
			devices.authenticate(device.username, new Secret(`guess ${index}`), PEER),
		);
		expect(await devices.authenticate(device.username, password, "10.0.0.6")).toMatchObject({ ok: true });
		const reasons = (await Promise.all(guesses)).map((outcome) => (outcome.ok ? "right" : outcome.reason));
		const evaluated = reasons.filter((reason) => reason === "wrong").length;
		expect(evaluated).toBeGreaterThan(0);
		expect(evaluated).toBeLessThanOrEqual(5);
		expect(reasons).not.toContain("right");
	});

	it("counts once when a device opens many connections with one password", async () => {
		const devices = await open();
		const { device, password } = await devices.add({ name: "Copier", addresses: [] });
		if (password === null) throw new Error("no password");
		const signIns = Array.from({ length: 50 }, () =>
			devices.authenticate(device.username, password, "10.0.0.5"),
		);
		for (const outcome of await Promise.all(signIns)) expect(outcome).toMatchObject({ ok: true });
	});

	it("fails for nobody's name and for a device without a password", async () => {
		const devices = await open({ name: "PLC", addresses: ["10.0.0.5"], username: "plc" });
		const wrong = { ok: false, reason: "wrong" };
		expect(await devices.authenticate("", new Secret(""), PEER)).toEqual(wrong);
		expect(await devices.authenticate("plc", new Secret(""), PEER)).toEqual(wrong);
		expect(await devices.authenticate("x".repeat(100_000), new Secret("x"), PEER)).toEqual(wrong);
	});
});

describe("suggested usernames", () => {
	it("are easy to type and free", () => {
		expect(suggestUsername("Copier, 2nd floor", () => false)).toBe("copier-2nd-floor");
		expect(suggestUsername("Drucker Büro", (name) => name === "drucker-buro")).toBe("drucker-buro-2");
		expect(suggestUsername("打印机", () => false)).toBe("device");
		fc.assert(
			fc.property(fc.string({ minLength: 1, unit: "binary" }), (name) => {
				expect(suggestUsername(name, () => false)).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
			}),
		);
	});
});

describe("kind and switches of a new device", () => {
	it("are kept, and survive a restart", async () => {
		const devices = await open();
		const draft = { name: "Old copier", addresses: ["192.168.1.60"], kind: "Bizhub" };
		const { device } = await devices.add({
			...draft,
			switches: { legacy_tls: true, hide_ehlo: ["chunking"] },
		});
		expect(device.kind).toBe("konica-minolta");
		const again = (await open()).get("old copier");
		expect(again.kind).toBe("konica-minolta");
		expect(again.compatibility).toMatchObject({ legacyTls: true, lfLineEnds: false, hideEhlo: ["CHUNKING"] });
	});

	it("must exist, and must be able to work", async () => {
		const devices = await open();
		const draft = { name: "A", addresses: [] };
		expect(await codeOf(devices.add({ ...draft, kind: "toaster" }))).toBe("device-kind-unknown");
		expect(await codeOf(devices.add({ ...draft, switches: { legacy_tls: true } }))).toBe("device-invalid");
		expect(await codeOf(devices.add({ ...draft, switches: { hide_ehlo: ["a b"] } }))).toBe("device-invalid");
		expect(devices.list()).toEqual([]);
	});

	it("an unknown name is answered with the nearest", async () => {
		const devices = await open({ name: "Copier", addresses: ["192.168.1.50"] });
		expect(() => devices.get("copeir")).toThrow(expect.objectContaining({ hint: 'Did you mean "Copier"?' }));
	});
});

describe("a password for CRAM-MD5", () => {
	it("of a saved device is had back as long as the key is there, and only with cram_md5", async () => {
		const devices = await open();
		const addresses = ["192.168.1.70"];
		const { device, password } = await devices.add({ name: "PLC", addresses, switches: { cram_md5: true } });
		await devices.add({ name: "Camera", addresses: [] });
		expect(device.username).toBe("plc");
		expect(devices.recoverable("PLC")?.reveal()).toBe(password?.reveal());
		expect(devices.recoverable("camera")).toBeUndefined();
		expect(devices.recoverable("nobody")).toBeUndefined();
		const saved = JSON.stringify(await storage.list("device"));
		expect(saved).not.toContain(password?.reveal());

		const restarted = await open();
		expect(restarted.recoverable("plc")?.reveal()).toBe(password?.reveal());
		await restarted.remove("PLC");
		expect(restarted.recoverable("plc")).toBeUndefined();
	});

	it("with the key gone, the owner is told, and its hash goes on working", async () => {
		const devices = await open();
		const { password } = await devices.add({ name: "PLC", addresses: [], switches: { cram_md5: true } });
		vaultKey = Buffer.alloc(32, 2);
		const restarted = await open();
		expect(restarted.recoverable("plc")).toBeUndefined();
		expect(restarted.problems().join()).toMatch(/"PLC" cannot be read back/);
		expect(await restarted.authenticate("plc", password ?? new Secret(""), PEER)).toMatchObject({ ok: true });
		vaultKey = Buffer.alloc(32, 1);
	});

	it("of the file is the one that stands there; a saved form is no key of the file", async () => {
		const devices = await open({ name: "PLC", username: "plc", password: "sesame", cram_md5: true });
		expect(devices.recoverable("plc")?.reveal()).toBe("sesame");
		const written = { name: "PLC", username: "plc", recoverable_password: "v1.AAAA" };
		expect(configSchema.safeParse({ device: [written] }).success).toBe(false);
	});
});
