/** `postern serve`: the appliance in the foreground, until SIGTERM or Ctrl-C. */
import type { Command } from "./command.ts";

export const serveCommand: Command = {
	name: "serve",
	summary: "run the appliance in the foreground: SMTP, console, delivery",
	details:
		"Ends on SIGTERM or Ctrl-C after transfers under way are finished; SIGHUP reads the configuration again.",
	async run({ configFile, environment, appliance }) {
		const { runServe } = await appliance();
		return runServe({ environment, ...(configFile === undefined ? {} : { configFile }) });
	},
};
