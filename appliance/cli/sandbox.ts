/** `postern sandbox`: the whole appliance on a laptop, against a simulated Microsoft 365. */
import type { Command } from "./command.ts";

export const sandboxCommand: Command = {
	name: "sandbox",
	summary: "try it: the appliance with a simulated Microsoft 365, on ports above 1024",
	details:
		"Keeps everything in a throw-away folder, prints where to go and what to type next, and ends on Ctrl-C.",
	async run({ configFile, environment, json, appliance }) {
		const { runSandbox } = await appliance();
		return runSandbox({ environment, json, ...(configFile === undefined ? {} : { configFile }) });
	},
};
