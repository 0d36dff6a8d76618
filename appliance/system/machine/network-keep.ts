/** Request `network-keep`: what is on trial works, and stays. */
import { UserError } from "../../errors.ts";
import { NETWORKING } from "../../words/networking.ts";
import { keepTrial, settingsOnTrial } from "../network/kept-settings.ts";
import { machineRequest } from "./machine-request.ts";

export const networkKeep = machineRequest({
	do: "network-keep",
	fields: {},
	async run(_, { root, run }) {
		const trial = await settingsOnTrial(root);
		if (trial === undefined) throw over();
		if (!trial.isInForce) {
			throw new UserError("network-trial-soon", NETWORKING.trialTooSoon, NETWORKING.trialTooSoonDo);
		}
		if (!(await keepTrial(root))) throw over();
		await run("/usr/bin/systemctl", ["stop", "postern-network-return.timer"]);
		return { kept: true } as const;
	},
});

function over(): UserError {
	return new UserError("network-no-trial", NETWORKING.trialOver, NETWORKING.trialOverDo);
}
