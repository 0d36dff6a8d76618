/**
 * The image's card in an emulated Raspberry Pi 3: kernel, initrd and root of slot A come up on that board's own card
 * controller, watchdog and serial line. The emulator has no firmware of the board's and no network for it, so U-Boot is left
 * out and the serial line is all there is to see.
 */
import {
	constants,
	copyFileSync,
	existsSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	truncateSync,
} from "node:fs";
import path from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mirrorHere } from "../build/mirror.ts";
import { WORK } from "../build/places.ts";
import { Toolbox } from "../build/toolbox.ts";
import { PATIENCE_MS } from "./box.ts";

/** The emulator takes no card whose size is no power of two. */
const CARD_BYTES = 2 * 1024 ** 3;
const FROM_CARD = "postern.slot=50057e12-02 postern.data=50057e12-04 rauc.slot=A panic=10";
const SPEAKING =
	"console=ttyAMA0,115200 systemd.show_status=1 systemd.log_target=console systemd.log_level=notice";

let folder = "";
let qemu: ReturnType<Toolbox["start"]> | undefined;

beforeAll(async () => {
	const toolbox = await Toolbox.open(mirrorHere(), WORK);
	folder = mkdtempSync(path.join(WORK, "raspi3b-"));
	const card = path.join(folder, "card.img");
	copyFileSync(path.join(WORK, "test.img"), card, constants.COPYFILE_FICLONE);
	truncateSync(card, CARD_BYTES);
	const inside = (name: string) => `/w/${path.basename(folder)}/${name}`;
	qemu = toolbox.start("qemu-system-aarch64", [
		...["-M", "raspi3b", "-accel", "tcg,thread=multi", "-display", "none"],
		...["-kernel", "/w/slot.files/Image", "-initrd", "/w/slot.files/initrd.img"],
		...["-dtb", "/w/boot.files/bcm2837-rpi-3-b.dtb", "-append", `${FROM_CARD} ${SPEAKING}`],
		...["-drive", `if=sd,format=raw,file=${inside("card.img")}`, "-serial", `file:${inside("serial.log")}`],
	]);
});
afterAll(async () => {
	qemu?.kill("SIGKILL");
	await delay(500);
	rmSync(folder, { recursive: true, force: true });
});

const serial = () => {
	const file = path.join(folder, "serial.log");
	return existsSync(file) ? readFileSync(file, "latin1") : "";
};

describe("the image on an emulated Raspberry Pi 3", () => {
	it(
		"comes up to the running service",
		async () => {
			const endMs = performance.now() + 2 * PATIENCE_MS;
			while (!/Started .*postern\.service/.test(serial())) {
				if (performance.now() > endMs) throw new Error(`it does not come up:\n${serial().slice(-4_000)}`);
				await delay(1_000);
			}
			expect(serial()).toMatch(/slot \/dev\/mmcblk\dp2, data \/dev\/mmcblk\dp4/);
			expect(serial()).toMatch(/bcm2835-wdt|BCM2835 watchdog/i);
			expect(serial()).not.toMatch(/Failed to start/);
		},
		2 * PATIENCE_MS + 10_000,
	);
});
