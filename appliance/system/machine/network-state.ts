/** Request `network-state`: settings kept and on trial, without secrets, and what this machine's network can do. */
import { access } from "node:fs/promises";
import { keptSettings, settingsOnTrial } from "../network/kept-settings.ts";
import type { NetworkSettings } from "../network/settings.ts";
import { secondsLeft } from "../network/trial-time.ts";
import { wifiLinks, wifiState } from "../network/wifi.ts";
import { type DoorContext, machineRequest } from "./machine-request.ts";

export const networkState = machineRequest({
	do: "network-state",
	fields: {},
	async run(_, context) {
		const [kept, trial, links] = await Promise.all([
			keptSettings(context.root),
			settingsOnTrial(context.root),
			wifiLinks(context),
		]);
		const inForce = trial?.settings ?? kept;
		return {
			kept: shownSettings(kept),
			trial:
				trial === undefined
					? null
					: {
							settings: shownSettings(trial.settings),
							secondsLeft: await secondsLeft(context, trial),
							isInForce: trial.isInForce,
						},
			can: { wifi: links.length > 0, vlan: await hasVlan(context) },
			wifi: inForce.wifi === null ? null : await wifiState(context, links),
		};
	},
});

export type NetworkStateAnswer = Awaited<ReturnType<typeof networkState.run>>;

/** As the owner typed them, but for the key. */
function shownSettings({ wifi, ...settings }: NetworkSettings) {
	if (wifi === null) return { ...settings, wifi };
	const { country, security, isHidden } = wifi;
	const ssid = Buffer.from(wifi.ssid, "hex").toString("utf8");
	return { ...settings, wifi: { country, ssid, security, isHidden, passphrase: "" } };
}

/** Built in, loaded, or a module of the image (modprobe(8) reads the same list). */
export async function hasVlan({ path, run }: DoorContext): Promise<boolean> {
	const isThere = await access(path("/sys/module/8021q")).then(
		() => true,
		() => false,
	);
	if (isThere) return true;
	return run("/usr/sbin/modprobe", ["--dry-run", "8021q"]).then(
		() => true,
		() => false,
	);
}
