/** `postern self-test`: does Postern work here? The firmware's health gate asks it; 1 when not. In no help. */
import { type Command, DONE, FAILED } from "./command.ts";

export const selfTestCommand: Command = {
	name: "self-test",
	summary: "see whether Postern takes and settles a message of its own",
	async run({ terminal, json, services }) {
		const { appliance } = await services();
		let isGood = true;
		let count = 0;
		for await (const step of appliance.selfTest()) {
			count += 1;
			isGood &&= step.ok;
			if (json) terminal.json(step);
			else terminal.print(`${step.ok ? "ok" : "NOT"}  ${step.text}`);
		}
		return isGood && count > 0 ? DONE : FAILED;
	},
};
