import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sessionLog, stranger } from "../../web/testing/samples.ts";
import { SystemClock } from "../clock.ts";
import { configSchema } from "../config/schema.ts";
import { silentLog } from "../log.ts";
import type { DevicePort } from "../services.ts";
import { Storage } from "../store/storage.ts";
import { Accounts } from "./accounts.ts";
import { DeviceDesk } from "./device-desk.ts";
import { Devices } from "./devices.ts";

const PORTS: DevicePort[] = [
	{ role: "submission", port: 587, security: "STARTTLS" },
	{ role: "implicit-tls", port: 465, security: "TLS" },
	{ role: "relay", port: 25, security: "STARTTLS" },
];
const SESSIONS = [
	sessionLog({ address: "192.168.1.50", device: "" }),
	sessionLog({ address: "10.0.0.9", device: "Copier" }),
	sessionLog({ address: "10.0.0.9", device: "" }),
];

let folder: string;
let storage: Storage;
let desk: DeviceDesk;
let calls: string[];
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "postern-desk-"));
	storage = await Storage.open({ stateDir: folder, onFatal: () => undefined });
	const config = configSchema.parse({
		account: [{ address: "alerts@contoso.com" }],
		device: [{ name: "Copier", addresses: ["192.168.1.50", "192.168.7.0/24"], username: "copier" }],
	});
	const log = silentLog();
	const accounts = await Accounts.open({ config, documents: storage, log });
	const key = Buffer.alloc(32);
	const devices = await Devices.open({
		config,
		documents: storage,
		clock: new SystemClock(),
		log,
		findAccount: (address) => accounts.find(address),
		vaultKey: { read: async () => key, ensure: async () => key },
	});
	calls = [];
	const unused = () => Promise.reject(new Error("not in this test"));
	desk = new DeviceDesk({
		devices,
		accounts,
		strangers: {
			list: () => [stranger()],
			has: (address) => address === "192.168.1.77",
			allow: async (address, device, account) => {
				calls.push(`${address} is ${device.name} through ${account}`);
				return 2;
			},
			refuse: async () => 3,
		},
		place: () => ({ server: "192.168.1.2", ports: PORTS }),
		sessions: (isWanted) => SESSIONS.filter(isWanted),
		testBench: {
			connect: unused,
			connectAs: unused,
			deviceAt: (address) => devices.byAddress(address),
			identity: () => ({ name: "postern", authority: "" }),
			queueEntry: unused,
			lastSession: () => undefined,
			clock: new SystemClock(),
		},
	});
});
afterEach(async () => {
	await storage.close();
	await rm(folder, { recursive: true });
});

describe("the log of a device", () => {
	it("has its own sessions and those of its exact addresses; that of an address all from there", async () => {
		expect(await desk.log("copier")).toEqual([SESSIONS[0], SESSIONS[1]]);
		expect(await desk.log("::ffff:10.0.0.9")).toEqual([SESSIONS[1], SESSIONS[2]]);
		expect(await desk.log("10.9.9.9")).toEqual([]);
		await expect(desk.log("copeir")).rejects.toMatchObject({ code: "device-unknown" });
	});
});

describe("a stranger", () => {
	it("that is allowed becomes a device known by its address, and its mail goes on", async () => {
		const allowed = await desk.allow("192.168.1.77", { name: "Lobby", kind: "brother" });
		expect(allowed).toMatchObject({ released: 2, device: { addresses: ["192.168.1.77"], kind: "brother" } });
		expect(calls).toEqual(["192.168.1.77 is Lobby through alerts@contoso.com"]);
		expect(await desk.refuse("192.168.1.77")).toEqual({ deleted: 3 });
	});

	it("that never came is neither allowed nor refused", async () => {
		await expect(desk.allow("10.1.1.1", { name: "A" })).rejects.toMatchObject({ code: "stranger-unknown" });
		await expect(desk.refuse("not an address")).rejects.toMatchObject({ code: "stranger-unknown" });
		expect((await desk.list()).map(({ name }) => name)).toEqual(["Copier"]);
	});
});

describe("what to type in", () => {
	const waysOf = ({ ports }: { ports: readonly DevicePort[] }) =>
		ports.map(({ port, security }) => `${port} ${security}`);

	it("never is a password without encryption, unless the owner wanted that", async () => {
		const byPassword = await desk.add({ name: "A", addresses: [], kind: "printer" });
		expect(waysOf(byPassword)).toEqual(["587 STARTTLS", "465 TLS", "25 STARTTLS"]);
		const inClear = await desk.add({
			name: "B",
			addresses: [],
			kind: "plc",
			switches: { auth_without_tls: true },
		});
		expect(waysOf(inClear)[0]).toBe("25 none");
	});

	it("of a device without a password is no port that wants one", async () => {
		const byAddress = await desk.add({ name: "C", addresses: ["10.0.0.3"], kind: "siemens-s7" });
		expect(waysOf(byAddress)).toEqual(["25 none", "465 TLS"]);
		expect(byAddress).toMatchObject({ password: null, sender: "alerts@contoso.com" });
		expect(waysOf(await desk.add({ name: "D", addresses: ["10.0.0.4"] }))).toEqual([
			"465 TLS",
			"25 STARTTLS",
		]);
	});
});

describe("a test of a device", () => {
	it("that signs in wants its password, before anything is tried", async () => {
		const { signal } = new AbortController();
		await desk.add({ name: "NAS", addresses: [] });
		const draft = { name: "NAS", to: "you@contoso.com" };
		expect(() => desk.test(draft, signal)).toThrow(expect.objectContaining({ code: "device-invalid" }));
		expect(() => desk.test({ ...draft, name: "X" }, signal)).toThrow(
			expect.objectContaining({ code: "device-unknown" }),
		);
	});

	it("that cannot connect says so as a step", async () => {
		const steps = [];
		const { signal } = new AbortController();
		for await (const step of desk.test({ name: "Copier", to: "you@contoso.com" }, signal)) steps.push(step);
		expect(steps.map(({ ok }) => ok)).toEqual([true, false]);
		expect(steps[0]?.text).toContain("as if from 192.168.1.50");
	});
});
