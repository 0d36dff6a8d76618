/** `postern machine-door`: the firmware's part that is root. systemd runs it; in no help, for it is nobody's to type. */
import { type Command, DONE } from "./command.ts";

export const machineDoorCommand: Command = {
	name: "machine-door",
	summary: "answer one request of the machine door",
	options: { root: { type: "string", value: "FOLDER", help: "the machine's root folder, for tests" } },
	async run({ options, machineDoor }) {
		await machineDoor(options.text("root") ?? "/");
		return DONE;
	},
};
