/** `postern version`. */
import { productVersion } from "../version.ts";
import { type Command, DONE } from "./command.ts";

export const versionCommand: Command = {
	name: "version",
	summary: "print the version",
	async run({ terminal, json }) {
		const version = productVersion();
		if (json) terminal.json({ name: "postern", version, node: process.versions.node });
		else terminal.print(`postern ${version}`);
		return DONE;
	},
};
