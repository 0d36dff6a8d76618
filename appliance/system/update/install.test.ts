/** Updates asked for at the real door, with a program in RAUC's place that says what RAUC says. */
import { execFileSync } from "node:child_process";
import { access, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { askMachine } from "../machine/door-client.ts";
import { openTestDoor, type TestDoor } from "../machine/testing-door.ts";
import { updateFacts } from "./record.ts";
import { bundleFile, infoOf, RAUC } from "./testing-bundle.ts";

const IMAGE = { version: "0.1.0", compatible: "postern-arm64", builtAt: "2026-01-01T00:00:00Z" };
const OWN = "data/system/update/installing.raucb";

let root: string;
let door: TestDoor;
beforeEach(async () => {
	root = await mkdtemp(path.join(tmpdir(), "postern-update-"));
	door = await openTestDoor(root);
	await door.file("/run/postern-kept", "");
	await boots("A", "0.1.0", "one");
	await received(bundleFile());
	await door.program("/usr/bin/rauc", RAUC);
	await bundleSays({});
});
afterEach(async () => {
	await door[Symbol.asyncDispose]();
	await rm(root, { recursive: true, force: true });
});

async function boots(slot: "A" | "B", version: string, bootId: string): Promise<void> {
	await door.file("/usr/lib/postern/image.json", JSON.stringify({ ...IMAGE, version }));
	await door.file("/proc/cmdline", `quiet rauc.slot=${slot} panic=10\n`);
	await door.file("/proc/sys/kernel/random/boot_id", `${bootId}\n`);
}
const received = async (content: Buffer) => {
	await door.file("/data/postern/update/received.raucb", "");
	await writeFile(path.join(root, "data/postern/update/received.raucb"), content);
};
const bundleSays = (change: Parameters<typeof infoOf>[0]) => door.file("/rauc-info.json", infoOf(change));
const install = (onlyNewer = false, more: { readonly oldestReader?: number } = {}) => {
	const said: string[] = [];
	const done = askMachine(
		{ do: "update-install", oldestReader: 5, schema: 7, onlyNewer, ...more },
		{ socket: door.socket, onProgress: ({ percent, text }) => void said.push(`${text} ${percent}`) },
	);
	return done.then((installed) => ({ installed, said }));
};
const goBack = (oldestReader = 5) =>
	askMachine({ do: "update-back", oldestReader, schema: 7 }, { socket: door.socket });
const fate = async () => (await updateFacts(root))?.last?.fate;
const isThere = (file: string) =>
	access(path.join(root, file)).then(
		() => true,
		() => false,
	);

describe("an update", { timeout: 60_000 }, () => {
	it("is copied, judged, written to the other slot, and on record", async () => {
		const { installed, said } = await install();
		expect(installed).toEqual({ version: "0.2.0", slot: "B" });
		expect(said.map((text) => text.replace(/.*other half of the card/, "writing"))).toEqual([
			...["Making it safe null", "Checking the signature null"],
			...["writing 0", "writing 0", "writing 40", "Written; in use after the next start 100"],
		]);
		expect(await door.calls()).toEqual([
			`/usr/bin/rauc info --output-format=json-2 ${path.join(root, OWN)}`,
			`/usr/bin/rauc install ${path.join(root, OWN)}`,
		]);
		expect(await isThere(OWN)).toBe(false);
		expect(await fate()).toBe("waiting");
	});

	it("is tried out after the next start, and kept when the gate says so", async () => {
		await install();
		await boots("B", "0.2.0", "two");
		await rm(path.join(root, "run/postern-kept"));
		expect(await fate()).toBe("trying");
		await expect(install()).rejects.toMatchObject({ code: "update-on-trial" });
		await expect(goBack()).rejects.toMatchObject({ code: "update-on-trial" });
		await door.file("/run/postern-kept", "");
		expect(await fate()).toBe("kept");
	});

	it("that was given up is known, and no stick brings it again; its owner can", async () => {
		await install();
		await boots("A", "0.1.0", "five");
		expect(await fate()).toBe("rolled-back");
		await expect(install(true)).rejects.toMatchObject({ code: "update-given-up" });
		await bundleSays({ version: "0.2.1" });
		expect((await install(true)).installed.version).toBe("0.2.1");
		await boots("A", "0.1.0", "six");
		expect((await install()).installed.slot).toBe("B");
	});

	it("that was cut off while it was written is on record as that", async () => {
		await door.program(
			"/usr/bin/rauc",
			`${RAUC}\nif [ "$1" = install ]; then echo 'No space' >&2; exit 1; fi`,
		);
		await expect(install()).rejects.toMatchObject({
			code: "update-failed",
			message: expect.stringContaining("No space"),
		});
		expect(await fate()).toBe("broken-off");
		expect(await isThere(OWN)).toBe(false);
		await expect(goBack()).rejects.toMatchObject({ code: "update-none-before" });
	});

	it.each([
		["update-foreign", { compatible: "postern-riscv" }],
		["update-too-old", { schema: "4" }],
		["update-needs-between", { leastVersion: "0.1.5" }],
	])("is refused: %s", async (code, change) => {
		await bundleSays(change);
		await expect(install()).rejects.toMatchObject({ code });
		expect((await door.calls()).filter((call) => call.includes("rauc install"))).toEqual([]);
		expect(await fate()).toBeUndefined();
	});

	it("is refused when it is no newer, and nobody chose it", async () => {
		await bundleSays({ version: "0.1.0" });
		await expect(install(true)).rejects.toMatchObject({ code: "update-not-newer" });
		expect((await install(false)).installed.version).toBe("0.1.0");
	});

	it.each([
		["update-stranger", "signature verification failed: Verify error: self-signed certificate"],
		["update-damaged", "signature verification failed: error:1700009E:CMS routines::verification failure"],
	])("is refused by RAUC: %s", async (code, words) => {
		await door.program("/usr/bin/rauc", `echo '${words}' >&2; exit 1`);
		await expect(install()).rejects.toMatchObject({ code });
		expect(await isThere(OWN)).toBe(false);
	});

	it("is refused before RAUC sees it when it cannot be one", async () => {
		await received(bundleFile({ cutTo: 20_000 }));
		await expect(install()).rejects.toMatchObject({ code: "update-incomplete" });
		await received(bundleFile({ isSigned: false }));
		await expect(install()).rejects.toMatchObject({ code: "update-unsigned" });
		await received(Buffer.from("a picture of a cat".repeat(1_000)));
		await expect(install()).rejects.toMatchObject({ code: "update-not-a-bundle" });
		const file = path.join(root, "data/postern/update/received.raucb");
		const elsewhere = path.join(root, "data/whole.raucb");
		await writeFile(elsewhere, bundleFile());
		await rm(file);
		await symlink(elsewhere, file);
		await expect(install()).rejects.toMatchObject({ code: "update-not-a-bundle" });
		await rm(file);
		execFileSync("mkfifo", [file]);
		await expect(install()).rejects.toMatchObject({ code: "update-not-a-bundle" });
		await rm(file);
		await expect(install()).rejects.toMatchObject({ code: "update-unknown" });
		expect(await door.calls()).toEqual([]);
	});

	it("waits for no other one", async () => {
		await door.file("/run/postern-update.pid", `${process.pid}`);
		await expect(install()).rejects.toMatchObject({ code: "update-busy" });
		// Of one that was killed.
		await door.file("/run/postern-update.pid", "4194304");
		expect((await install()).installed.version).toBe("0.2.0");
	});

	it("is none where this is not the firmware", async () => {
		await rm(path.join(root, "usr/lib/postern/image.json"));
		await expect(install()).rejects.toMatchObject({ code: "not-the-firmware" });
	});
});

describe("going back", { timeout: 60_000 }, () => {
	it("starts the version from before, and forward again", async () => {
		await expect(goBack()).rejects.toMatchObject({ code: "update-none-before" });
		await install();
		await boots("B", "0.2.0", "two");
		expect(await goBack()).toEqual({ version: "0.1.0", slot: "A" });
		expect((await door.calls()).at(-1)).toBe("/usr/bin/rauc status mark-active other");
		expect(await fate()).toBe("waiting");
		await boots("A", "0.1.0", "three");
		expect(await fate()).toBe("kept");
		expect(await goBack()).toEqual({ version: "0.2.0", slot: "B" });
	});

	it("is refused when the one from before could not read what is here now", async () => {
		await install();
		await boots("B", "0.2.0", "two");
		await expect(goBack(8)).rejects.toMatchObject({ code: "update-too-old" });
		expect(JSON.parse(await readFile(path.join(root, "data/system/update.json"), "utf8")).to.slot).toBe("B");
	});
});
