/**
 * The owner saves two settings at once, again and again, while mail comes. After a cut both are as they were saved last, or as they were
 * being saved; never one of them, and never an older pair.
 */
import path from "node:path";
import { ControlClient } from "../../../appliance/cli/control-client.ts";
import type { Setting } from "../../../appliance/console-services.ts";
import type { Cut } from "../cuts.ts";
import type { Life, Scenario } from "../scenario.ts";
import { devicesSend } from "../traffic.ts";

/** Any two that take a count of days. */
const KEYS = ["queue.expire_after", "queue.keep_failed"] as const;
const FIRST_DAYS = 10;

export function settingsScenario(): Scenario {
	/** Of each save that was answered. */
	const saved: { readonly days: number; readonly position: number }[] = [];
	return {
		house: {},
		async live(life) {
			const { house, flushes, wantedFlushes, position } = life;
			await house.start();
			const isEnough = () => flushes() >= wantedFlushes;
			const mail = devicesSend(life, isEnough);
			for (let days = FIRST_DAYS; !isEnough(); days += 1) {
				await controlOf(life).ask(
					"PATCH",
					"/settings",
					Object.fromEntries(KEYS.map((key) => [key, `${days}d`])),
				);
				saved.push({ days, position: position() });
			}
			await mail;
		},
		inspect: async (life, cut) => wrongs(await valuesNow(life), saved, cut),
	};
}

function controlOf({ stateDir }: Life): ControlClient {
	return new ControlClient([path.join(stateDir, "control.sock")]);
}

async function valuesNow(life: Life): Promise<readonly unknown[]> {
	const settings = await controlOf(life).ask<readonly Setting[]>("GET", "/settings");
	return KEYS.map((key) => settings.find((setting) => setting.key === key)?.value);
}

function wrongs(
	values: readonly unknown[],
	saved: readonly { readonly days: number; readonly position: number }[],
	{ reached }: Cut,
): readonly string[] {
	const last = saved.findLast(({ position }) => position <= reached)?.days;
	const next = last === undefined ? FIRST_DAYS : last + 1;
	const [first, second] = values;
	if (first !== second && (last !== undefined || first === `${next}d`)) {
		return [`half of a change of settings is in force: ${values.join(" and ")}`];
	}
	const right = [...(last === undefined ? [] : [`${last}d`]), `${next}d`];
	const isOriginal = last === undefined && first !== `${next}d`;
	if (isOriginal || right.includes(String(first))) return [];
	return [`settings are ${values.join(" and ")}, and should be one of ${right.join(", ")}`];
}
