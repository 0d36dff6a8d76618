/**
 * The pins at which the kernel has lights and a button of ours, as U-Boot told it (image/boot/boot.cmd). For light-desk.ts, which
 * asks for others where the configuration names others. Reads only; what is not there is no pin.
 */
import { readFile } from "node:fs/promises";
import path from "node:path";

export interface LightPins {
	readonly green: number | null;
	readonly red: number | null;
	readonly button: number | null;
}

export async function pinsInForce(root: string): Promise<LightPins> {
	const [green, red, button] = await Promise.all([
		pinOf(root, "postern-lights/green"),
		pinOf(root, "postern-lights/red"),
		pinOf(root, "postern-button/button"),
	]);
	return { green, red, button };
}

/** `gpios`: controller, pin and flags, 32 bits each, the most significant octet first. */
async function pinOf(root: string, node: string): Promise<number | null> {
	const file = path.join(root, "sys/firmware/devicetree/base", node, "gpios");
	const cells = await readFile(file).catch(() => undefined);
	return cells !== undefined && cells.length === 12 ? cells.readUInt32BE(4) : null;
}
