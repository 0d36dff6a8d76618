/**
 * Request `network-try`: settings come into force in a moment, and go again after two minutes unless they are kept. Both are
 * timers of systemd's: neither Postern nor this process has to live for it.
 */
import { UserError } from "../../errors.ts";
import { NETWORKING } from "../../words/networking.ts";
import { keptSettings, putOnTrial, settingsOnTrial } from "../network/kept-settings.ts";
import { NETWORK_DRAFT, readNetworkSettings } from "../network/settings.ts";
import { TRIAL_SECONDS, uptimeSeconds } from "../network/trial-time.ts";
import { wifiLinks } from "../network/wifi.ts";
import { machineRequest } from "./machine-request.ts";
import { hasVlan } from "./network-state.ts";

export const networkTry = machineRequest({
	do: "network-try",
	fields: NETWORK_DRAFT,
	async run(draft, context) {
		const { root, run } = context;
		const before = (await settingsOnTrial(root))?.settings ?? (await keptSettings(root));
		const settings = readNetworkSettings(draft, before);
		if (settings.wifi !== null && (await wifiLinks(context)).length === 0)
			throw impossible(NETWORKING.wifiAbsent);
		if (settings.vlan !== null && !(await hasVlan(context))) throw impossible(NETWORKING.vlanUnknown);
		await putOnTrial(root, settings, await uptimeSeconds(context));
		// The way back first.
		await run("/usr/bin/systemctl", ["restart", "postern-network-return.timer"]);
		await run("/usr/bin/systemctl", ["restart", "postern-network-try.timer"]);
		return { secondsLeft: TRIAL_SECONDS };
	},
});

function impossible(text: string): UserError {
	return new UserError("network-invalid", text, NETWORKING.networkDo);
}
