/**
 * Request `light-pins`: the GPIO pins of lights and button, for U-Boot, which gives them to the kernel when the machine starts
 * next (image/boot/boot.cmd). Kept in U-Boot's state, so that what is read before there is a root is in one place, twice.
 */
import { open, rename } from "node:fs/promises";
import * as z from "zod";
import { machineRequest } from "./machine-request.ts";

const PIN = z.number().int().min(2).max(27).nullable();

export const lightPins = machineRequest({
	do: "light-pins",
	fields: { green: PIN, red: PIN, button: PIN },
	async run({ green, red, button }, { path, run }) {
		const names = { POSTERN_GREEN_PIN: green, POSTERN_RED_PIN: red, POSTERN_BUTTON_PIN: button };
		// fw_setenv(8): a name alone is taken away.
		const lines = Object.entries(names).map(([name, pin]) => (pin === null ? name : `${name} ${pin}`));
		const file = path("/data/system/light-pins");
		const beside = await open(`${file}.new`, "w", 0o644);
		try {
			await beside.writeFile(`${lines.join("\n")}\n`);
			await beside.sync();
		} finally {
			await beside.close();
		}
		await rename(`${file}.new`, file);
		await run("/usr/bin/systemctl", ["start", "postern-light-pins.service"]);
		return { afterRestart: true } as const;
	},
});
