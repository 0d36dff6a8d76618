/** Request `reboot`: the machine starts again, in good order. Answers before it goes down. */
import { machineRequest } from "./machine-request.ts";

export const reboot = machineRequest({
	do: "reboot",
	fields: {},
	async run(_, { run }) {
		// Only asked for; services are stopped after this answer.
		await run("/usr/bin/systemctl", ["--no-block", "reboot"]);
		return { rebooting: true } as const;
	},
});
