/** The box's own certificate as years go by, and the owner's files as they are changed. */
import { X509Certificate } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../errors.ts";
import { Log, silentLog } from "../log.ts";
import { type CertificateOptions, loadCertificate, type ServedCertificate } from "./certificate.ts";
import { CertificateKeeper } from "./certificate-keeper.ts";
import { makeAuthority, makeLeaf } from "./certificate-maker.ts";
import { passingAddresses, stableAddresses } from "./lan-addresses.ts";

let stateDir: string;
beforeEach(async () => {
	stateDir = await mkdtemp(path.join(tmpdir(), "postern-certificate-"));
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const own = (name: string, addresses: readonly string[]): CertificateOptions => ({
	certificateFile: "",
	keyFile: "",
	stateDir,
	name,
	addresses,
});
const leafOf = ({ cert }: ServedCertificate) => new X509Certificate(cert);

describe("the box's own certificate", () => {
	it("is made once and stays, at each start", async () => {
		const first = await loadCertificate(own("postern", ["192.168.1.2", "fd00::2"]));
		expect(await loadCertificate(own("postern", ["192.168.1.2", "fd00::2"]))).toEqual(first);
		const leaf = leafOf(first);
		for (const name of ["postern", "postern.local", "localhost"]) expect(leaf.checkHost(name)).toBeDefined();
		for (const address of ["192.168.1.2", "fd00::2"]) expect(leaf.checkIP(address)).toBe(address);
		const authority = new X509Certificate(first.authority ?? "");
		expect(leaf.checkIssued(authority) && leaf.verify(authority.publicKey)).toBe(true);
		expect(authority.ca).toBe(true);
		for (const { validFrom, validTo } of [leaf, authority]) {
			expect(new Date(validFrom).getFullYear()).toBeLessThan(2026);
			expect(new Date(validTo).getFullYear()).toBeGreaterThan(2060);
		}
	});

	it("is made again for a new address or name, under the same authority, and keeps the old ones", async () => {
		const first = await loadCertificate(own("postern", ["192.168.1.2"]));
		const moved = await loadCertificate(own("postern", ["10.0.0.2"]));
		const renamed = await loadCertificate(own("relay", ["10.0.0.2"]));
		expect(moved.cert).not.toBe(first.cert);
		expect(renamed.cert).not.toBe(moved.cert);
		expect([moved.authority, renamed.authority]).toEqual([first.authority, first.authority]);
		expect(leafOf(renamed).subject).toBe("CN=relay");
		for (const address of ["192.168.1.2", "10.0.0.2"]) expect(leafOf(renamed).checkIP(address)).toBe(address);
		for (const name of ["postern.local", "relay.local"])
			expect(leafOf(renamed).checkHost(name)).toBeDefined();
		// The network is late at a start, or is the other site's: nothing new.
		expect(await loadCertificate(own("relay", []))).toEqual(renamed);
		expect(await loadCertificate(own("postern", ["192.168.1.2"]))).toEqual(renamed);
	});

	it("does not grow without a bound", async () => {
		const many = (from: number) => Array.from({ length: 50 }, (_, index) => `10.0.${from}.${index}`);
		await loadCertificate(own("postern", many(1)));
		const second = await loadCertificate(own("postern", many(2)));
		expect(leafOf(second).subjectAltName?.split(", ")).toHaveLength(64);
		for (const address of many(2)) expect(leafOf(second).checkIP(address)).toBe(address);
		const tooMany = own("postern", [...many(3), ...many(4)]);
		expect(await loadCertificate(tooMany)).toEqual(await loadCertificate(tooMany));
	});
});

describe("the addresses it names", () => {
	it("leave out what the kernel says does not last", async () => {
		const list = [
			"fe8000000000000000fc00fffe000001 04 40 20 80     eth0",
			"20010db8000000000000000000000002 04 40 00 00     eth0",
			"20010db80000000011112222aaaabbbb 04 40 00 01     eth0",
			"20010db8000000000000000000000003 04 40 00 20     eth0",
		];
		expect([...passingAddresses(`${list.join("\n")}\n`)]).toEqual([
			"2001:db8::1111:2222:aaaa:bbbb",
			"2001:db8::3",
		]);
		expect([...passingAddresses("")]).toEqual([]);
		const addresses = await stableAddresses();
		expect(addresses).toContain("127.0.0.1");
		expect(addresses.filter((address) => address.startsWith("fe80"))).toEqual([]);
	});
});

describe("the owner's files", () => {
	async function writePair(name: string): Promise<void> {
		const { cert, key } = await makeLeaf(await makeAuthority(name), [name], name);
		await writeFile(path.join(stateDir, "own.pem"), cert);
		await writeFile(path.join(stateDir, "own.key"), key);
	}
	const owners = (): CertificateOptions => ({
		...own("postern", []),
		certificateFile: path.join(stateDir, "own.pem"),
		keyFile: path.join(stateDir, "own.key"),
	});

	it("are refused at the start in words", async () => {
		await expect(loadCertificate(owners())).rejects.toThrow(UserError);
		await writePair("one.example");
		const { key } = await makeAuthority("another");
		await writeFile(path.join(stateDir, "own.key"), key);
		await expect(loadCertificate(owners())).rejects.toThrow("does not belong to");
	});

	it("are served anew when they change; bad ones leave what there is, and the owner is told", async () => {
		await writePair("one.example");
		const renewed: string[] = [];
		const lines: string[] = [];
		const keeper = await CertificateKeeper.open({
			wanted: owners,
			log: new Log({ level: "info", journal: false, write: (line) => lines.push(line) }),
			onRenewed: (certificate) => renewed.push(leafOf(certificate).subject),
		});
		expect(keeper.current.authority).toBeUndefined();
		await keeper.look();
		expect(renewed).toEqual([]);
		await writePair("two.example");
		await keeper.look();
		await writeFile(path.join(stateDir, "own.pem"), "half a certifi");
		await keeper.look();
		await keeper.look();
		expect(keeper.problem).toMatch(/cannot be used.*The certificate from before stays in use\./);
		expect(leafOf(keeper.current).subject).toBe("CN=two.example");
		await writePair("three.example");
		await keeper.look();
		keeper.stop();
		expect(keeper.problem).toBeUndefined();
		expect(renewed).toEqual(["CN=two.example", "CN=three.example"]);
		expect(lines.filter((line) => line.includes("certificate-refused"))).toHaveLength(1);
	});

	it("can be put in place of the box's own while it runs, and taken out again", async () => {
		let wanted = own("postern", []);
		const keeper = await CertificateKeeper.open({
			wanted: () => wanted,
			log: silentLog(),
			onRenewed: () => undefined,
		});
		const { authority } = keeper.current;
		await writePair("one.example");
		wanted = owners();
		await keeper.look();
		expect(keeper.current.authority).toBeUndefined();
		wanted = own("postern", []);
		await keeper.look();
		keeper.stop();
		expect(keeper.current.authority).toBe(authority);
	});
});
