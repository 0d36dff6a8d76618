/** `postern version`. */
import { productVersion } from "../version.ts";
import { type Command, DONE } from "./command.ts";

export const versionCommand: Command = {
	name: "version",
	summary: "print the version",
	async run({ terminal, json, appliance }) {
		const version = productVersion();
		if (json) {
			const { stateFormat } = await appliance();
			terminal.json({ name: "postern", version, node: process.versions.node, stateFormat });
		} else terminal.print(`postern ${version}`);
		return DONE;
	},
};
