/**
 * Updates, as an owner has them with `postern update FILE`: a later version is taken and kept when it works, one that does not
 * start and one whose Postern does not work are given up for the one from before, what is not ours is refused, and mail
 * that was taken before or meanwhile is there after each.
 */
import {
	closeSync,
	copyFileSync,
	mkdirSync,
	openSync,
	readSync,
	rmSync,
	truncateSync,
	writeFileSync,
	writeSync,
} from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "../../appliance/e2e/house.ts";
import { SmtpPeer } from "../../appliance/e2e/smtp-peer.ts";
import { developmentKey, makeBundle, signingKey } from "../build/bundle.ts";
import { mirrorHere } from "../build/mirror.ts";
import { WORK } from "../build/places.ts";
import { Toolbox } from "../build/toolbox.ts";
import { Box, PATIENCE_MS } from "./box.ts";
import { LaterVersion } from "./later-version.ts";

const GOOD = path.join(WORK, "test.raucb");
const SLOT = path.join(WORK, "slot.vfat");
const TAKEN = "/data/system/sent.raucb";
const LATER = "7.0.0";

let box: Box;
let toolbox: Toolbox;

beforeAll(async () => {
	toolbox = await Toolbox.open(mirrorHere(), WORK);
	box = await Box.make({ ports: [25, 80] });
	await box.switchOn();
	await isKept();
	await box.run("postern device add Press --address 10.0.2.2");
}, 2 * PATIENCE_MS);
afterAll(async () => {
	await box?.close();
});

const slot = async () => /rauc\.slot=([AB])/.exec(await box.run("cat /proc/cmdline"))?.[1];

/** The health gate has found that Postern works. */
async function isKept(): Promise<void> {
	await eventually(
		"the system is kept",
		async () => (await box.run("systemctl is-active postern-health-gate.service")) === "active",
		2 * PATIENCE_MS,
	);
}

async function refused(file: string): Promise<string> {
	await box.take(file, TAKEN);
	const said = await box.run(`postern update ${TAKEN} 2>&1; echo ended with $?`);
	expect(said, path.basename(file)).not.toContain("ended with 0");
	return said;
}

async function install(file: string): Promise<void> {
	await box.take(file, TAKEN);
	await box.restart(`postern update ${TAKEN}`);
}

/** From the printer to 250. */
async function send(subject: string): Promise<void> {
	const peer = await SmtpPeer.connect(box.port(25));
	await peer.begin();
	peer.write(`Subject: ${subject}\r\n\r\nx\r\n`);
	expect(await peer.finish()).toMatch(/^250/);
	peer.destroy();
}

/** Nobody is signed in: what was taken waits. */
const waiting = async () => (JSON.parse(await box.run("postern queue list --json")) as unknown[]).length;

/** As a bundle that came damaged, or was meddled with. */
function changed(name: string, change: (file: string) => void): string {
	const file = path.join(WORK, name);
	copyFileSync(GOOD, file);
	change(file);
	return file;
}

