/**
 * The kernel's LED class (/sys/class/leds) as the box's light: the board's own and those that `[lights]` names pins for.
 * For lights.ts.
 *
 * Root prepares them at boot (image/overlay/usr/lib/postern/lights): it chooses the trigger `pattern` and gives the service that
 * one file of each. Where nobody has, as on a Debian of the owner's own, its LEDs are not ours to take: such a light is none.
 */
import { constants } from "node:fs";
import { access, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { type LedDriver, NO_LIGHTS } from "./driver.ts";
import { activeTrigger, darkPattern, patternText } from "./kernel-pattern.ts";
import type { LightMeaning } from "./meaning.ts";
import { RHYTHMS, TROUBLES } from "./rhythms.ts";

const LEDS_FOLDER = "sys/class/leds";
/** The board's own, by the names that Raspberry Pis have given it; the first that there is. `PWR` is red, and better than none. */
const BOARD_LIGHTS = ["ACT", "led0", "PWR", "led1"];
/** At pins, as image/boot/boot.cmd names them to the kernel. */
const GREEN_LIGHT = "postern:green";
const RED_LIGHT = "postern:red";

export interface SysfsLedsOptions {
	/** Of the machine (machineRoot). */
	readonly root: string;
	/** False: the board's own light is kept dark. */
	readonly usesBoardLight: () => boolean;
}

type Role = "board" | "green" | "red";

interface Light {
	readonly name: string;
	readonly role: Role;
	readonly file: string;
	readonly brightness: number;
}

export async function openSysfsLeds({ root, usesBoardLight }: SysfsLedsOptions): Promise<LedDriver> {
	const folder = path.join(root, LEDS_FOLDER);
	const present: readonly string[] = await readdir(folder).catch(() => []);
	const board = BOARD_LIGHTS.find((name) => present.includes(name));
	const wanted: readonly (readonly [string | undefined, Role])[] = [
		[board, "board"],
		[GREEN_LIGHT, "green"],
		[RED_LIGHT, "red"],
	];
	const found = await Promise.all(
		wanted.map(([name, role]) =>
			name !== undefined && present.includes(name)
				? openLight(path.join(folder, name), name, role)
				: undefined,
		),
	);
	const lights = found.filter((light) => light !== undefined);
	if (lights.length === 0) return NO_LIGHTS;
	return {
		lights: lights.map(({ name }) => name),
		async show(meaning) {
			await Promise.all(lights.map((light) => write(light.file, textFor(light, meaning, usesBoardLight()))));
		},
	};
}

/** Undefined where it is not ours. */
async function openLight(folder: string, name: string, role: Role): Promise<Light | undefined> {
	try {
		const file = path.join(folder, "pattern");
		// The kernel makes the files of a trigger anew, for root alone, whenever it is chosen.
		if (activeTrigger(await readFile(path.join(folder, "trigger"), "utf8")) !== "pattern") return undefined;
		await access(file, constants.W_OK);
		const brightness = Number.parseInt(await readFile(path.join(folder, "max_brightness"), "utf8"), 10);
		return { name, role, file, brightness: brightness > 0 ? brightness : 1 };
	} catch {
		return undefined;
	}
}

function textFor({ role, brightness }: Light, meaning: LightMeaning, usesBoardLight: boolean): string {
	const isDark = (role === "red" && !TROUBLES.has(meaning)) || (role === "board" && !usesBoardLight);
	return isDark ? darkPattern() : patternText(RHYTHMS[meaning], brightness);
}

/** In one write, as sysfs takes it; a file that is not there is not made. */
function write(file: string, text: string): Promise<void> {
	return writeFile(file, `${text}\n`, { flag: constants.O_WRONLY | constants.O_TRUNC });
}
