/** The image's own scripts around an update: the health gate, and what looks at a USB stick. Their programs are the test's. */
import { execFile } from "node:child_process";
import { access, chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

const SCRIPTS = path.join(import.meta.dirname, "../../../image/overlay/usr/lib/postern");

let root: string;
beforeEach(async () => {
	root = await mkdtemp(path.join(tmpdir(), "postern-gate-"));
	for (const folder of ["run", "proc", "bin"]) await mkdir(path.join(root, folder));
	await writeFile(path.join(root, "calls"), "");
	await writeFile(path.join(root, "proc/cmdline"), "quiet rauc.slot=B panic=10\n");
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function program(name: string, body = ""): Promise<void> {
	const file = path.join(root, "bin", name);
	await writeFile(file, `#!/bin/sh\necho "${name} $*" >>'${root}/calls'\n${body}\n`);
	await chmod(file, 0o755);
}
const calls = async () => (await readFile(path.join(root, "calls"), "utf8")).split("\n").filter(Boolean);

async function run(shell: string, script: string, ...args: readonly string[]) {
	const env = {
		...{ POSTERN_ROOT: root, PATH: `${root}/bin:${process.env["PATH"]}` },
		...{ POSTERN_TRIES: "3", POSTERN_PAUSE: "0.01" },
	};
	try {
		const { stdout, stderr } = await promisify(execFile)(shell, [path.join(SCRIPTS, script), ...args], {
			env,
		});
		return { code: 0, said: stdout + stderr };
	} catch (thrown) {
		const { code, stdout, stderr } = thrown as { code: number; stdout: string; stderr: string };
		return { code, said: stdout + stderr };
	}
}
const isKept = () =>
	access(path.join(root, "run/postern-kept")).then(
		() => true,
		() => false,
	);

describe("the health gate", { timeout: 30_000 }, () => {
	const gate = () => run("bash", "health-gate");
	beforeEach(async () => {
		for (const name of ["systemctl", "rauc", "fw_setenv"]) await program(name);
		await program("fw_printenv", "exit 1");
		await program("postern", "echo 'ok  A message of its own was taken'");
	});

	it("keeps a slot in which Postern takes a message of its own", async () => {
		const { code, said } = await gate();
		expect([code, said]).toEqual([0, expect.stringContaining("this system works: slot B is kept")]);
		expect(await calls()).toContain("rauc status mark-good");
		expect(await isKept()).toBe(true);
	});

	it("waits for it", async () => {
		await program("postern", `[ "$(grep -c '^postern' '${root}/calls')" -ge 3 ]`);
		expect((await gate()).code).toBe(0);
		expect((await calls()).filter((call) => call.startsWith("postern"))).toHaveLength(3);
	});

	it("starts the machine again when Postern does not come up, or does not settle its message", async () => {
		await program("postern", "echo 'NOT  A message of its own could not be taken'; exit 1");
		const { code, said } = await gate();
		expect(code).toBe(1);
		expect(said).toContain("could not be taken");
		expect(await calls()).toContain("systemctl --no-block reboot");
		expect((await calls()).join()).not.toContain("mark-good");
		expect(await isKept()).toBe(false);
		await program("systemctl", '[ "$1" != is-active ]');
		expect((await gate()).code).toBe(1);
	});

	it("leaves the machine as it is when no slot works, and forgets that when one does", async () => {
		await program("fw_printenv", "echo 1");
		await program("postern", "exit 1");
		expect((await gate()).code).toBe(1);
		expect((await calls()).join()).not.toContain("reboot");
		await program("postern");
		expect((await gate()).code).toBe(0);
		expect((await calls()).at(-1)).toBe("fw_setenv POSTERN_LAST_RESORT");
	});
});

describe("a USB stick", { timeout: 30_000 }, () => {
	const stick = (name = "sdb1") => run("sh", "usb-update", name);
	beforeEach(async () => {
		for (const disk of ["sda/sda4", "sda/sda1", "sdb/sdb1"]) {
			await mkdir(path.join(root, "sys/devices", disk), { recursive: true });
			await mkdir(path.join(root, "sys/class/block"), { recursive: true });
			const link = path.join(root, "sys/class/block", path.basename(disk));
			await symlink(path.join(root, "sys/devices", disk), link);
		}
		await mkdir(path.join(root, "run/postern-usb"));
		await program("findmnt", "echo /dev/sda4");
		for (const name of ["mount", "umount", "postern"]) await program(name);
	});
	const put = (name: string) => writeFile(path.join(root, "run/postern-usb", name), "");

	it("has its newest update handed to Postern, and is only read", async () => {
		for (const version of ["0.9.0", "0.10.0", "0.2.0"]) await put(`postern-${version}-arm64.raucb`);
		await put("holiday.jpg");
		expect((await stick()).code).toBe(0);
		expect(await calls()).toEqual([
			"findmnt -n -o SOURCE /data",
			`mount -o ro,nosuid,nodev,noexec /dev/sdb1 ${root}/run/postern-usb`,
			`postern update --only-newer ${root}/run/postern-usb/postern-0.10.0-arm64.raucb`,
			`umount ${root}/run/postern-usb`,
		]);
	});

	it("with no update, one that cannot be read, or the box's own disk is left alone", async () => {
		await put("holiday.jpg");
		await put("evil $(id).raucb");
		expect((await stick()).code).toBe(0);
		expect((await calls()).join()).not.toContain("postern update");
		expect((await stick("sda1")).code).toBe(0);
		expect((await calls()).filter((call) => call.startsWith("mount"))).toHaveLength(1);
		await program("mount", "exit 32");
		expect((await stick()).said).toContain("cannot be read");
	});

	it("whose update is refused is let go all the same", async () => {
		await put("postern-9.0.0-arm64.raucb");
		await program("postern", "exit 1");
		expect((await stick()).code).toBe(1);
		expect((await calls()).at(-1)).toContain("umount");
	});
});
