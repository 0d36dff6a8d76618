/** `postern import` over a real control socket before a scripted appliance, and on a state folder that nobody uses. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import * as program from "../running.ts";
import { postern, start, stop } from "./testing/postern.ts";

const HASH = "$2b$12$abcdefghijklmnopqrstuu1vOOZxWw38vlxntcI5716rPDL8C0t2K";

let folder: string;
let file: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), "postern-import-cli-"));
	file = path.join(folder, "config.json");
	const mailboxes = [{ username: "scan@contoso.com", password: HASH }, { username: "bad@contoso.com" }];
	writeFileSync(file, JSON.stringify({ user: "licensed@contoso.com", mailboxes, logging: {} }));
});
afterEach(async () => {
	await stop();
	rmSync(folder, { recursive: true, force: true });
});

describe("postern import", () => {
	it("says what was taken, what was not and why, and what is left to do", async () => {
		const { state } = await start();
		const called = await postern(["import", "m365proxy", file], { program });
		expect(called).toMatchObject({ exitCode: 0, stderr: "" });
		expect(called.stdout).toMatch(/^Taken:\nTHERE +HERE\n/);
		expect(called.stdout).toMatch(
			/^mailboxes\[0\] scan@contoso\.com +device scan@contoso\.com +its password may/m,
		);
		expect(called.stdout).toMatch(/^Not taken:\nTHERE +WHY\n/m);
		expect(called.stdout).toMatch(/^mailboxes\[1\] bad@contoso\.com +it has no password$/m);
		expect(called.stdout).toMatch(/^What is left to do:\n- /m);
		expect(called.stdout).not.toContain(HASH);
		expect(state.calls).toEqual([expect.stringMatching(/^move m365proxy \d+ false$/)]);
	});

	it("with --dry-run says what would be, and that nothing was changed", async () => {
		const { state } = await start();
		const called = await postern(["import", "m365proxy", file, "--dry-run"], { program, columns: 100 });
		expect(called.stdout).toContain("Would be taken:");
		expect(called.stdout).toMatch(/This was a dry run: nothing was changed\.\n$/);
		expect(state.calls).toEqual([expect.stringMatching(/ true$/)]);
		const json = await postern(["import", "m365proxy", file, "--dry-run", "--json"], { program });
		expect(JSON.parse(json.stdout)).toMatchObject({ isTrial: true, rows: expect.any(Array) });
		expect(json.stdout).not.toContain(HASH);
	});

	it("asks the appliance nothing when a file is not what it should be", async () => {
		const { state } = await start();
		for (const source of ["m365proxy", "outlook-proxy"]) {
			writeFileSync(file, "something else");
			const called = await postern(["import", source, file], { program });
			expect(called).toMatchObject({
				exitCode: 1,
				stdout: "",
				stderr: expect.stringContaining("Nothing was changed"),
			});
		}
		expect(state.calls).toEqual([]);
		expect((await postern(["import", "m365proxy"], { program })).exitCode).toBe(2);
		expect((await postern(["import", "postfix", file], { program })).exitCode).toBe(2);
	});

	it("works where Postern does not run, and a second time takes nothing", async () => {
		const configFile = path.join(folder, "postern.toml");
		writeFileSync(configFile, `state_dir = ${JSON.stringify(path.join(folder, "state"))}\n`);
		const call = () => postern(["import", "m365proxy", file, "--config", configFile], { program });
		expect((await call()).stdout).toContain("Taken:\n");
		const again = await call();
		expect(again.stdout).toMatch(/^Here already:/);
		expect(again.stdout).not.toMatch(/^Taken:/m);
	});
});
