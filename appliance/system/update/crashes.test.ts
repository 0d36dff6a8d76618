/** Unexpected ends, counted by the image's own script as systemd runs it, and read. */
import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { crashesOf } from "./crashes.ts";

const SCRIPT = path.join(import.meta.dirname, "../../../image/overlay/usr/lib/postern/crashed");

let root: string;
beforeEach(async () => {
	root = await mkdtemp(path.join(tmpdir(), "postern-crashes-"));
	for (const folder of ["run", "proc", "data/system", "bin"])
		await mkdir(path.join(root, folder), { recursive: true });
	const systemctl = path.join(root, "bin/systemctl");
	await writeFile(systemctl, `#!/bin/sh\necho "$*" >>'${root}/calls'\n`);
	await chmod(systemctl, 0o755);
	await writeFile(path.join(root, "calls"), "");
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function ends(result: string, upSeconds: number): Promise<void> {
	await writeFile(path.join(root, "proc/uptime"), `${upSeconds}.27 900.00\n`);
	const env = { POSTERN_ROOT: root, PATH: `${root}/bin:${process.env["PATH"]}`, SERVICE_RESULT: result };
	await promisify(execFile)("sh", [SCRIPT], { env });
}
const restarts = async () =>
	(await readFile(path.join(root, "calls"), "utf8")).split("\n").filter(Boolean).length;
/** The machine starts again: what is in memory is gone. */
const boots = async () => {
	await rm(path.join(root, "run"), { recursive: true });
	await mkdir(path.join(root, "run"));
};

describe("unexpected ends", { timeout: 60_000 }, () => {
	it("are none where there is no record, or one that cannot be read", async () => {
		const none = { total: 0, lastDay: 0, reboots: 0, lastAt: null, lastResult: "" };
		expect(await crashesOf(root, Date.now())).toEqual(none);
		await writeFile(path.join(root, "data/system/crashes"), "\u0000\u0001 nonsense\nyesterday signal\n");
		expect(await crashesOf(root, Date.now())).toEqual(none);
	});

	it("are counted with their time; an end that was asked for is not", async () => {
		await ends("success", 10);
		await ends("watchdog", 100);
		await ends("oom-kill", 5_000);
		const told = await crashesOf(root, Date.now());
		expect(told).toMatchObject({ total: 2, lastDay: 2, reboots: 0, lastResult: "oom-kill" });
		expect(Math.abs(Date.now() - Date.parse(told.lastAt ?? ""))).toBeLessThan(60_000);
		expect(await crashesOf(root, Date.now() + 25 * 60 * 60_000)).toMatchObject({ total: 2, lastDay: 0 });
		expect(await restarts()).toBe(0);
	});

	it("again and again restart the machine, three times a day and no more", async () => {
		for (let boot = 0; boot < 5; boot++) {
			for (let end = 0; end < 8; end++) await ends("exit-code", 60 + end * 10);
			expect(await restarts()).toBe(Math.min(3, boot + 1));
			await boots();
		}
		expect(await crashesOf(root, Date.now())).toMatchObject({ total: 40, reboots: 3 });
		const record = path.join(root, "data/system/crashes");
		const old = (await readFile(record, "utf8")).replaceAll(/^\d{4}/gm, "2020");
		await writeFile(record, old);
		for (let end = 0; end < 8; end++) await ends("exit-code", 60 + end * 10);
		expect(await restarts()).toBe(4);
	});

	it("now and then restart nothing, and write little however many there are", async () => {
		for (let end = 0; end < 60; end++) await ends("signal", 60 + end * 1_000);
		expect(await restarts()).toBe(0);
		expect(await crashesOf(root, Date.now())).toMatchObject({ total: 22 });
		await writeFile(path.join(root, "data/system/crashes"), "2026-01-01T00:00:00Z signal\n".repeat(200));
		await boots();
		await ends("signal", 60);
		expect((await readFile(path.join(root, "data/system/crashes"), "utf8")).split("\n")).toHaveLength(201);
	});
});
