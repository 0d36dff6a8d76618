/**
 * A new box from the card to the first mail: the file is edited on a real FAT file system, `postern seed` takes it, Postern
 * starts with it. (That the unit does so before network and Postern: image/test/.)
 */
import { execFileSync } from "node:child_process";
import {
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { itWith, run } from "./clients.ts";
import { ACCOUNT, eventually, House } from "./house.ts";
import { PROGRAM } from "./program.ts";

let folder: string;
let boot: string;
let house: House | undefined;
beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), "postern-seed-"));
	boot = path.join(folder, "boot");
	mkdirSync(boot);
	mkdirSync(path.join(folder, "data", "postern"), { recursive: true });
});
afterEach(async () => {
	await house?.close();
	house = undefined;
	rmSync(folder, { recursive: true, force: true });
});

const PASSWORD = "grey heron at dawn";
const DEVICE_PASSWORD = "typed into the copier";
const SEED = `name = "office"\r
[console]\r
password = \u201c${PASSWORD}\u201d\r
[smtp]\r
strangers = "ask"\r
[[account]]\r
address = "${ACCOUNT}"\r
[[device]]\r
name = "Copier"\r
username = "copier"\r
password = "${DEVICE_PASSWORD}"\r
auth_without_tls = true\r
`;

const stateDir = () => path.join(folder, "data", "postern");

function seed(): void {
	const { command, argv } = PROGRAM;
	execFileSync(command, [...argv, "seed", "--boot", boot, "--root", folder], { stdio: "pipe" });
}

async function startHouse(): Promise<House> {
	house = await House.build({ isNew: true, stateDir: stateDir() });
	return house;
}

describe("a new box", () => {
	it("has account, device, settings and owner from its seed, and delivers the first mail", async () => {
		writeFileSync(path.join(boot, "postern.toml"), Buffer.from(`\ufeff${SEED}`, "utf16le"));
		seed();
		const box = await startHouse();
		expect(readdirSync(stateDir())).not.toContain("seed.json");
		const origins = await box.json<{ key: string; value: string; origin: string }[]>(
			"config",
			"show",
			"--origin",
		);
		expect(origins).toContainEqual({ key: "smtp.strangers", value: '"ask"', origin: "console" });
		expect(await box.json("device", "list")).toMatchObject([
			{ name: "Copier", username: "copier", origin: "saved" },
		]);
		await box.signIn();
		await run(
			"curl",
			[
				...["-sS", `smtp://127.0.0.1:${box.port("relay")}`, "-u", `copier:${DEVICE_PASSWORD}`],
				...["--mail-from", "scan@contoso.example", "--mail-rcpt", "you@example.com", "-T", "-"],
			],
			"From: scan@contoso.example\r\nTo: you@example.com\r\nSubject: First\r\n\r\nIt works.\r\n",
		);
		await eventually("it arrives", () => box.cloud.control.arrived().length === 1);
		const signIn = await fetch(`http://127.0.0.1:${box.port("console")}/setup`, { redirect: "manual" });
		expect(signIn.headers.get("location")).toContain("/sign-in");
		for (const secret of [PASSWORD, DEVICE_PASSWORD]) {
			for (const encoding of ["utf8", "utf16le"] as const)
				expect(filesWith(Buffer.from(secret, encoding))).toEqual([]);
		}
	});

	it("without one is claimed by the code on its card, which then goes from there", async () => {
		seed();
		const box = await startHouse();
		const text = readFileSync(path.join(boot, "postern-setup-code.txt"), "utf8");
		expect(text).toMatch(/^ {3}[A-Z2-9]{4}-[A-Z2-9]{4}-[A-Z2-9]{4}\r$/m);
		expect((await box.cli("console", "password")).exitCode).toBe(0);
		await eventually("the code is forgotten", () => !readdirSync(stateDir()).includes("setup-code"));
		seed();
		expect(readdirSync(boot)).toEqual([]);
	});

	it("whose seed was taken when the power went is the same after the next start", async () => {
		writeFileSync(path.join(boot, "postern.toml"), SEED);
		seed();
		const staged = readFileSync(path.join(stateDir(), "seed.json"));
		const box = await startHouse();
		await box.end("SIGKILL");
		// As if it had died before it removed it.
		writeFileSync(path.join(stateDir(), "seed.json"), staged);
		await box.start();
		expect(await box.json("device", "list")).toHaveLength(1);
		expect(await box.json("account", "list")).toHaveLength(1);
		expect(box.log).not.toMatch(/fault|unhandled|uncaught/);
	});
});

describe("on a real FAT file system", () => {
	itWith("mcopy", "what Windows would see before and after is whole", async () => {
		const image = path.join(folder, "boot.img");
		const mtools = (command: string, ...argv: string[]) =>
			execFileSync(command, ["-i", image, ...argv], { encoding: "utf8" });
		writeFileSync(image, "");
		truncateSync(image, 64 * 1024 * 1024);
		execFileSync("mkfs.vfat", ["-F", "32", "-n", "POSTERN", image], { stdio: "ignore" });
		const edited = path.join(folder, "edited.toml");
		writeFileSync(edited, SEED);
		mtools("mcopy", edited, "::/postern.toml");
		mtools("mcopy", "::/postern.toml", boot);
		seed();
		for (const name of readdirSync(boot)) mtools("mcopy", "-o", path.join(boot, name), "::/");
		execFileSync("fsck.vfat", ["-n", image], { stdio: "pipe" });
		const shown = mtools("mtype", "::/postern.toml");
		expect(shown).toContain('name = "office"');
		expect(shown).not.toContain(PASSWORD);
		expect(shown.split("\r\n")).toHaveLength(SEED.split("\r\n").length);
	});
});

/** Below the card's folders. */
function filesWith(bytes: Buffer): string[] {
	const files = [boot, path.join(folder, "data")].flatMap((top) =>
		readdirSync(top, { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map((entry) => path.join(entry.parentPath, entry.name)),
	);
	return files.filter((file) => readFileSync(file).includes(bytes));
}
