/**
 * The box in an owner's network, seen from another machine in it: a network namespace with a wire to the box. It has the
 * address that its seed gives it, is found by its name, and answers there.
 */
import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Box, PATIENCE_MS } from "./box.ts";
import { isUp } from "./site.ts";

const run = promisify(execFile);
const LAN = `postern-lan-${process.pid}`;
const WIRE = "wire";
const ADDRESS = "10.77.0.2";
const SEED = `name = "office"\r\n[network]\r\naddress = "${ADDRESS}/24"\r\ngateway = "10.77.0.1"\r\ndns = ["10.77.0.1"]\r\n`;

let box: Box;

/** On the other machine. */
const there = async (...argv: readonly string[]) =>
	(await run("ip", ["netns", "exec", LAN, ...argv])).stdout.trim();

beforeAll(async () => {
	await run("ip", ["netns", "add", LAN]);
	await there("ip", "tuntap", "add", "dev", WIRE, "mode", "tap");
	await there("ip", "address", "add", "10.77.0.1/24", "dev", WIRE);
	await there("ip", "link", "set", WIRE, "up");
	await there("ip", "route", "add", "224.0.0.0/4", "dev", WIRE);
	box = await Box.make({ ports: [], wire: { namespace: LAN, device: WIRE } });
	await box.putBootFile("postern.toml", Buffer.from(SEED));
	await box.switchOn();
	await isUp(box);
}, 2 * PATIENCE_MS);
afterAll(async () => {
	await box?.close();
	await run("ip", ["netns", "delete", LAN]);
});

describe("a box in a network without DHCP", () => {
	it("is found by its name, at the address that its seed gave it", async () => {
		const asked = there(process.execPath, path.join(import.meta.dirname, "ask-mdns.ts"), "office.local");
		expect((await asked).split("\n")).toContain(ADDRESS);
	}, 30_000);

	it(
		"shows its console there, by that name, and takes mail",
		async () => {
			const resolve = ["--resolve", `office.local:80:${ADDRESS}`, "--max-time", "60"];
			expect(await there("curl", "-sSL", ...resolve, "http://office.local/")).toContain("Make this box mine");
			const greeting = await there(
				"curl",
				"-sS",
				"-v",
				"--max-time",
				"60",
				`smtp://${ADDRESS}/`,
				"-X",
				"NOOP",
				"--stderr",
				"-",
			);
			expect(greeting).toMatch(/< 220 office\.local/);
		},
		PATIENCE_MS,
	);

	it(
		"answers at no other port",
		async () => {
			const scanned = `for port in 22 23 53 111 5355 8080; do timeout 2 bash -c "exec 3<>/dev/tcp/${ADDRESS}/$port" 2>/dev/null && echo $port; done; true`;
			expect(await there("bash", "-c", scanned)).toBe("");
		},
		PATIENCE_MS,
	);
});
