/** `postern reload`: the configuration and certificates anew, without dropping a session. */
import { type Command, DONE } from "./command.ts";

export const reloadCommand: Command = {
	name: "reload",
	summary: "read configuration and certificates again, without dropping a session",
	details: "When the new configuration is bad, it is told why and nothing changes.",
	async run({ terminal, json, services }) {
		const { appliance } = await services();
		const { changes } = await appliance.reload();
		if (json) {
			terminal.json({ changes });
			return DONE;
		}
		if (changes.length === 0) terminal.print("Read again; nothing has changed.");
		else terminal.print(["Read again. Changed:", ...changes.map((change) => `  ${change}`)].join("\n"));
		return DONE;
	},
};
