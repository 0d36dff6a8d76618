/** `postern lights test`: shows each meaning on the box's lights and says it, for whoever stands before them. */
import { type Command, DONE, FAILED } from "./command.ts";

export const lightsTestCommand: Command = {
	name: "lights test",
	summary: "shows what each light means, one after the other, in about a minute",
	details: "Afterwards the light says again how the box is. Ctrl-C ends it early.",
	async run({ terminal, json, services, interrupted }) {
		const { lights } = await services();
		const signal = interrupted();
		for await (const step of lights.test(signal)) {
			if (json) terminal.jsonLine(step);
			else terminal.print(`${step.says.padEnd(30)}${step.looks}`);
		}
		if (!signal.aborted) return DONE;
		terminal.tell("Cancelled.");
		return FAILED;
	},
};
