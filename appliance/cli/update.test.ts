/** `postern update …` as an owner types it, against a real control socket. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { postern, start, stop } from "./testing/postern.ts";

let folder: string;
let file: string;
beforeEach(async () => {
	folder = await mkdtemp(path.join(tmpdir(), "postern-cli-update-"));
	file = path.join(folder, "postern-0.2.0-arm64.raucb");
	await writeFile(file, Buffer.alloc(300_000, 1));
});
afterEach(async () => {
	await stop();
	await rm(folder, { recursive: true });
});

describe("update", () => {
	it("hands the file over, tells how it goes, and that the box starts again", async () => {
		const { state } = await start();
		const { stdout, stderr, exitCode } = await postern(["update", file]);
		expect(exitCode).toBe(0);
		expect(stderr).toContain("Writing: 50 %");
		expect(stdout).toBe("Postern 0.2.0 is installed. The box starts again with it.\n");
		expect(state.calls).toEqual(["update of 300000 octets", "update install false true"]);
	});

	it("leaves the start to its owner, and does what a stick does", async () => {
		const { state } = await start();
		const { stdout } = await postern(["update", "--no-restart", "--only-newer", "--json", file]);
		expect(JSON.parse(stdout)).toEqual({ installed: true, version: "0.2.0", restarts: false });
		expect(state.calls.at(-1)).toBe("update install true false");
	});

	it("without a file says how it stands", async () => {
		await start();
		expect((await postern(["update"])).stdout).toMatch(/Postern +0\.1\.0\nbuilt .*\nslot +A\ncrashes +none/);
		expect(JSON.parse((await postern(["update", "--json"])).stdout)).toMatchObject({ keeper: "firmware" });
	});

	it("goes back, and takes no file for that", async () => {
		const { state } = await start();
		expect((await postern(["update", "--back"])).stdout).toBe("The box starts again with Postern 0.0.9.\n");
		expect(state.calls).toEqual(["update back"]);
		expect((await postern(["update", "--back", file])).exitCode).toBe(2);
	});

	it("names a file that is not there", async () => {
		await start();
		const { exitCode, stderr } = await postern(["update", path.join(folder, "none.raucb")]);
		expect([exitCode, stderr]).toEqual([1, expect.stringContaining("There is no file")]);
	});
});

describe("self-test", () => {
	it("says what it found", async () => {
		await start();
		expect(await postern(["self-test"])).toMatchObject({
			...{ exitCode: 0, stdout: "ok  A message of its own was taken.\n" },
		});
	});
});
