/** How long network settings are on trial, by the machine's uptime: its clock may be set meanwhile. For the machine door. */
import { readFile } from "node:fs/promises";
import type { DoorContext } from "../machine/machine-request.ts";
import type { Trial } from "./kept-settings.ts";

/** postern-network-return.timer has the same. */
export const TRIAL_SECONDS = 120;

export async function uptimeSeconds({ path }: Pick<DoorContext, "path">): Promise<number> {
	return Number((await readFile(path("/proc/uptime"), "utf8")).split(" ")[0]);
}

export async function secondsLeft(
	context: Pick<DoorContext, "path">,
	{ beganSeconds }: Trial,
): Promise<number> {
	const left = beganSeconds + TRIAL_SECONDS - (await uptimeSeconds(context));
	return Math.max(0, Math.min(TRIAL_SECONDS, Math.round(left)));
}