describe("an update", () => {
	it(
		"that is not ours, was changed or is cut short is refused in words, and changes nothing",
		async () => {
			const stranger = await makeBundle({
				...{ toolbox, slot: SLOT, version: LATER, name: "stranger.raucb" },
				key: developmentKey("stranger"),
			});
			const foreign = await makeBundle({
				...{ toolbox, slot: SLOT, version: LATER, name: "foreign.raucb", compatible: "another-box" },
				key: signingKey(),
			});
			const tampered = changed("tampered.raucb", (file) => {
				const descriptor = openSync(file, "r+");
				const byte = Buffer.alloc(1);
				readSync(descriptor, byte, 0, 1, 5_000_000);
				byte[0] = (byte[0] ?? 0) ^ 1;
				writeSync(descriptor, byte, 0, 1, 5_000_000);
				closeSync(descriptor);
			});
			const truncated = changed("truncated.raucb", (file) => truncateSync(file, 20_000_000));
			const before = await box.run("fw_printenv");
			await send("before all of them");
			expect(await refused(stranger)).toContain("somebody whom this box does not know");
			expect(await refused(foreign)).toContain("another kind of machine");
			expect(await refused(tampered)).toContain("not what was signed");
			expect(await refused(truncated)).toContain("its end is missing");
			expect(await box.run("fw_printenv")).toBe(before);
			expect(await slot()).toBe("A");
			for (const file of [stranger, foreign, tampered, truncated]) rmSync(file);
		},
		6 * PATIENCE_MS,
	);

	it(
		"of ours goes into the other slot, is started, and is kept when Postern works in it",
		async () => {
			const id = await box.run("cat /etc/machine-id");
			using later = await LaterVersion.make(toolbox, LATER);
			await box.take(later.bundle, TAKEN);
			const gap = longestGap();
			await box.restart(`postern update ${TAKEN}`);
			expect(await slot()).toBe("B");
			await isKept();
			console.log(
				`port 25 answered nobody for ${(await gap()).toFixed(1)} s, most of it the emulator's start`,
			);
			expect(await box.run("fw_printenv BOOT_ORDER BOOT_B_LEFT")).toMatch(/BOOT_ORDER=B A\s+BOOT_B_LEFT=3/);
			expect(await box.run("cat /etc/machine-id")).toBe(id);
			expect(await box.run("postern update")).toMatch(/works, kept/);
			expect(await waiting()).toBe(1);
			await send("in the later one");
		},
		8 * PATIENCE_MS,
	);

	it(
		"that does not start is tried three times and given up for the system from before",
		async () => {
			const file = path.join(WORK, "8.0.0.vfat");
			copyFileSync(SLOT, file);
			await toolbox.run("mdel", ["-i", "/w/8.0.0.vfat", "::/Image"]);
			using broken = await LaterVersion.ofSlot(toolbox, "8.0.0", file);
			await install(broken.bundle);
			expect(await slot()).toBe("B");
			expect(box.serial.match(/postern: slot A does not start/g)).toHaveLength(3);
			await isKept();
			expect(await box.run("postern update")).toMatch(/did not work, given up/);
			expect(await waiting()).toBe(2);
		},
		8 * PATIENCE_MS,
	);

	it(
		"whose Postern does not work is tried three times and given up, and the owner is told",
		async () => {
			using broken = await LaterVersion.make(toolbox, "9.0.0", (root) => {
				rmSync(path.join(root, "usr/bin/postern"));
				writeFileSync(path.join(root, "usr/bin/postern"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
				const unit = path.join(root, "etc/systemd/system/postern-health-gate.service.d");
				mkdirSync(unit, { recursive: true });
				writeFileSync(path.join(unit, "soon.conf"), "[Service]\nEnvironment=POSTERN_TRIES=2\n");
			});
			await install(broken.bundle);
			await eventually("it is given up", async () => (await slot()) === "B", 4 * PATIENCE_MS);
			await isKept();
			expect(box.serial.match(/postern: slot A, order A B/g)?.length).toBe(3);
			expect(await box.run("postern status")).toMatch(
				/9\.0\.0 did not work: the box has gone back to 7\.0\.0/,
			);
			expect(await waiting()).toBe(2);
			await send("after it");
		},
		12 * PATIENCE_MS,
	);
});

/** Tries port 25 all the time; the function that is given ends that, and gives the longest time without an answer, in seconds. */
function longestGap(): () => Promise<number> {
	let isOver = false;
	let longestMs = 0;
	const trying = (async () => {
		let answeredMs = performance.now();
		while (!isOver) {
			// While the box is off, QEMU takes the connection and says nothing.
			const asked = SmtpPeer.connect(box.port(25)).catch(() => undefined);
			const peer = await Promise.race([asked, delay(5_000, undefined)]);
			const nowMs = performance.now();
			longestMs = Math.max(longestMs, nowMs - answeredMs);
			if (peer !== undefined) answeredMs = nowMs;
			peer?.destroy();
			await delay(200);
		}
	})();
	return async () => {
		isOver = true;
		await trying;
		return longestMs / 1_000;
	};
}
