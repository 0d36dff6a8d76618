/** `postern backup` and `postern restore` over a real control socket, before a scripted appliance. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../errors.ts";
import { postern, start, stop } from "./testing/postern.ts";

const PASSPHRASE = "correct horse, naïve battery";

let folder: string;
let file: string;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), "postern-backup-cli-"));
	file = path.join(folder, "box.postern-backup");
});
afterEach(async () => {
	await stop();
	rmSync(folder, { recursive: true, force: true });
});

describe("postern backup", () => {
	it("writes the file whole, for its owner alone", async () => {
		const { state } = await start();
		const called = await postern(["backup", file, "--with-queue"], { input: `${PASSPHRASE}\n` });
		expect(called).toMatchObject({ exitCode: 0, stdout: expect.stringContaining(file) });
		expect(readFileSync(file, "utf8")).toBe("POSTERN-BACKUP\nsealed");
		expect(statSync(file).mode & 0o777).toBe(0o600);
		expect(state.calls).toEqual([`backup ${PASSPHRASE} false true`]);
		expect(readdirSync(folder)).toEqual(["box.postern-backup"]);
	});

	it("takes the passphrase from a file", async () => {
		const { state } = await start();
		const secret = path.join(folder, "passphrase");
		writeFileSync(secret, `${PASSPHRASE}\r\nnot this\n`);
		expect(await postern(["backup", file, "--with-sign-ins", "--passphrase-file", secret])).toMatchObject({
			exitCode: 0,
		});
		expect(state.calls).toEqual([`backup ${PASSPHRASE} true false`]);
		expect(await postern(["backup", `${file}2`, "--passphrase-file", `${secret}2`])).toMatchObject({
			exitCode: 1,
			stderr: expect.stringContaining("ENOENT"),
		});
	});

	it("writes over nothing unless told so", async () => {
		await start();
		writeFileSync(file, "the one of last year");
		const refused = await postern(["backup", file], { input: PASSPHRASE });
		expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("already") });
		expect(readFileSync(file, "utf8")).toBe("the one of last year");
		expect(await postern(["backup", file, "--force"], { input: PASSPHRASE })).toMatchObject({ exitCode: 0 });
		expect(readFileSync(file, "utf8")).toContain("sealed");
	});

	it("leaves nothing behind when the appliance breaks off, or the folder is not there", async () => {
		await start({ backup: ["POSTERN-BACKUP\n", new Error("the card cannot be read")] });
		const called = await postern(["backup", file], { input: PASSPHRASE });
		expect(called).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("in the middle") });
		expect(readdirSync(folder)).toEqual([]);
		expect(await postern(["backup", path.join(folder, "no/such")], { input: PASSPHRASE })).toMatchObject({
			exitCode: 1,
			stderr: expect.stringContaining("Choose a folder"),
		});
	});
});

describe("postern restore", () => {
	/** More than any other request may hold. */
	const LARGE = Buffer.alloc(3_000_000, "sealed");

	it("hands over a file of any size, says what is in it, and has it put in place", async () => {
		const { state } = await start();
		writeFileSync(file, LARGE);
		const called = await postern(["restore", file, "--yes"], { input: PASSPHRASE });
		expect(called).toMatchObject({ exitCode: 0, stderr: "" });
		expect(called.stdout).toContain("3 messages that waited");
		expect(called.stdout).toContain("Postern restarts");
		expect(state.calls).toEqual([`receive ${LARGE.length} ${PASSPHRASE}`, "apply"]);
	});

	it("says that a restart is left to its owner where nothing watches over the appliance", async () => {
		await start({ applyFault: new UserError("restart-impossible", "It cannot.") });
		writeFileSync(file, "small");
		expect(await postern(["restore", file, "--yes"], { input: PASSPHRASE })).toMatchObject({
			exitCode: 0,
			stdout: expect.stringContaining("when Postern starts again"),
		});
		expect(
			JSON.parse((await postern(["restore", file, "--yes", "--json"], { input: PASSPHRASE })).stdout),
		).toEqual({
			summary: expect.objectContaining({ devices: 2 }),
			restarts: false,
		});
	});

	it("says why a file is refused, however much of it is still to be sent, and applies nothing", async () => {
		const { state } = await start({ backupSummary: new UserError("backup-damaged", "It is damaged.") });
		writeFileSync(file, LARGE);
		expect(await postern(["restore", file, "--yes"], { input: PASSPHRASE })).toMatchObject({
			exitCode: 1,
			stderr: expect.stringContaining("It is damaged."),
		});
		expect(state.calls).toEqual([]);
	});

	it("does nothing unasked where nobody can be asked, and without its file", async () => {
		const { state } = await start();
		writeFileSync(file, "small");
		expect(await postern(["restore", file], { input: PASSPHRASE })).toMatchObject({
			exitCode: 2,
			stderr: expect.stringContaining("--yes"),
		});
		expect(await postern(["restore", `${file}2`, "--yes"], { input: PASSPHRASE })).toMatchObject({
			exitCode: 1,
			stderr: expect.stringContaining("There is no file"),
		});
		expect(state.calls).toEqual([]);
	});
});
