/** Request `network-return`: what is on trial goes at once, and the settings before come back. */
import { machineRequest } from "./machine-request.ts";

export const networkReturn = machineRequest({
	do: "network-return",
	fields: {},
	async run(_, { run }) {
		const units = ["postern-network-try.timer", "postern-network-return.timer"];
		await run("/usr/bin/systemctl", ["stop", ...units]);
		await run("/usr/bin/systemctl", ["start", "postern-network-return.service"]);
		return { returned: true } as const;
	},
});
